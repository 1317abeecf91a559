"""Options that several commands of a custodian share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[
    Path,
    typer.Argument(
        help="The extract: .csv, .csv.gz, .parquet or .jsonl.", show_default=False, exists=True, dir_okay=False
    ),
]
ContractFile = Annotated[
    Path, typer.Option("--contract", help="The dataset's contract, YAML.", exists=True, dir_okay=False)
]
SigningKey = Annotated[
    Path, typer.Option("--signing-key", help="The agency's private key.", exists=True, dir_okay=False)
]
