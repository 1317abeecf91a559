"""Durable jobs: a list of steps that survives the death of its worker.

Rules:
- A worker holds a job by a lease that runs out, and a fence that grows with every lease. Whatever it writes is
  refused once another worker holds a higher fence.
- A step does its outside effects first, idempotently (write aside, sync, rename), then commits its result, the
  business rows and the audit row in ONE transaction. A worker killed before the commit repeats the step.
- A step that raises a user error settles the job as failed; anything else leaves it to be tried again, `MAX_ATTEMPTS`
  times at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, Protocol

from datalab.audit.event import AuditEvent

LEASE = timedelta(minutes=5)
"""How long a worker holds a job without renewing; a killed worker's job is taken up after that."""
MAX_ATTEMPTS = 5
"""How often one step is tried before the job is settled as failed and a person has to look."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a long step is; counts alone."""

    done: int
    of: int
    what: str
    """What is counted, such as `texts`."""
    before: int
    """How many were done when this worker took the step up."""
    seconds: float
    """For how long it has been at it."""

    @property
    def a_second(self) -> float:
        """How many this worker does in a second; 0 before it did any."""
        return (self.done - self.before) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at that rate; None before there is one."""
        return (self.of - self.done) / self.a_second if self.a_second > 0 else None

    def __str__(self) -> str:
        """Say it, such as `120,000 of 1,000,000 texts, 410 a second, 36 minutes left`."""
        said = f"{self.done:,} of {self.of:,} {self.what}"
        left = self.seconds_left
        if left is None:
            return said
        minutes = ceil(left / 60)
        rest = f", {minutes:,} {'minute' if minutes == 1 else 'minutes'} left" if minutes else ""
        return f"{said}, {self.a_second:,.0f} a second{rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of durable work."""

    id: str
    kind: str
    """Which list of steps it runs through, such as `ingest`."""
    subject: str
    """Identifier of the thing it works on, such as an extract's."""
    state: JobState
    step: str | None
    """Name of the last step that was committed; None before the first."""
    results: Mapping[str, Any]
    """What each committed step returned, by its name; names and counts only."""
    attempts: int
    """How often a worker took the job up for its next step; one that came from the step before is not counted."""
    fence: int
    progress: Progress | None = None
    """How far the step under way is, as its worker last said; None where it said nothing."""


def nobody_is_dead(worker: str) -> bool:
    """Take every worker for alive: a job is then taken over only when its lease has run out."""
    del worker
    return False


class JobStore(Protocol):
    """Where jobs are kept; all inside the caller's transaction."""

    def job(self, job_id: str) -> Job:
        """Return a job; raises NotFoundError."""

    def jobs(self, subject: str | None = None) -> tuple[Job, ...]:
        """Return jobs, oldest first."""

    def enqueue(self, job: Job, *, event: AuditEvent) -> None:
        """Add a job in state queued; raises StateError if its id is known."""

    def lease(
        self,
        kind: str,
        *,
        worker: str,
        now: datetime,
        event: AuditEvent,
        lease: timedelta = LEASE,
        is_dead: Callable[[str], bool] = nobody_is_dead,
    ) -> Job | None:
        """Take the oldest job of that kind that nobody holds, with a new fence; None if there is none.

        Nobody holds a job that is queued, whose lease ran out, or whose worker `is_dead`. The event is written only
        if a job is taken; its subject becomes that job's id.
        """

    def renew(self, job: Job, *, now: datetime, lease: timedelta = LEASE, progress: Progress | None = None) -> None:
        """Hold a job for another lease; raises LeaseLostError if its fence is no longer the highest.

        The one change without an audit event: it moves a deadline, several times a minute, says how far the step is,
        and nothing else.
        """

    def complete_step(self, job: Job, step: str, result: Mapping[str, Any], *, now: datetime, event: AuditEvent) -> Job:
        """Record a step's result under the job's fence; raises LeaseLostError if that was lost."""

    def settle(self, job: Job, state: JobState, *, event: AuditEvent) -> None:
        """End a job as done or failed under its fence; raises LeaseLostError if that was lost."""

    def release(self, job: Job, *, event: AuditEvent) -> None:
        """Give a job back to the queue under its fence, for another attempt."""
