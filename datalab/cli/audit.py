"""`datalab audit`: check that the audit logs hold, and read their last entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer
from rich.markup import escape
from rich.table import Table

from datalab.audit.log import AuditReader, Head, verify_log
from datalab.cli.options import LabHome, settings_of
from datalab.cli.screen import Screen
from datalab.control import check_registers
from datalab.privacy.reconcile import reconcile
from datalab.settings import Settings

app = typer.Typer(no_args_is_help=True)


class LogName(StrEnum):
    """Which of the lab's two logs."""

    CONTROL = "control"
    """People, projects, contracts, extracts, versions, views."""
    RELEASE = "release"
    """Budgets, questions, answers, decisions."""


@app.command()
def verify(
    lab: LabHome = None,
    expect_control: Annotated[
        str | None, typer.Option(metavar="SIZE:DIGEST", help="A head of the control log that you kept.")
    ] = None,
    expect_release: Annotated[
        str | None, typer.Option(metavar="SIZE:DIGEST", help="A head of the release log that you kept.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The lab's public key (PEM), from a place you trust.", show_default="the lab's")
    ] = None,
) -> None:
    """Check both logs, registers, ledger and requests against them, the signature of every grant, and every bundle.

    Prints the logs' heads. Keep them outside the lab: only a head that somebody else kept shows that the end of a log
    was cut off.
    """
    kept = {LogName.CONTROL: expect_control, LogName.RELEASE: expect_release}
    expected = {name: Head.parse(text) for name, text in kept.items() if text}
    for name in LogName:
        with _log(name, lab) as log:
            head = verify_log(log, expected=expected.get(name))
        typer.echo(f"{name.value} {head}")
    from datalab.release.signed_act import check_acts  # noqa: PLC0415 - cryptography loads only when asked for
    from datalab.wiring import open_lab  # noqa: PLC0415 - databases load only when asked for

    opened = open_lab(settings_of(lab))
    with opened.release.read() as release:
        before_acts = reconcile(release.ledger, release.audit.entries())
        acts = release.ledger.acts()
    typer.echo("ledger: every account and charge is as the release log tells.")
    with opened.control.read() as control:
        undigested = check_registers(control)
        signed = check_acts(acts, control)
        contracts = len(control.catalogue.contracts())
    typer.echo("registers: every person, agency, project, version and view is as the control log tells.")
    if undigested:
        typer.echo(f"last changed before the log told digests: {undigested} of them. Only their names can be compared.")
    typer.echo(f"contracts: {contracts} in force, each as it was registered.")
    typer.echo(f"budget acts: {signed}, each signed by its dataset's own agency.")
    if before_acts:
        typer.echo(f"grants without an act, from before acts were signed: {before_acts}. Ask their custodians.")
    _verify_requests(settings_of(lab), key)


def _verify_requests(settings: Settings, key: Path | None) -> None:
    from datalab.release.attest.check import check_requests  # noqa: PLC0415 - cryptography loads only when asked for
    from datalab.release.attest.published import check_published  # noqa: PLC0415 - as above
    from datalab.release.bundle.outbox import Outbox  # noqa: PLC0415 - as above
    from datalab.release.bundle.signing import PUBLIC_FILE  # noqa: PLC0415 - as above
    from datalab.wiring import open_lab  # noqa: PLC0415 - databases load only when asked for

    path = key or settings.public_keys / PUBLIC_FILE
    public_pem = path.read_bytes() if path.is_file() else b""  # a lab that has no key yet has sealed nothing
    with open_lab(settings).release.read() as release:
        found = check_requests(release, public_pem)
        held, taken = check_published(release, Outbox(folder=settings.outbox), public_pem)
    typer.echo(f"requests: {found.requests}, each as the release log tells.")
    if found.since is not None:
        typer.echo(f"not attested, made before {found.since:%Y-%m-%d}: {found.old}. Only their names can be compared.")
    typer.echo(f"bundles: {held} in the outbox, each as it was published; {taken} no longer there.")


@app.command()
def show(
    log: Annotated[LogName, typer.Argument(help="Which log.")] = LogName.CONTROL,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many entries.")] = 20,
    lab: LabHome = None,
) -> None:
    """Show the last entries of a log, oldest first."""
    table = Table("number", "when (UTC)", "who", "what", "which", "details", title=f"Audit log: {log.value}")
    with _log(log, lab) as reader:
        for entry in reader.entries(after=max(0, reader.head().size - last)):
            event = entry.event
            details = ", ".join(f"{name}={value}" for name, value in event.details.items())
            when = event.at.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
            cells = (str(entry.number), when, event.actor, event.action.value, event.subject, details)
            table.add_row(*map(escape, cells))
    Screen().print(table)


@contextmanager
def _log(name: LogName, lab: LabHome) -> Iterator[AuditReader]:
    from datalab.wiring import open_lab  # noqa: PLC0415 - databases load only when asked for

    opened = open_lab(settings_of(lab))
    match name:
        case LogName.CONTROL:
            with opened.control.read() as control:
                yield control.audit
        case LogName.RELEASE:
            with opened.release.read() as release:
                yield release.audit
        case _:
            assert_never(name)
