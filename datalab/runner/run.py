"""Taking up the next job and carrying it as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import LeaseLostError, UserError
from datalab.jobs import LEASE, MAX_ATTEMPTS, Job, JobState, Progress
from datalab.runner.heartbeat import Heartbeat
from datalab.runner.step import JobContext, Phase, Step
from datalab.runner.worker import is_dead

Observer = Callable[[Job, Step, Phase], None]
Watcher = Callable[[Job, Step, Progress], None]
OnFailure = Callable[[ControlTransaction, Job, Step, UserError], None]
OnError = Callable[[Job, Step, Exception], None]


def run_next(
    database: ControlDatabase,
    kind: str,
    steps: Sequence[Step],
    *,
    worker: str,
    clock: Callable[[], datetime],
    actor: str = "service:ingest",
    lease: timedelta = LEASE,
    observer: Observer | None = None,
    watcher: Watcher | None = None,
    on_failure: OnFailure | None = None,
    on_error: OnError | None = None,
) -> Job | None:
    """Take the oldest job of a kind that nobody holds, and run the steps it still lacks.

    1. Lease the job; settle it as failed if its next step was started too often.
    2. For each step: run it under a heartbeat; then record, in one transaction and under the job's fence, its result,
       its business rows and its event. The last one also settles the job as done.
    3. A user error settles the job as failed, together with what `on_failure` writes.
    4. Any other error gives the job back for another attempt. Its text is never stored: it may quote the data.

    Args:
        database: the control database.
        kind: which jobs, such as `ingest`.
        steps: what every job of that kind runs through, in order.
        worker: this process, from `worker_name`.
        clock: the time, with its zone.
        actor: whose work it is in the audit log.
        lease: how long the job stays held if this process dies.
        observer: told of every phase of every step.
        watcher: told how far a long step is, from a thread of that step's.
        on_failure: writes the business rows of a failure, such as a quarantine report.
        on_error: shown an error that was not the user's, in memory only.

    Returns:
        The job as it stands now (done, failed, or queued for another attempt), or None if there was none.

    Raises:
        LeaseLostError: if another worker took over meanwhile; nothing of the last step was recorded.
    """
    run = _Run(
        database=database, actor=actor, worker=worker, clock=clock, lease=lease, on_failure=on_failure, watcher=watcher
    )
    job = run.take(kind)
    if job is None:
        return None
    left = [step for step in steps if step.name not in job.results]
    if not left:
        return run.finish(job)
    if job.attempts > MAX_ATTEMPTS:  # (1) every worker that started it died
        return run.fail(job, left[0], None)
    observe = observer or _ignore
    for step in left:
        try:
            job = run.step(job, step, last=step is left[-1], observe=observe)
        except LeaseLostError:
            raise
        except _RefusedError as refused:
            return run.fail(job, step, refused.error)  # (3)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not stay held
            if on_error is not None:
                on_error(job, step, error)
            return run.give_back(job, step, type(error).__name__)  # (4)
        except BaseException as error:  # the worker was asked to stop
            with suppress(LeaseLostError):
                run.give_back(job, step, type(error).__name__)
            raise
        observe(job, step, Phase.COMMITTED)
    return job


class _RefusedError(Exception):
    """A step raised a user error; an error raised by the commit is not one, since trying again may help."""

    def __init__(self, error: UserError) -> None:
        self.error = error
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    database: ControlDatabase
    actor: str
    worker: str
    clock: Callable[[], datetime]
    lease: timedelta
    on_failure: OnFailure | None
    watcher: Watcher | None

    def take(self, kind: str) -> Job | None:
        with self.database.begin() as transaction:
            return transaction.jobs.lease(
                kind,
                worker=self.worker,
                now=self.clock(),
                lease=self.lease,
                is_dead=is_dead,
                event=self._event(Action.JOB_LEASED, kind, worker=self.worker),
            )

    def step(self, job: Job, step: Step, *, last: bool, observe: Observer) -> Job:
        observe(job, step, Phase.STARTED)
        with Heartbeat(self.database, job, lease=self.lease, now=self.clock) as heartbeat:

            def report(progress: Progress) -> None:
                heartbeat.note(progress)
                if self.watcher is not None:
                    self.watcher(job, step, progress)

            context = JobContext(
                job=job, database=self.database, now=self.clock, check_held=heartbeat.check_held, report=report
            )
            try:
                outcome = step.run(context)
            except UserError as error:
                raise _RefusedError(error) from None
            observe(job, step, Phase.WORKED)
        with self.database.begin() as transaction:
            done = transaction.jobs.complete_step(job, step.name, outcome.result, now=self.clock(), event=outcome.event)
            if outcome.commit is not None:
                outcome.commit(transaction)
            if last:
                transaction.jobs.settle(done, JobState.DONE, event=self._event(Action.JOB_FINISHED, job.id))
                done = transaction.jobs.job(job.id)
        return done

    def finish(self, job: Job) -> Job:
        with self.database.begin() as transaction:
            transaction.jobs.settle(job, JobState.DONE, event=self._event(Action.JOB_FINISHED, job.id))
            return transaction.jobs.job(job.id)

    def fail(self, job: Job, step: Step, error: UserError | None) -> Job:
        cause = type(error).__name__ if error else "TooManyAttempts"
        with self.database.begin() as transaction:
            event = self._event(Action.JOB_FAILED, job.id, step=step.name, error=cause, attempts=job.attempts)
            transaction.jobs.settle(job, JobState.FAILED, event=event)
            if error is not None and self.on_failure is not None:
                self.on_failure(transaction, job, step, error)
            return transaction.jobs.job(job.id)

    def give_back(self, job: Job, step: Step, cause: str) -> Job:
        action = Action.JOB_FAILED if job.attempts >= MAX_ATTEMPTS else Action.JOB_RELEASED
        event = self._event(action, job.id, step=step.name, error=cause, attempts=job.attempts)
        with self.database.begin() as transaction:
            if action is Action.JOB_FAILED:
                transaction.jobs.settle(job, JobState.FAILED, event=event)
            else:
                transaction.jobs.release(job, event=event)
            return transaction.jobs.job(job.id)

    def _event(self, action: Action, subject: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=self.actor, subject=subject, at=self.clock(), details=details)


def _ignore(job: Job, step: Step, phase: Phase) -> None:
    del job, step, phase
