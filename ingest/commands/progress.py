"""Progress of jobs, a bar each, step by step; of a long step also how far it is, how fast, and how long is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from datalab.jobs import Job
from datalab.jobs import Progress as Far
from datalab.runner import Phase, Step
from ingest.worker.pipeline import STEPS


@dataclass(frozen=True, slots=True)
class JobBars:
    """A bar for each job."""

    progress: Progress
    bars: dict[str, TaskID] = field(default_factory=dict)

    def observe(self, job: Job, step: Step, phase: Phase) -> None:
        """Take what the worker tells of its steps."""
        done = STEPS.index(step.name) + (phase is Phase.COMMITTED)
        self.progress.update(self._bar(job), completed=done, description="" if done == len(STEPS) else step.name)

    def watch(self, job: Job, step: Step, far: Far) -> None:
        """Take how far a long step is."""
        self.progress.update(self._bar(job), description=f"{step.name}: {far}")

    def _bar(self, job: Job) -> TaskID:
        bar = self.bars.get(job.subject)
        if bar is None:
            bar = self.bars[job.subject] = self.progress.add_task("", total=len(STEPS), extract=job.subject)
        return bar


@contextmanager
def step_progress() -> Iterator[JobBars]:
    """Show a bar for each job; yields what the worker tells of its steps."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[extract]}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield JobBars(progress)
