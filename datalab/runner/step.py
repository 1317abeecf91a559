"""What a step of a job is given, what it does, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from datalab.audit.event import AuditEvent
from datalab.control import ControlDatabase, ControlTransaction
from datalab.jobs import Job, Progress


class Phase(StrEnum):
    """How far a step is; for progress displays, and for tests that kill a worker at each."""

    STARTED = "started"
    """The job is held; nothing of the step was done."""
    WORKED = "worked"
    """Its outside effects are done; nothing of it is recorded."""
    COMMITTED = "committed"
    """It is recorded, and will never be done again."""


def _unheard(progress: Progress) -> None:
    del progress


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What a step may use."""

    job: Job
    """The job as it stood when the step started; `job.results` holds what earlier steps returned."""
    database: ControlDatabase
    """For reading; what the step changes goes into its outcome's `commit`."""
    now: Callable[[], datetime]
    check_held: Callable[[], None]
    """Raises LeaseLostError once another worker is known to have taken over: call it inside long work."""
    report: Callable[[Progress], None] = _unheard
    """Takes how far a long step is; from any thread. It is shown, and stored with the next renewal of the lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """What a step did, to be recorded in one transaction."""

    result: Mapping[str, Any]
    """Names and counts for later steps; JSON, never a value from the data."""
    event: AuditEvent
    """What the step's own row is remembered by."""
    commit: Callable[[ControlTransaction], None] | None = None
    """Writes the business rows. It must be short: every other writer waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `run` must be idempotent, since a worker killed before the commit repeats it."""

    name: str
    run: Callable[[JobContext], StepOutcome]
