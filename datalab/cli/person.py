"""`datalab person`: the people of the lab."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import LOCAL_OPERATOR, ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.governance.people import LabRole, Person

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="User name of a person of the lab.")]


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="User name: lower case letters, digits, '.', '_' and '-'.")],
    *,
    full_name: Annotated[str, typer.Option("--name", help="Full name.")],
    role: Annotated[list[LabRole], typer.Option(help="What this person is; can be given more than once.")],
    agency: Annotated[str | None, typer.Option(help="The agency that a custodian acts for.")] = None,
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """Add a person. The first person of a lab adds themselves, as an operator."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - databases load only when asked for

    person = Person(username=username, full_name=full_name, roles=frozenset(role), agency=agency)
    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).add_person(person)
    say(f"Added {username}.")


@app.command()
def invite(username: Username, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Make a link with which a person chooses a password, once, within three days; send it to them."""
    from datalab.wiring import open_lab, open_reception  # noqa: PLC0415 - as above

    opened = open_lab(settings_of(lab))
    token = open_reception(opened).invite(username, actor=actor)
    say(f"{opened.settings.address}/hub/enrol?token={token}")


@app.command()
def suspend(username: Username, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Let a person do nothing from now on; a sandbox of theirs ends within a minute."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).suspend(username)
    say(f"{username} is suspended.")


@app.command()
def reinstate(username: Username, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Let a suspended person work again."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).reinstate(username)
    say(f"{username} can work again.")


@app.command(name="list")
def list_(lab: LabHome = None) -> None:
    """List the people of the lab."""
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    table = Table("user name", "full name", "roles", "agency", title="People")
    with open_lab(settings_of(lab)).control.read() as tx:
        for person in tx.governance.people():
            roles = ", ".join(sorted(person.roles))
            roles += " (suspended)" if person.suspended else ""
            table.add_row(person.username, escape(person.full_name), roles, person.agency or "-")
    Screen().print(table)
