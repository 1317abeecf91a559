"""`datalab project`: who may ask what of which data, for what purpose and until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import LOCAL_OPERATOR, ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.errors import GovernanceError
from datalab.governance.project import DatasetGrant, Project

app = typer.Typer(no_args_is_help=True)

ProjectId = Annotated[str, typer.Argument(help="Short name of the project: lower case letters, digits and '_'.")]
Members = Annotated[list[str], typer.Option("--member", help="User name of a researcher; more than once.")]
Uses = Annotated[
    list[str], typer.Option("--use", metavar="DATASET:COLUMN,...", help="Columns of a dataset; once a dataset.")
]
Until = Annotated[str, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day of the project.")]


@app.command()
def create(
    project: ProjectId,
    *,
    title: Annotated[str, typer.Option(help="Title of the research.")],
    purpose: Annotated[str, typer.Option(help="What it is for, and who benefits.")],
    member: Members,
    use: Uses,
    until: Until,
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """Create a project from an approved application."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - databases load only when asked for

    described = Project(
        id=project,
        title=title,
        purpose=purpose,
        members=frozenset(member),
        grants=_grants(use),
        expires_on=_day(until),
    )
    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).create_project(described)
    say(f"Created the project {project}. Its custodians can now allocate budget to it.")


@app.command()
def members(project: ProjectId, member: Members, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Replace the members of a project."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).change_members(project, frozenset(member))
    say(f"Members of {project}: {', '.join(sorted(set(member)))}.")


@app.command()
def grant(project: ProjectId, use: Uses, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Replace what a project may use; views are rebuilt with the next extract."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).change_grants(project, _grants(use))
    say(f"Changed what {project} may use.")


@app.command()
def extend(project: ProjectId, until: Until, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Move the last day of a project."""
    from datalab.wiring import office, open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.begin() as tx:
        office(tx, actor).change_expiry(project, _day(until))
    say(f"{project} ends on {until}.")


@app.command()
def show(project: ProjectId, lab: LabHome = None) -> None:
    """Show a project: purpose, members, columns, views."""
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    with open_lab(settings_of(lab)).control.read() as tx:
        found = tx.governance.project(project)
        views = {view.dataset: view for view in tx.catalogue.views(project)}
    about = Table(show_header=False, title=f"Project {found.id}")
    about.add_row("title", escape(found.title))
    about.add_row("purpose", escape(found.purpose))
    about.add_row("members", ", ".join(sorted(found.members)))
    about.add_row("last day", found.expires_on.isoformat())
    data = Table("dataset", "columns", "view of version", title="Data")
    for one in found.grants:
        view = views.get(one.dataset)
        data.add_row(one.dataset, ", ".join(one.columns), str(view.version) if view else "none yet")
    Screen().print(about, data)


def _grants(uses: list[str]) -> tuple[DatasetGrant, ...]:
    grants = []
    for use in uses:
        dataset, _, columns = use.partition(":")
        names = tuple(name.strip() for name in columns.split(",") if name.strip())
        grants.append(DatasetGrant(dataset=dataset.strip(), columns=names))
    return tuple(grants)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GovernanceError(f"{text!r} is not a date.", remedy="Write it as 2027-12-31.") from None
