"""`datalab lab`: look at a lab. Creating one needs every room's keys, so `infra` adds that command."""

from __future__ import annotations

import typer
from rich.table import Table

from datalab.cli.options import LabHome, settings_of
from datalab.cli.screen import Screen

app = typer.Typer(no_args_is_help=True)


@app.command()
def show(lab: LabHome = None) -> None:
    """Show what the lab holds: datasets, versions, projects, requests by state."""
    from datalab.wiring import open_lab  # noqa: PLC0415 - databases load only when asked for

    opened = open_lab(settings_of(lab))
    table = Table("dataset", "agency", "unit", "contract", "versions", "rows", title="Datasets")
    with opened.control.read() as tx:
        for contract in tx.catalogue.contracts():
            versions = tx.catalogue.versions(contract.dataset)
            table.add_row(
                contract.dataset,
                contract.agency,
                contract.privacy_unit.value,
                contract.version,
                str(len(versions)),
                f"{versions[-1].rows:,}" if versions else "-",
            )
        projects = Table("project", "title", "members", "datasets", "expires", title="Projects")
        for project in tx.governance.projects():
            projects.add_row(
                project.id,
                project.title,
                ", ".join(sorted(project.members)),
                ", ".join(grant.dataset for grant in project.grants),
                project.expires_on.isoformat(),
            )
    Screen().print(table, projects)


@app.command()
def upgrade(lab: LabHome = None) -> None:
    """Bring a lab's databases up to date with this version, and compute every stored charge again with its OpenDP."""
    from datalab.cli.recomputed import report  # noqa: PLC0415 - OpenDP takes a moment to load
    from datalab.wiring import upgrade_lab  # noqa: PLC0415 - as above

    report(upgrade_lab(settings_of(lab)))
