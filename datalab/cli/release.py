"""`datalab release`: publish approved answers, finish what was interrupted, check bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.errors import SettingsError
from datalab.release.request import RequestState

app = typer.Typer(no_args_is_help=True)


@app.command()
def publish(
    request: Annotated[
        str | None, typer.Argument(help="Identifier of an approved request; without it, all.", show_default=False)
    ] = None,
    lab: LabHome = None,
) -> None:
    """Put the signed bundles of approved requests into the outbox."""
    from datalab.wiring import open_desk, open_lab  # noqa: PLC0415 - the desk loads only when asked for

    desk = open_desk(open_lab(settings_of(lab)))
    with desk.release.read() as tx:
        approved = tx.requests.requests(state=RequestState.APPROVED)
    for name in [request] if request is not None else [one.id for one in approved]:
        released = desk.publish(name)
        say(f"{released.id}: {desk.outbox.path(released.bundle or '')}")


@app.command()
def resume(lab: LabHome = None) -> None:
    """Finish what a killed process left; nothing is paid twice and nothing published twice."""
    from datalab.wiring import open_desk, open_lab  # noqa: PLC0415 - as above

    for request in open_desk(open_lab(settings_of(lab))).resume():
        say(f"{request.id} is {request.state.value}.")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A bundle.", show_default=False)],
    key: Annotated[
        Path | None, typer.Option(help="The lab's public key (PEM), from a place you trust.", show_default="the lab's")
    ] = None,
    lab: LabHome = None,
) -> None:
    """Check a bundle offline, with nothing but the public key."""
    from datalab.cli.tables import answer_table  # noqa: PLC0415 - as above
    from datalab.release.bundle.document import verify_bundle  # noqa: PLC0415 - as above
    from datalab.release.bundle.signing import PUBLIC_FILE  # noqa: PLC0415 - as above

    path = key or settings_of(lab).public_keys / PUBLIC_FILE
    if not path.is_file():
        raise SettingsError(f"There is no public key at {path}.", remedy="Name the lab's public key with --key.")
    bundle = verify_bundle(file, path.read_bytes())
    out = Screen()
    table = Table(show_header=False, title=f"{file.name} holds")
    table.add_row("request", bundle.request)
    table.add_row("project", bundle.project)
    table.add_row("signed by key", bundle.key)
    table.add_row("datasets", ", ".join(f"{one['dataset']} v{one['version']}" for one in bundle.provenance["datasets"]))
    table.add_row(
        "cost", f"{bundle.answer.cost.about}; epsilon {bundle.answer.epsilon:g} at {float(bundle.answer.delta):g}"
    )
    table.add_row("review", str(bundle.provenance["review"]["by"]))
    out.print(table)
    out.print(escape(bundle.explanation), highlight=False)
    out.print(answer_table(bundle.answer))
