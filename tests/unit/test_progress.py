"""How far a long step is, in words."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import TextColumn

from datalab.cli.screen import Screen
from datalab.jobs import Job, JobState, Progress
from datalab.runner import Phase, Step, StepOutcome
from ingest.commands.progress import JobBars
from ingest.commands.tables import show_status


def far(done: int, *, before: int = 0, seconds: float = 10.0) -> Progress:
    """So many of 5,000 texts."""
    return Progress(done=done, of=5_000, what="texts", before=before, seconds=seconds)


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (far(2_000), "2,000 of 5,000 texts, 200 a second, 1 minute left"),
        (far(2_000, seconds=100), "2,000 of 5,000 texts, 20 a second, 3 minutes left"),
        (far(2_000, before=1_000), "2,000 of 5,000 texts, 100 a second, 1 minute left"),
        (far(1_000, before=1_000), "1,000 of 5,000 texts"),
        (far(0, seconds=0), "0 of 5,000 texts"),
        (far(5_000), "5,000 of 5,000 texts, 500 a second"),
    ],
)
def test_progress_says_how_many_how_fast_and_how_long(progress: Progress, said: str) -> None:
    """The rate is of what this worker did; nothing is foretold before it did any, nor when all is done."""
    assert str(progress) == said


def test_the_bar_of_a_job_says_how_far_its_step_is() -> None:
    """What a step reports stands beside its name, until the next step begins."""
    job = Job(id="j", kind="ingest", subject="x1", state=JobState.RUNNING, step=None, results={}, attempts=1, fence=1)
    shown = io.StringIO()

    def never(_: object) -> StepOutcome:
        raise AssertionError

    step, after = Step(name="de-identify", run=never), Step(name="quality", run=never)
    with Bars(TextColumn("{task.fields[extract]} {task.description}"), console=Console(file=shown, width=120)) as bars:
        shows = JobBars(bars)
        shows.observe(job, step, Phase.STARTED)
        shows.watch(job, step, far(2_000))
        during = bars.tasks[0].description
        shows.observe(job, after, Phase.STARTED)

    assert during == "de-identify: 2,000 of 5,000 texts, 200 a second, 1 minute left"
    assert bars.tasks[0].description == "quality"
    assert bars.tasks[0].fields["extract"] == "x1"


def test_the_list_of_extracts_says_how_far_their_steps_are(tmp_path: Path) -> None:
    """Below the table, a line for each extract whose step says how far it is, and none for others."""
    job = Job(id="j", kind="ingest", subject="x1", state=JobState.RUNNING, step=None, results={}, attempts=1, fence=1)
    screen = Screen(file=io.StringIO(), width=100)

    show_status([], [replace(job, progress=far(2_000)), replace(job, subject="x2")], tmp_path, screen)

    said = screen.file.getvalue()  # type: ignore[attr-defined] - the StringIO above
    assert "x1: 2,000 of 5,000 texts, 200 a second, 1 minute left." in said
    assert "x2" not in said
