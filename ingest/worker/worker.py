"""The ingest worker: a process with the landing, linkage and project keys, and never the release database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from anonymise.keys.keyring import KeyRing
from datalab.control import ControlDatabase
from datalab.errors import LeaseLostError
from datalab.jobs import Job
from datalab.runner import Phase, Step, Watcher, run_next, worker_name
from datalab.settings import Settings
from datalab.storage.databases import open_control
from ingest.landing.job import ACTOR, JOB_KIND
from ingest.landing.raw_extract import RawExtracts
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.sealed.landing_key import create_landing_key, read_identity
from ingest.spark.session import IngestSession
from ingest.worker.pipeline import Pipeline
from ingest.worker.scratch import WorkerScratch
from ingest.worker.views import ViewBuilder

Observer = Callable[[Job, Step, Phase], None]


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class IngestWorker:
    """Takes up jobs and carries them as far as they go."""

    control: ControlDatabase
    pipeline: Pipeline = field(repr=False)
    lease: timedelta
    observer: Observer | None = None
    watcher: Watcher | None = None

    def run_next(self) -> Job | None:
        """Carry the oldest free job as far as it goes; None if there is none. Scratch is empty afterwards."""
        try:
            return run_next(
                self.control,
                JOB_KIND,
                self.pipeline.steps(),
                worker=worker_name("ingest"),
                clock=self.pipeline.clock,
                actor=ACTOR,
                lease=self.lease,
                observer=self.observer,
                watcher=self.watcher,
            )
        finally:
            self.pipeline.scratch.empty()

    def run_until_empty(self) -> tuple[Job, ...]:
        """Work until no job is free; the jobs as they ended."""
        ended: dict[str, Job] = {}
        while True:
            try:
                job = self.run_next()
            except LeaseLostError:
                continue  # another worker has the job; it is theirs to finish
            if job is None:
                return tuple(ended.values())
            ended[job.id] = job

    def run_forever(self, *, poll: timedelta, between: Callable[[], object]) -> None:
        """Work until the process is stopped.

        Args:
            poll: how long to wait when there is nothing to do.
            between: called before each look for work, such as to receive deliveries.
        """
        while True:
            between()
            self.run_until_empty()
            time.sleep(poll.total_seconds())

    def views(self) -> ViewBuilder:
        """Return what makes views outside a job, with this worker's keys and session."""
        pipeline = self.pipeline
        return ViewBuilder(
            settings=pipeline.settings,
            control=self.control,
            keys=pipeline.keys,
            session=pipeline.session,
            clock=pipeline.clock,
        )


def create_ingest(settings: Settings) -> None:
    """Make the keys of a new lab's ingest: the landing key and the keyring.

    Raises:
        StateError: if the lab has a keyring.
    """
    KeyRing.create(settings.ingest_keys)
    create_landing_key(settings)


@contextmanager
def open_worker(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = DEFAULT_LIMITS,
    observer: Observer | None = None,
    watcher: Watcher | None = None,
) -> Iterator[IngestWorker]:
    """Open a lab's ingest worker: the wiring of this process. Its scratch folder goes with it.

    Raises:
        SettingsError: if keys or the control database are missing.
    """
    control = open_control(settings.control_database)
    identity, keys = read_identity(settings), KeyRing.open(settings.ingest_keys)
    with WorkerScratch.open(settings.scratch) as scratch:
        session = IngestSession(settings=settings, folder=scratch.folder)
        pipeline = Pipeline(
            settings=settings,
            control=control,
            raw=RawExtracts.of(settings),
            identity=identity,
            keys=keys,
            session=session,
            scratch=scratch,
            clock=clock,
            limits=limits,
        )
        lease = timedelta(seconds=settings.lease_seconds)
        try:
            yield IngestWorker(control=control, pipeline=pipeline, lease=lease, observer=observer, watcher=watcher)
        finally:
            session.stop()
