"""The runner in one process: what becomes of a job when its steps succeed, refuse, break, or take long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import LeaseLostError, QuarantineError, StateError, UserError
from datalab.governance.people import LabRole, Person
from datalab.jobs import MAX_ATTEMPTS, Job, JobState, Progress
from datalab.runner import JobContext, Phase, Step, StepOutcome, is_dead, run_next, worker_name
from datalab.storage.databases import open_control

MARKER = "Zebedee Marker"
"""Stands for a value from the data inside an error's text."""


@pytest.fixture
def database(sqlite_control_url: str) -> ControlDatabase:
    """An empty control database."""
    return open_control(sqlite_control_url)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def about(action: Action, subject: str = "job-1") -> AuditEvent:
    """Return an event of this moment."""
    return AuditEvent(action=action, actor="tester", subject=subject, at=now())


def enqueue(database: ControlDatabase, job_id: str = "job-1") -> None:
    """Queue a job."""
    job = Job(id=job_id, kind="toy", subject="x", state=JobState.QUEUED, step=None, results={}, attempts=0, fence=0)
    with database.begin() as transaction:
        transaction.jobs.enqueue(job, event=about(Action.JOB_QUEUED, job_id))


def step(name: str, work: Callable[[JobContext], None] = lambda _: None, *, adds: str | None = None) -> Step:
    """Return a step that does some work, and adds a person of that name when it commits."""

    def run(context: JobContext) -> StepOutcome:
        work(context)
        return StepOutcome(
            result={"saw": list(context.job.results)},
            event=about(Action.JOB_STEP_DONE, name),
            commit=None if adds is None else lambda transaction: add_person(transaction, adds),
        )

    return Step(name=name, run=run)


def add_person(transaction: ControlTransaction, name: str) -> None:
    """Write one business row."""
    person = Person(username=name, full_name=name, roles=frozenset({LabRole.OPERATOR}))
    transaction.governance.add_person(person, event=about(Action.PERSON_ADDED, name))


def people(database: ControlDatabase) -> list[str]:
    """Return the business rows."""
    with database.read() as transaction:
        return [person.username for person in transaction.governance.people()]


def actions(database: ControlDatabase) -> list[Action]:
    """Return what the audit log holds."""
    with database.read() as transaction:
        return [entry.event.action for entry in transaction.audit.entries()]


def breaks(_: JobContext) -> None:
    """Fail in a way that is not the user's fault, with a text that quotes the data."""
    raise RuntimeError(MARKER)


def refuses(_: JobContext) -> None:
    """Fail in a way that is the user's fault."""
    raise QuarantineError("The extract is held.")


def run(database: ControlDatabase, *steps: Step, **options: object) -> Job | None:
    """Run the next job."""
    return run_next(database, "toy", steps, worker=worker_name("test"), clock=now, **options)  # type: ignore[arg-type]


def test_nothing_to_do_is_no_job_and_no_event(database: ControlDatabase) -> None:
    """Looking for work leaves no trace."""
    assert run(database, step("one")) is None
    assert actions(database) == []


def test_steps_run_in_order_and_see_what_came_before(database: ControlDatabase) -> None:
    """Each step is told of, committed with its rows and event, and the last one settles the job."""
    enqueue(database)
    told: list[tuple[str, Phase, str | None]] = []
    job = run(
        database,
        step("one", adds="ann"),
        step("two"),
        observer=lambda job, step, phase: told.append((step.name, phase, job.step)),
    )
    assert job is not None
    assert (job.state, job.step) == (JobState.DONE, "two")
    assert job.results == {"one": {"saw": []}, "two": {"saw": ["one"]}}
    assert told == [
        ("one", Phase.STARTED, None),
        ("one", Phase.WORKED, None),
        ("one", Phase.COMMITTED, "one"),
        ("two", Phase.STARTED, "one"),
        ("two", Phase.WORKED, "one"),
        ("two", Phase.COMMITTED, "two"),
    ]
    assert actions(database) == [
        Action.JOB_QUEUED,
        Action.JOB_LEASED,
        Action.JOB_STEP_DONE,
        Action.PERSON_ADDED,
        Action.JOB_STEP_DONE,
        Action.JOB_FINISHED,
    ]
    assert run(database, step("one")) is None


def test_jobs_are_taken_oldest_first(database: ControlDatabase) -> None:
    """The queue is a queue."""
    for name in ("b", "a"):
        enqueue(database, name)
    done = [run(database, step("one")) for _ in range(2)]
    assert [job.id for job in done if job] == ["b", "a"]


def test_a_refusal_settles_the_job_with_its_business_rows(database: ControlDatabase) -> None:
    """A user error ends the job in one transaction with what the failure writes; later steps never run."""
    enqueue(database)
    seen: list[tuple[str, str]] = []

    def quarantine(transaction: ControlTransaction, job: Job, step: Step, error: UserError) -> None:
        seen.append((step.name, error.what))
        add_person(transaction, f"{job.id}-held")

    job = run(database, step("one", refuses), step("two", adds="never"), on_failure=quarantine)
    assert job is not None
    assert job.state is JobState.FAILED
    assert seen == [("one", "The extract is held.")]
    assert people(database) == ["job-1-held"]
    assert run(database, step("one")) is None


def test_a_refusal_whose_rows_cannot_be_written_is_not_half_recorded(database: ControlDatabase) -> None:
    """If the failure's rows fail, the job is not settled either."""
    enqueue(database)

    def broken(transaction: ControlTransaction, *_: object) -> None:
        add_person(transaction, "half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(database, step("one", refuses), on_failure=broken)
    assert people(database) == []
    with database.read() as transaction:
        assert transaction.jobs.job("job-1").state is JobState.RUNNING


def test_another_error_is_tried_again_and_then_left_to_a_person(
    database: ControlDatabase, sqlite_control_url: str
) -> None:
    """The job goes back to the queue a stated number of times; the error's text is shown, and stored nowhere."""
    enqueue(database)
    shown: list[str] = []
    states = []
    for _ in range(MAX_ATTEMPTS):
        job = run(database, step("one", breaks), on_error=lambda _job, _step, error: shown.append(str(error)))
        assert job is not None
        states.append(job.state)
    assert states == [JobState.QUEUED] * (MAX_ATTEMPTS - 1) + [JobState.FAILED]
    assert shown == [MARKER] * MAX_ATTEMPTS
    assert run(database, step("one")) is None
    assert actions(database).count(Action.JOB_RELEASED) == MAX_ATTEMPTS - 1
    assert MARKER.encode() not in Path(sqlite_control_url.removeprefix("sqlite:///")).read_bytes()


def test_a_commit_that_fails_leaves_nothing_and_is_tried_again(database: ControlDatabase) -> None:
    """Even a user error in the commit means another attempt: a newer state may let it through."""
    enqueue(database)
    with database.begin() as transaction:
        add_person(transaction, "taken")
    job = run(database, step("one", adds="ann"), step("two", adds="taken"))
    assert job is not None
    assert (job.state, job.step) == (JobState.QUEUED, "one")
    job = run(database, step("one", adds="never twice"), step("two", adds="ben"))
    assert job is not None
    assert job.state is JobState.DONE
    assert people(database) == ["ann", "ben", "taken"]


def test_a_worker_that_is_asked_to_stop_gives_the_job_back(database: ControlDatabase) -> None:
    """Ctrl-C frees the job at once and still stops the worker."""
    enqueue(database)

    def interrupted(_: JobContext) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(database, step("one", interrupted))
    with database.read() as transaction:
        assert transaction.jobs.job("job-1").state is JobState.QUEUED


def test_a_job_that_kills_every_worker_is_settled(database: ControlDatabase) -> None:
    """A step that takes its worker down each time is not tried for ever."""
    enqueue(database)
    for _ in range(MAX_ATTEMPTS):
        with database.begin() as transaction:  # a worker takes it up, and is never heard of again
            taken = transaction.jobs.lease(
                "toy", worker="w", now=now(), lease=timedelta(0), event=about(Action.JOB_LEASED)
            )
            assert taken is not None
    job = run(database, step("one", adds="never"))
    assert job is not None
    assert job.state is JobState.FAILED
    assert people(database) == []


def test_steps_that_were_committed_are_not_run_again(database: ControlDatabase) -> None:
    """A job taken up by another worker goes on where it stood; with nothing left it is only settled."""
    enqueue(database)
    run(database, step("one", adds="ann"), step("two", breaks))
    job = run(database, step("one", adds="ben"))
    assert job is not None
    assert job.state is JobState.DONE
    assert people(database) == ["ann"]


def test_a_long_step_keeps_its_lease(database: ControlDatabase) -> None:
    """The heartbeat renews while a step works, so nobody takes over, however long it takes."""
    enqueue(database)
    others: list[Job | None] = []

    def long(_: JobContext) -> None:
        for _ in range(6):
            time.sleep(0.5)
            others.append(run(database, step("one")))

    job = run(database, step("one", long), lease=timedelta(seconds=1.5))
    assert job is not None
    assert job.state is JobState.DONE
    assert others == [None] * 6


def test_how_far_a_long_step_is_can_be_read_while_it_works(control_database: ControlDatabase) -> None:
    """What a step reports is told to the watcher at once and stored with the lease, until the step is committed."""
    enqueue(control_database)
    half = Progress(done=30, of=60, what="texts", before=10, seconds=2.5)
    told: list[tuple[str, str, Progress]] = []
    stored: list[Progress | None] = []

    def long(context: JobContext) -> None:
        context.report(half)
        deadline = time.monotonic() + 30
        while not any(stored) and time.monotonic() < deadline:
            time.sleep(0.05)
            with control_database.read() as transaction:
                stored.append(transaction.jobs.job("job-1").progress)

    def after(_: JobContext) -> None:
        with control_database.read() as transaction:
            assert transaction.jobs.job("job-1").progress is None

    job = run(
        control_database,
        step("one", long),
        step("two", after),
        lease=timedelta(seconds=1.5),
        watcher=lambda job, step, progress: told.append((job.id, step.name, progress)),
    )

    assert job is not None
    assert (job.state, job.progress) == (JobState.DONE, None)
    assert told == [("job-1", "one", half)]
    assert stored[-1] == half


@pytest.mark.parametrize("end", [breaks, refuses])
def test_a_step_that_ends_badly_leaves_no_progress(
    database: ControlDatabase, end: Callable[[JobContext], None]
) -> None:
    """A job that failed, or waits for another attempt, does not say how far a step once was."""
    enqueue(database)

    def reports(context: JobContext) -> None:
        context.report(Progress(done=1, of=2, what="texts", before=0, seconds=1.0))
        time.sleep(0.5)
        end(context)

    job = run(database, step("one", reports), lease=timedelta(seconds=0.6))

    assert job is not None
    assert job.state in {JobState.QUEUED, JobState.FAILED}
    assert job.progress is None


def test_a_worker_that_lost_its_lease_is_told_and_refused(database: ControlDatabase) -> None:
    """Inside a long step the loss can be noticed; in the end the fence refuses whatever was done."""
    enqueue(database)
    told: list[bool] = []

    def overtaken(context: JobContext) -> None:
        context.check_held()
        with database.begin() as transaction:
            later = now() + timedelta(hours=1)
            assert transaction.jobs.lease("toy", worker="other", now=later, event=about(Action.JOB_LEASED))
        deadline = time.monotonic() + 30
        while not told and time.monotonic() < deadline:
            try:
                context.check_held()
            except LeaseLostError:
                told.append(True)
            time.sleep(0.05)

    with pytest.raises(LeaseLostError):
        run(database, step("one", overtaken, adds="never"), lease=timedelta(seconds=0.6))
    assert told == [True]
    assert people(database) == []
    with database.read() as transaction:
        job = transaction.jobs.job("job-1")
        assert (job.fence, job.step) == (2, None)


def test_every_write_of_an_old_fence_is_refused(control_database: ControlDatabase) -> None:
    """Renewing, committing, settling and giving back all need the highest fence, on either database."""
    enqueue(control_database)
    held = []
    for worker in ("one", "two"):
        with control_database.begin() as transaction:
            held.append(
                transaction.jobs.lease(
                    "toy", worker=worker, now=now(), lease=timedelta(0), event=about(Action.JOB_LEASED)
                )
            )
    old, new = held
    assert old is not None
    assert new is not None
    assert (old.fence, new.fence) == (1, 2)
    writes: list[Callable[[ControlTransaction], object]] = [
        lambda tx: tx.jobs.renew(old, now=now()),
        lambda tx: tx.jobs.complete_step(old, "one", {}, now=now(), event=about(Action.JOB_STEP_DONE)),
        lambda tx: tx.jobs.settle(old, JobState.DONE, event=about(Action.JOB_FINISHED)),
        lambda tx: tx.jobs.release(old, event=about(Action.JOB_RELEASED)),
    ]
    before = actions(control_database)
    for write in writes:
        with pytest.raises(LeaseLostError), control_database.begin() as transaction:
            write(transaction)
    assert actions(control_database) == before
    with control_database.begin() as transaction:
        transaction.jobs.complete_step(new, "one", {}, now=now(), event=about(Action.JOB_STEP_DONE))
    with pytest.raises(StateError), control_database.begin() as transaction:
        transaction.jobs.complete_step(new, "one", {}, now=now(), event=about(Action.JOB_STEP_DONE))


def test_two_workers_never_hold_one_job(control_database: ControlDatabase) -> None:
    """Whoever asks at the same moment, each job is leased once."""
    jobs = [f"job-{number}" for number in range(6)]
    for job in jobs:
        enqueue(control_database, job)
    taken: list[str] = []
    barrier = threading.Barrier(8)

    def ask(number: int) -> None:
        barrier.wait()
        with control_database.begin() as transaction:
            job = transaction.jobs.lease("toy", worker=f"w{number}", now=now(), event=about(Action.JOB_LEASED))
        if job is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == jobs


@pytest.mark.parametrize(
    ("name", "dead"),
    [
        (lambda here: here, False),
        (lambda here: here.rsplit("/", 1)[0] + "/1", True),  # the number was given to another process since
        (lambda here: here.replace(f"/{here.split('/')[3]}/", "/4194305/"), True),  # above the largest number there is
        (lambda here: here.replace(here.split("/")[1], "another-boot"), False),
        (lambda _: "somebody", False),
        (lambda _: "ingest/unknown/unknown/4194305/unknown", False),
    ],
    ids=["this process", "reused number", "no such process", "elsewhere", "no such form", "no /proc"],
)
def test_only_a_process_that_can_be_looked_up_is_found_dead(name: Callable[[str], str], *, dead: bool) -> None:
    """A worker is taken for dead only on proof."""
    assert is_dead(name(worker_name("ingest"))) is dead
