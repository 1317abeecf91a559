"""Progress of jobs, a bar each, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from datalab.jobs import Job
from datalab.runner import Phase, Step
from ingest.worker.pipeline import STEPS
from ingest.worker.worker import Observer


@contextmanager
def step_progress() -> Iterator[Observer]:
    """Show a bar for each job; yields what the worker tells of its steps."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[extract]}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def observe(job: Job, step: Step, phase: Phase) -> None:
            bar = bars.get(job.subject)
            if bar is None:
                bar = bars[job.subject] = progress.add_task("", total=len(STEPS), extract=job.subject)
            done = STEPS.index(step.name) + (phase is Phase.COMMITTED)
            progress.update(bar, completed=done, description="" if done == len(STEPS) else step.name)

        yield observe
