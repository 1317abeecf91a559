"""`datalab agency`: the organisations that push extracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import LOCAL_OPERATOR, ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.governance.people import Agency

app = typer.Typer(no_args_is_help=True)


@app.command()
def register(
    name: Annotated[str, typer.Argument(help="Short name: lower case letters, digits and '_'.")],
    title: Annotated[str, typer.Option(help="Full name of the organisation.")],
    key: Annotated[Path, typer.Option(help="Its public signing key (PEM).", exists=True, dir_okay=False)],
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """Register an agency with the public key that signs its manifests."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - databases load only when asked for

    agency = Agency(name=name, title=title, signing_key=key.read_text(encoding="utf-8", errors="replace"))
    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).register_agency(agency)
    say(f"Registered the agency {name}.")


@app.command(name="list")
def list_(lab: LabHome = None) -> None:
    """List the agencies and their custodians."""
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    table = Table("agency", "title", "custodians", title="Agencies")
    with open_lab(settings_of(lab)).control.read() as tx:
        people = tx.governance.people()
        for agency in tx.governance.agencies():
            custodians = ", ".join(person.username for person in people if person.agency == agency.name)
            table.add_row(agency.name, escape(agency.title), custodians or "-")
    Screen().print(table)
