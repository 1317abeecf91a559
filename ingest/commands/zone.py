"""`datalab ingest`: what runs in the ingest zone, with the ingest keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from datalab.cli.options import LabHome, settings_of
from datalab.cli.screen import Screen

ProjectId = Annotated[str, typer.Argument(help="Short name of the project.")]
ExtractId = Annotated[str, typer.Argument(help="Identifier, as `datalab extract status` shows it.")]

app = typer.Typer(no_args_is_help=True, help="Receive extracts and carry them to research; needs the ingest keys.")


@app.command()
def receive(lab: LabHome = None) -> None:
    """Take in what lies in the inbox: verify, split, queue. What is not what it says is put aside with the reason."""
    from datalab.storage.databases import open_control  # noqa: PLC0415 - databases load only when asked for
    from ingest.commands.tables import show_receipts  # noqa: PLC0415 - as above
    from ingest.landing.receipt import Landing  # noqa: PLC0415 - as above

    settings = settings_of(lab)
    landing = Landing(settings=settings, control=open_control(settings.control_database), clock=_now)
    show_receipts(landing.receive(), Screen())


@app.command()
def work(
    *,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Stop when nothing is left to do.")] = False,
    poll: Annotated[int, typer.Option("--poll", min=1, help="Seconds between looks when there is nothing to do.")] = 10,
    lab: LabHome = None,
) -> None:
    """Run the ingest worker: receive, then carry every queued extract as far as it goes."""
    from datalab.jobs import JobState  # noqa: PLC0415 - loaded only when asked for
    from ingest.commands.progress import step_progress  # noqa: PLC0415 - as above
    from ingest.commands.tables import show_jobs, show_receipts  # noqa: PLC0415 - as above
    from ingest.landing.receipt import Landing  # noqa: PLC0415 - as above
    from ingest.worker.worker import open_worker  # noqa: PLC0415 - as above

    settings, console = settings_of(lab), Screen()
    with step_progress() as bars, open_worker(settings, observer=bars.observe, watcher=bars.watch) as worker:
        landing = Landing(settings=settings, control=worker.control, clock=_now)
        if not until_empty:
            worker.run_forever(poll=timedelta(seconds=poll), between=landing.receive)
        show_receipts(landing.receive(), console)
        jobs = worker.run_until_empty()
    show_jobs(jobs, console)
    if any(job.state is not JobState.DONE for job in jobs):
        raise typer.Exit(1)


@app.command("build-views")
def build_views(project: ProjectId, lab: LabHome = None) -> None:
    """Build the views that a project may have and has not yet, such as after it was created."""
    from ingest.worker.worker import open_worker  # noqa: PLC0415 - loaded only when asked for

    with open_worker(settings_of(lab)) as worker:
        for view in worker.views().build_missing(project):
            _say(f"Built {view.dataset} version {view.version}: {view.rows:,} rows, {len(view.columns)} columns.")


@app.command()
def retry(extract: ExtractId, lab: LabHome = None) -> None:
    """Queue an extract again whose job failed for the lab's own fault, once that is mended."""
    from datalab.storage.databases import open_control  # noqa: PLC0415 - databases load only when asked for
    from ingest.worker.retry import queue_again  # noqa: PLC0415 - as above

    job = queue_again(open_control(settings_of(lab).control_database), extract, now=_now())
    _say(f"Queued {job.id}.")


def _now() -> datetime:
    return datetime.now(UTC)


def _say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
