"""`datalab sample`: make a fictional county as four agencies see it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from datalab.cli.screen import Screen

app = typer.Typer(no_args_is_help=True)


@app.callback()
def sample() -> None:
    """Make sample agencies."""


@app.command()
def make(
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write to.")],
    people: Annotated[int, typer.Option("--people", help="How many people live there, 1 to 5,000,000.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same county.")] = 2024,
) -> None:
    """Write four agencies' extracts (2023 in full, early 2024 as increments), their contracts, and the truth.

    Nobody in it exists: no postcode area is called WX, NHS numbers and phone numbers come from ranges kept for tests
    and drama.
    """
    from datalab.sample.county import make_county  # noqa: PLC0415 - Parquet is loaded by those who write it

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("People", total=people)
        county = make_county(out, people=people, seed=seed, progress=lambda done: bar.update(task, completed=done))
    table = Table("file", "kind", "rows", box=None)
    for extract in county.extracts:
        kind = "full" if extract.period.is_full else "incremental"
        table.add_row(extract.path.name, kind, f"{extract.rows:,}")
    Screen().print(table)
    typer.echo(f"Contracts: {county.contracts}\nTruth, for measuring only: {county.truth}")
