"""Law 11: a worker killed with kill -9 at any point of any step loses nothing and does nothing twice.

Every kill is of the process that holds the job: its own number, the number it printed and the number in the job's
lease are compared first.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify_log
from datalab.control import ControlDatabase
from datalab.jobs import Job, JobState
from datalab.runner import is_dead
from datalab.storage.control.tables import JOB
from datalab.storage.engine import open_engine, read_transaction

NURSERY = Path(__file__).parent / "workers" / "toy_worker.py"
STEPS = ("receive", "decrypt", "treat", "publish", "shred")
POINTS = ("started", "effect", "worked", "commit", "committed")
LONG, SHORT = "600", "5"
"""Leases, in seconds: one that never runs out in a test, and one that does."""

LEASED = AuditEvent(action=Action.JOB_LEASED, actor="tester", subject="toy", at=datetime(2026, 11, 23, tzinfo=UTC))


def enqueue(database: ControlDatabase, job_id: str) -> None:
    """Queue one toy job."""
    job = Job(id=job_id, kind="toy", subject="toy", state=JobState.QUEUED, step=None, results={}, attempts=0, fence=0)
    event = AuditEvent(action=Action.JOB_QUEUED, actor="tester", subject=job_id, at=datetime.now(UTC))
    with database.begin() as transaction:
        transaction.jobs.enqueue(job, event=event)


class Nursery:
    """Starts workers, one after the other; see `workers/toy_worker.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout

    def tell(self, line: str) -> None:
        """Start a worker that stands still at a point, or wake one."""
        self.stdin.write(f"{line}\n")
        self.stdin.flush()

    def wait_for(self, words: str) -> int:
        """Read until a worker says this; return its process number."""
        for line in self.stdout:
            number, _, said = line.strip().partition(" ")
            if said == words:
                return int(number)
            if said.startswith("ended"):
                pytest.fail(f"Worker {number} {said}, and never said {words!r}.")
        pytest.fail(f"The nursery ended, and nobody said {words!r}.")

    def kill(self, number: int) -> None:
        """Kill a worker, and make sure that it was this one that died of it."""
        os.kill(number, signal.SIGKILL)
        assert self.wait_for(f"ended {-signal.SIGKILL}") == number


@contextmanager
def nursery(address: str, folder: Path, *, lease: str = LONG) -> Iterator[Nursery]:
    """Open a nursery; it is killed on leaving, and has no worker by then."""
    command = [sys.executable, str(NURSERY), address, str(folder), lease]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def holder(address: str, job_id: str) -> int:
    """Return the process number in a job's lease."""
    with read_transaction(open_engine(address)) as connection:
        name = connection.execute(select(JOB.c.worker).where(JOB.c.id == job_id)).scalar_one()
    return int(name.split("/")[3])


def state_of(database: ControlDatabase, job_id: str) -> JobState:
    """Return where a job stands."""
    with database.read() as transaction:
        return transaction.jobs.job(job_id).state


def expect_done_once(database: ControlDatabase, folder: Path, job_ids: list[str]) -> None:
    """Check that every step of every job was recorded once, in order, with its file, its row and its event."""
    everything = sorted(f"{job_id}.{step}" for job_id in job_ids for step in STEPS)
    with database.read() as transaction:
        for job_id in job_ids:
            job = transaction.jobs.job(job_id)
            assert job.state is JobState.DONE
            assert job.results == {step: {"place": place} for place, step in enumerate(STEPS)}
        assert [person.username for person in transaction.governance.people()] == everything
        verify_log(transaction.audit)
        events = Counter((entry.event.action, entry.event.subject) for entry in transaction.audit.entries())
    assert sorted(subject for action, subject in events if action is Action.JOB_STEP_DONE) == everything
    assert sorted(subject for action, subject in events if action is Action.JOB_FINISHED) == sorted(job_ids)
    assert {count for (action, _), count in events.items() if action is not Action.JOB_LEASED} == {1}
    finished = {path.name for path in folder.iterdir() if path.read_text() == "half and half"}
    assert finished >= set(everything)


def test_killed_at_every_point_of_every_step(
    control_url: str, control_database: ControlDatabase, tmp_path: Path
) -> None:
    """Twenty-five kills in one job's life, and the job is done exactly once."""
    folder = tmp_path / "effects"
    folder.mkdir()
    enqueue(control_database, "job-1")
    with nursery(control_url, folder) as workers:
        for step in STEPS:
            for point in POINTS:
                workers.tell(f"{step}:{point}")
                serving = workers.wait_for(f"{step}:{point}")
                settled = (step, point) == (STEPS[-1], "committed")
                if point != "commit" and not settled:  # inside the transaction the writer holds the database
                    assert holder(control_url, "job-1") == serving
                workers.kill(serving)
        workers.tell("-")
        workers.wait_for("ended 0")
    expect_done_once(control_database, folder, ["job-1"])
    with control_database.read() as transaction:
        assert transaction.jobs.job("job-1").fence == len(STEPS) * len(POINTS)


def test_a_stalled_worker_is_refused_when_it_wakes(
    control_url: str, control_database: ControlDatabase, tmp_path: Path
) -> None:
    """A worker that stood still past its lease finds another's fence, and nothing it did is recorded."""
    folder = tmp_path / "effects"
    folder.mkdir()
    enqueue(control_database, "job-1")
    with nursery(control_url, folder, lease=SHORT) as first, nursery(control_url, folder, lease=SHORT) as second:
        first.tell("treat:worked")
        stalled = first.wait_for("treat:worked")
        assert holder(control_url, "job-1") == stalled
        os.kill(stalled, signal.SIGSTOP)  # its heartbeat stands still with it
        with control_database.begin() as transaction:  # it is not dead, and its lease is not over
            taken = transaction.jobs.lease("toy", worker="x", now=datetime.now(UTC), is_dead=is_dead, event=LEASED)
            assert taken is None
        with control_database.read() as transaction:
            assert transaction.jobs.job("job-1").step == "decrypt"
        while state_of(control_database, "job-1") is not JobState.DONE:
            second.tell("-")
            second.wait_for("ended 0")
        os.kill(stalled, signal.SIGCONT)
        first.tell("wake")
        assert first.wait_for("lost") == stalled
        assert first.wait_for("ended 0") == stalled
    expect_done_once(control_database, folder, ["job-1"])


@pytest.mark.slow
def test_killed_at_random_with_two_workers_and_many_jobs(
    control_url: str, control_database: ControlDatabase, tmp_path: Path
) -> None:
    """Two workers at once, killed after whatever they say: every job is done exactly once."""
    folder = tmp_path / "effects"
    folder.mkdir()
    jobs = [f"job-{number}" for number in range(8)]
    for job in jobs:
        enqueue(control_database, job)
    randomness, kills = random.Random(20261123), 0
    with nursery(control_url, folder) as one, nursery(control_url, folder) as two:
        while any(state_of(control_database, job) is not JobState.DONE for job in jobs):
            for workers in (one, two):
                workers.tell("-")
            for workers in (one, two):
                said = [workers.stdout.readline().split()]
                while len(said) < randomness.randint(1, 14) and said[-1][1] != "ended":
                    said.append(workers.stdout.readline().split())
                if said[-1][1] != "ended":
                    serving = int(said[-1][0])
                    assert {int(words[0]) for words in said} == {serving}
                    with suppress(ProcessLookupError):  # it may have found nothing left to do
                        os.kill(serving, signal.SIGKILL)
                    while said[-1][1] != "ended":
                        said.append(workers.stdout.readline().split())
                    assert int(said[-1][0]) == serving
                    kills += said[-1][2] == str(-signal.SIGKILL)
    assert kills >= 10
    expect_done_once(control_database, folder, jobs)
