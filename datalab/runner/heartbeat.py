"""The heartbeat: a thread that renews a job's lease while a step works, and stores how far the step is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from datalab.control import ControlDatabase
from datalab.errors import LeaseLostError
from datalab.jobs import Job, Progress

BEATS_PER_LEASE = 3
"""Renewals in one lease: two may fail before it runs out."""


class Heartbeat:
    """Renews a lease until left; knows when it was lost."""

    def __init__(self, database: ControlDatabase, job: Job, *, lease: timedelta, now: Callable[[], datetime]) -> None:
        self._database = database
        self._job = job
        self._lease = lease
        self._now = now
        self._progress: Progress | None = None
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease of {job.id}", daemon=True)

    def __enter__(self) -> Self:
        """Start renewing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop renewing, after a renewal under way has ended."""
        self._stop.set()
        self._thread.join()

    def check_held(self) -> None:
        """Raise LeaseLostError if a renewal was refused."""
        if self._lost.is_set():
            raise LeaseLostError(f"Job {self._job.id} was taken over by another worker.")

    def note(self, progress: Progress) -> None:
        """Have the next renewals store how far the step is."""
        self._progress = progress

    def _beat(self) -> None:
        while not self._stop.wait(self._lease.total_seconds() / BEATS_PER_LEASE):
            try:
                with self._database.begin() as transaction:
                    transaction.jobs.renew(self._job, now=self._now(), lease=self._lease, progress=self._progress)
            except LeaseLostError:
                self._lost.set()
                return
            except Exception:  # noqa: BLE001, S112 - a database away for a moment is tried at the next beat
                continue
