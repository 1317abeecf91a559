"""A nursery of workers of a toy job of five steps; run by `test_runner_kills.py`.

Arguments: address of the control database, folder for the steps' outside effects, lease in seconds. Each line it
reads starts one worker, forked so that it starts quickly, and names the point at which it stands still:
`<step>:<point>`, or `-` for none. Points, in order: `started`, `effect` (in the middle of the outside effect),
`worked`, `commit` (inside the transaction, all rows written), `committed`. Standing still, a worker prints its process
number and the point, and waits for a line. When it has ended, the nursery prints its number and how it ended.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlTransaction
from datalab.errors import LeaseLostError
from datalab.governance.people import LabRole, Person
from datalab.jobs import Job
from datalab.runner import JobContext, Phase, Step, StepOutcome, run_next, worker_name
from datalab.storage.databases import open_control

STEPS = ("receive", "decrypt", "treat", "publish", "shred")


class Toy:
    """The toy job: each step leaves one file and one business row."""

    def __init__(self, folder: Path, stop: str) -> None:
        self.folder = folder
        self.stop = stop

    def stand_still(self, step: str, point: str) -> None:
        """Tell the test where this process stands, and wait to be killed or woken."""
        if self.stop == f"{step}:{point}":
            self.stop = "-"
            say(f"{os.getpid()} {step}:{point}")
            sys.stdin.readline()

    def step(self, name: str) -> Step:
        """Return one step."""

        def run(context: JobContext) -> StepOutcome:
            path = self.folder / f"{context.job.id}.{name}"
            aside = path.with_suffix(f".{name}.{os.getpid()}")
            with aside.open("w") as file:
                file.write("half")
                file.flush()
                self.stand_still(name, "effect")
                time.sleep(0.005)
                file.write(" and half")
                file.flush()
                os.fsync(file.fileno())
            aside.rename(path)

            def commit(transaction: ControlTransaction) -> None:
                person = Person(
                    username=f"{context.job.id}.{name}", full_name="toy", roles=frozenset({LabRole.OPERATOR})
                )
                transaction.governance.add_person(person, event=about(Action.PERSON_ADDED, person.username))
                self.stand_still(name, "commit")

            done = len(context.job.results)
            return StepOutcome(
                result={"place": done}, commit=commit, event=about(Action.JOB_STEP_DONE, f"{context.job.id}.{name}")
            )

        return Step(name=name, run=run)

    def observe(self, job: Job, step: Step, phase: Phase) -> None:
        """Say what is being worked on, for the test that kills at random."""
        say(f"{os.getpid()} {job.id} {step.name}:{phase.value}")
        self.stand_still(step.name, phase.value)


def about(action: Action, subject: str) -> AuditEvent:
    """Return an event of this moment."""
    return AuditEvent(action=action, actor="service:toy", subject=subject, at=datetime.now(UTC))


def say(line: str) -> None:
    """Tell the test at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(address: str, folder: str, lease: str, stop: str) -> None:
    """Work until there is nothing left."""
    toy = Toy(Path(folder), stop)
    database = open_control(address)
    while True:
        try:
            job = run_next(
                database,
                "toy",
                [toy.step(name) for name in STEPS],
                worker=worker_name("toy"),
                clock=lambda: datetime.now(UTC),
                lease=timedelta(seconds=float(lease)),
                observer=toy.observe,
            )
        except LeaseLostError:
            say(f"{os.getpid()} lost")
            continue
        if job is None:
            return
        say(f"{os.getpid()} {job.id} {job.state.value}")


def main() -> None:
    """Start a worker a line, one after the other."""
    while stop := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            work(*sys.argv[1:], stop.strip())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"{child} ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
