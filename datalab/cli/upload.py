"""`datalab upload`: the way in for code and reference files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datalab.cli.options import LOCAL_OPERATOR, ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.errors import UploadError
from datalab.intake.way_in import WayIn
from datalab.uploads import Upload, UploadState

app = typer.Typer(no_args_is_help=True)

UploadId = Annotated[str, typer.Argument(help="Id of the file, as `datalab upload list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why; who brought the file reads it.")]


@app.command()
def bring(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file.")],
    *,
    project: Annotated[str, typer.Option(help="The project whose sandboxes will show it, at /reference.")],
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Bring a file to a project; it is checked, and held for a decision where the lab's policy asks for one."""
    with file.open("rb") as content:
        upload = _way_in(lab).bring(file.name, content, project=project, author=actor)
    if upload.state is UploadState.REFUSED:
        raise UploadError(upload.reason)
    say(f"{upload.id} {upload.name} is {upload.state.value}; {_scanned(upload)}.")


@app.command(name="list")
def list_(
    project: Annotated[str, typer.Argument(help="Short name of the project.")],
    actor: ActingAs = LOCAL_OPERATOR,
    lab: LabHome = None,
) -> None:
    """List what was brought to a project, newest first, and where each file stands."""
    table = Table("id", "name", "by", "state", "scan", "reason", title=f"Files of {project}")
    for one in _way_in(lab).uploads(project=project, person=actor):
        table.add_row(one.id, escape(one.name), one.author, one.state.value, one.scan, escape(one.reason))
    Screen().print(table)


@app.command()
def approve(upload: UploadId, reason: Reason, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Approve a file that is held; it is placed at once."""
    _decide(upload, reason, actor, lab, approve=True)


@app.command()
def refuse(upload: UploadId, reason: Reason, actor: ActingAs = LOCAL_OPERATOR, lab: LabHome = None) -> None:
    """Refuse a file that is held; its bytes are deleted, and what is known of it stays."""
    _decide(upload, reason, actor, lab, approve=False)


@app.command()
def resume(lab: LabHome = None) -> None:
    """Finish checks and placings that a process left half done; every other call does so too."""
    _way_in(lab).resume()
    say("Nothing is half done.")


def _way_in(lab: Path | None) -> WayIn:
    from datalab.wiring import open_lab, open_way_in  # noqa: PLC0415 - databases load only when asked for

    opened = open_lab(settings_of(lab))
    return open_way_in(opened.settings, opened.control)


def _decide(upload: str, reason: str, actor: str, lab: Path | None, *, approve: bool) -> None:
    decided = _way_in(lab).decide(upload, person=actor, approve=approve, reason=reason)
    say(f"{decided.id} {decided.name} is {decided.state.value}.")


def _scanned(upload: Upload) -> str:
    return "no malware scanner is on this machine" if upload.scan == "absent" else f"malware scan: {upload.scan}"
