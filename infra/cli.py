"""Commands that need every room of the house: founding a lab, and showing one."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from datalab.cli.options import LabHome, settings_of
from infra.cluster.commands import app as cluster
from infra.packages.commands import app as packages


def register(groups: MutableMapping[str, typer.Typer]) -> None:
    """Add `lab create`, `lab demo`, `up`, `down`, `packages` and `cluster`."""
    groups["packages"] = packages
    groups["cluster"] = cluster
    groups["lab"].command()(create)
    groups["lab"].command()(demo)
    groups["up"] = typer.Typer(
        invoke_without_command=True, help="Run the whole lab: hub, portal, release service, worker."
    )
    groups["up"].callback()(up)
    groups["down"] = typer.Typer(invoke_without_command=True, help="End a lab that runs.")
    groups["down"].callback()(down)


def create(home: Annotated[Path, typer.Argument(help="Folder for the new lab; must not hold one.")]) -> None:
    """Create an empty lab: its folders, its databases and the keys of each process."""
    from infra.founding import found_lab  # noqa: PLC0415 - keys and databases load only when asked for

    settings = settings_of(home)
    found_lab(settings)
    Console(soft_wrap=True).print(
        f"Created a lab in {settings.home}. Agencies seal to {settings.public_keys / 'landing.pub'}."
    )


def up(
    lab: LabHome = None,
    *,
    background: Annotated[bool, typer.Option("--background", help="Go on behind; `datalab down` ends it.")] = False,
) -> None:
    """Run the whole lab on this machine until Ctrl-C: proxy, hub, portal, release service, ingest worker."""
    from infra.hub.background import start  # noqa: PLC0415 - JupyterHub loads only when asked for
    from infra.hub.launch import up as run_until_told  # noqa: PLC0415 - as above

    settings = settings_of(lab)
    out = Console(soft_wrap=True)
    if background:
        start(settings)
        out.print(f"The lab is up at {settings.address}. `datalab down --lab {settings.home}` ends it.")
        return
    out.print(f"The lab is coming up at {settings.address}. Ctrl-C ends it.")
    raise typer.Exit(run_until_told(settings))


def down(lab: LabHome = None) -> None:
    """End a lab that runs on this machine, and its sandboxes with it."""
    from infra.hub.background import stop  # noqa: PLC0415 - as above

    stop(settings_of(lab))
    Console(soft_wrap=True).print("The lab has ended.")


def demo(
    home: Annotated[Path, typer.Argument(help="Folder for the demonstration's lab; an older one is replaced.")],
    people: Annotated[int, typer.Option(min=500, help="Size of the sample county.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same county.")] = 7,
) -> None:
    """Walk the whole journey with four sample agencies, and leave the lab running, with people who can sign in."""
    from infra.demo.journey import run  # noqa: PLC0415 - the journey starts Spark

    run(home, people=people, seed=seed)
