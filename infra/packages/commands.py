"""`datalab packages`: the wheelhouse, and what each project uses of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from datalab.cli.options import LOCAL_OPERATOR, ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen

app = typer.Typer(no_args_is_help=True, help="Fill the wheelhouse, and lock packages for a project.")

ProjectId = Annotated[str, typer.Argument(help="Short name of the project.")]


@app.command()
def sync(
    allowed: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The list: NAME==VERSION --hash=sha256:... a line.")
    ],
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """Bring the wheelhouse to what a list says, by pip with its ordinary settings; every wheel is verified."""
    from infra.packages.office import PackageOffice  # noqa: PLC0415 - databases load only when asked for

    index = PackageOffice.of(settings_of(lab), actor).sync(allowed.read_text())
    _say(f"The wheelhouse holds {len(index)} wheels.")


@app.command()
def lock(
    project: ProjectId,
    package: Annotated[
        list[str] | None, typer.Option(help="A package, perhaps with versions; more than once. None: no packages.")
    ] = None,
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """Choose a project's packages from the wheelhouse; its sandboxes have them from their next start."""
    from infra.packages.office import PackageOffice  # noqa: PLC0415 - as above

    _say(PackageOffice.of(settings_of(lab), actor).lock(project, package or []).rstrip() or "No packages.")


@app.command(name="list")
def list_(lab: LabHome = None) -> None:
    """List the wheels of the wheelhouse; says where one is not what was synced."""
    from infra.packages.wheelhouse import Wheelhouse  # noqa: PLC0415 - as above

    table = Table("package", "version", "sha256", title="Wheelhouse")
    for one in Wheelhouse(folder=settings_of(lab).packages).check().values():
        table.add_row(one.name, one.version, one.sha256)
    Screen().print(table)


def _say(text: str) -> None:
    Console(soft_wrap=True).print(text, markup=False, highlight=False)
