"""Commands that this package adds to `datalab`: drafting a contract, on the custodian's own machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from datalab.cli.options import LabHome, settings_of

Sample = Annotated[
    Path,
    typer.Argument(help="A sample of the extract: CSV, Parquet or JSON Lines, or CSV in .gz.", show_default=False),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="File to write; by default the draft is printed.", show_default=False)
]


def register(groups: dict[str, typer.Typer]) -> None:
    """Add `datalab contract draft`."""
    groups["contract"].command("draft")(draft)


def draft(file: Sample, out: Out = None, lab: LabHome = None) -> None:
    """Draft a contract from a sample, for you to finish. Nothing leaves this machine, and no value enters the draft."""
    from anonymise.columns import ValueNamer  # noqa: PLC0415 - models load only when asked for
    from anonymise.prose.recognisers import load_recognisers  # noqa: PLC0415 - as above
    from datalab.contract.drafting.draft import draft_contract  # noqa: PLC0415 - as above
    from datalab.contract.drafting.sample_file import read_sample  # noqa: PLC0415 - as above
    from datalab.errors import StateError  # noqa: PLC0415 - as above

    if out is not None and out.exists():
        raise StateError(f"{out} exists already.", remedy="Name another file, or remove that one.")
    sample = read_sample(file)
    namer = ValueNamer(load_recognisers(settings_of(lab).spacy_model))
    text = draft_contract(file.name.split(".")[0], sample, namer)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    Console().print(f"Wrote {out}. Settle what says TO CONFIRM, then: datalab contract check {out}", markup=False)
