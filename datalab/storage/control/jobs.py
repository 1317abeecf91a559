"""Durable jobs in SQL. A job's fence guards every write that its worker makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import LeaseLostError, NotFoundError, StateError
from datalab.jobs import LEASE, Job, JobState, Progress, nobody_is_dead
from datalab.storage.audit import SqlAuditLog
from datalab.storage.control.tables import JOB, JOB_STEP
from datalab.storage.insertion import insert_row

FINAL = frozenset({JobState.DONE, JobState.FAILED})
"""States that a job never leaves."""


class SqlJobs:
    """Jobs and their committed steps, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def job(self, job_id: str) -> Job:
        """Return a job; raises NotFoundError."""
        row = self._connection.execute(select(JOB).where(JOB.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"There is no job {job_id}.")
        return self._job(row)

    def jobs(self, subject: str | None = None) -> tuple[Job, ...]:
        """Return jobs, oldest first."""
        query = select(JOB).order_by(JOB.c.number)
        if subject is not None:
            query = query.where(JOB.c.subject == subject)
        return tuple(map(self._job, self._connection.execute(query).all()))

    def enqueue(self, job: Job, *, event: AuditEvent) -> None:
        """Add a job in state queued; raises StateError if its id is known."""
        if job.state is not JobState.QUEUED or job.step is not None or job.results:
            raise StateError(f"Job {job.id} cannot be queued.", why="It was begun.")
        values = {
            "id": job.id,
            "kind": job.kind,
            "subject": job.subject,
            "state": JobState.QUEUED.value,
            "attempts": 0,
            "fence": 0,
        }
        insert_row(self._connection, JOB, values, refusal=StateError(f"There is a job {job.id} already."))
        self._audit.append(event)

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
        """Take the oldest job of that kind that nobody holds, with a new fence; None if there is none."""
        free = select(JOB).where(
            JOB.c.kind == kind, or_(JOB.c.state == JobState.QUEUED.value, JOB.c.state == JobState.RUNNING.value)
        )
        for row in self._connection.execute(free.order_by(JOB.c.number)).all():
            if row.state == JobState.QUEUED.value or row.leased_until <= now or is_dead(row.worker):
                self._connection.execute(
                    update(JOB)
                    .where(JOB.c.id == row.id)
                    .values(
                        state=JobState.RUNNING.value,
                        attempts=row.attempts + 1,
                        fence=row.fence + 1,
                        worker=worker,
                        leased_until=now + lease,
                        progress=None,
                    )
                )
                self._audit.append(replace(event, subject=row.id))
                return self.job(row.id)
        return None

    def renew(self, job: Job, *, now: datetime, lease: timedelta = LEASE, progress: Progress | None = None) -> None:
        """Hold a job for another lease; raises LeaseLostError if its fence is no longer the highest."""
        self._under_fence(job, leased_until=now + lease, progress=None if progress is None else asdict(progress))

    def complete_step(self, job: Job, step: str, result: Mapping[str, Any], *, now: datetime, event: AuditEvent) -> Job:
        """Record a step's result under the job's fence; raises LeaseLostError if that was lost."""
        self._under_fence(job, attempts=0, progress=None)
        done = select(func.count()).select_from(JOB_STEP).where(JOB_STEP.c.job_id == job.id)
        values = {
            "job_id": job.id,
            "place": int(self._connection.execute(done).scalar_one()),
            "step": step,
            "result": dict(result),
            "fence": job.fence,
            "recorded_at": now,
        }
        refusal = StateError(f"Step {step} of job {job.id} is recorded already.")
        insert_row(self._connection, JOB_STEP, values, refusal=refusal)
        self._audit.append(event)
        return self.job(job.id)

    def settle(self, job: Job, state: JobState, *, event: AuditEvent) -> None:
        """End a job as done or failed under its fence; raises LeaseLostError if that was lost."""
        if state not in FINAL:
            raise StateError(f"Job {job.id} cannot end as {state.value}.")
        self._under_fence(job, state=state.value, worker=None, leased_until=None, progress=None)
        self._audit.append(event)

    def release(self, job: Job, *, event: AuditEvent) -> None:
        """Give a job back to the queue under its fence, for another attempt."""
        self._under_fence(job, state=JobState.QUEUED.value, worker=None, leased_until=None, progress=None)
        self._audit.append(event)

    def _under_fence(self, job: Job, **values: Any) -> None:  # noqa: ANN401 - columns of a job
        held = self._connection.execute(
            update(JOB)
            .where(JOB.c.id == job.id, JOB.c.fence == job.fence, JOB.c.state == JobState.RUNNING.value)
            .values(**values)
        )
        if held.rowcount != 1:
            raise LeaseLostError(
                f"Job {job.id} is no longer held under fence {job.fence}.",
                why="The lease ran out and another worker took the job over, or it was settled.",
            )

    def _job(self, row: Row[Any]) -> Job:
        query = select(JOB_STEP).where(JOB_STEP.c.job_id == row.id).order_by(JOB_STEP.c.place)
        results = {step.step: step.result for step in self._connection.execute(query)}
        return Job(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            state=JobState(row.state),
            step=next(reversed(results), None),
            results=results,
            attempts=row.attempts,
            fence=row.fence,
            progress=None if row.progress is None else Progress(**row.progress),
        )
