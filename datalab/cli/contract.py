"""`datalab contract`: check and read data contracts. Drafting one needs Presidio, so `anonymise` adds that command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.contract.model import Bounds, Column, Contract
from datalab.contract.published import public_values, published_columns
from datalab.errors import ContractError

app = typer.Typer(no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="Contract files (YAML).", show_default=False)]
File = Annotated[Path, typer.Argument(help="A contract file (YAML).", show_default=False)]


@app.command()
def check(files: Files) -> None:
    """Check contracts: print every fault with its line, or what becomes of each column."""
    from datalab.contract.odcs.contract_file import read_contract  # noqa: PLC0415 - the standard's model loads only when asked for

    out, err = Screen(), Console(stderr=True, highlight=False, soft_wrap=True)
    failed = False
    for file in files:
        try:
            contract = read_contract(file)
        except ContractError as error:
            failed = True
            err.print(str(error), style="red", markup=False)
        else:
            out.print(_columns(contract), highlight=False)
            out.print(f"{file.name}: no fault.", markup=False, highlight=False)
    if failed:
        raise typer.Exit(ContractError.exit_code)


@app.command()
def show(file: File) -> None:
    """Show a contract: why the data is shared, what becomes of each column, what researchers will see."""
    from datalab.contract.odcs.contract_file import read_contract  # noqa: PLC0415 - as above

    contract = read_contract(file)
    out = Screen()
    out.print(_head(contract), _columns(contract), _seen(contract), highlight=False)


@app.command()
def register(file: File, actor: ActingAs, lab: LabHome = None) -> None:
    """Register a contract with the lab. Only a custodian of its agency may."""
    from datalab.contract.odcs.contract_file import read_contract  # noqa: PLC0415 - as above
    from datalab.custody import register_contract  # noqa: PLC0415 - as above
    from datalab.wiring import clock, open_lab  # noqa: PLC0415 - databases load only when asked for

    contract = read_contract(file)
    with open_lab(settings_of(lab)).control.begin() as tx:
        register_contract(tx, contract, file.read_text(encoding="utf-8"), custodian=actor, now=clock())
    say(f"Registered {contract.dataset} {contract.version}.")


def _head(contract: Contract) -> Table:
    basis = contract.legal_basis
    table = Table(title=f"{contract.dataset} {contract.version}", show_header=False)
    for name, value in (
        ("title", contract.title),
        ("agency", contract.agency),
        ("privacy unit", contract.privacy_unit.value),
        ("most rows a unit", _text(contract.max_rows_per_unit)),
        ("key space", contract.key_space),
        ("purpose", contract.purpose),
        ("UK GDPR Article 6", basis.article_6),
        ("UK GDPR Article 9", _text(basis.article_9)),
        ("gateway", basis.gateway),
        ("DPIA", basis.dpia),
        ("held until", contract.retention_until.isoformat()),
    ):
        table.add_row(name, escape(value))
    return table


def _columns(contract: Contract) -> Table:
    table = Table("column", "type", "role", "treatment", "match", "values", title=f"Columns of {contract.dataset}")
    for column in contract.columns:
        table.add_row(
            escape(column.name),
            column.logical_type.value,
            column.role.value,
            column.treatment.value,
            _text(column.match),
            _values(column),
        )
    return table


def _seen(contract: Contract) -> Table:
    table = Table("column", "type", "values", title="What researchers see")
    for column in published_columns(contract):
        values = column.values
        listed = _range(column.bounds) if values is None else f"{len(values):,}: {_listed(values)}"
        table.add_row(escape(column.name), column.logical_type.value, escape(listed))
    return table


LISTED = 12
"""Labels shown of a domain."""


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values[:LISTED]) + (", ..." if len(values) > LISTED else "")


def _values(column: Column) -> str:
    values = public_values(column)
    return f"{len(values):,} public" if values is not None else escape(_range(column.bounds))


def _range(bounds: Bounds | None) -> str:
    return "-" if bounds is None else f"{bounds.lower} to {bounds.upper} {bounds.unit}"


def _text(value: object) -> str:
    return "-" if value is None else str(value)
