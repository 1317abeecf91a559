"""Scratch: the one place where plaintext touches disk, for the length of a job; emptied after it, and after a kill.

Each worker has a folder of its own and holds a lock in it. The lock ends with the process, however it ended: so what
stands under a lock that can be had was left by a worker that is dead, and is removed. No clock takes part. Put this
zone on a memory file system or an encrypted disk: removing a file does not wipe the medium.
"""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

_LOCK = "alive"


@dataclass(slots=True)
class WorkerScratch:
    """One worker's scratch folder; leave it to remove it."""

    folder: Path
    _lock: TextIO

    @classmethod
    def open(cls, zone: Path) -> WorkerScratch:
        """Make a folder for this process, and remove those of dead ones."""
        zone.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(zone)
        name = f"worker-{secrets.token_hex(8)}"
        # Locked before it has the name that sweepers look for: a folder of that name without a holder has none alive.
        unnamed = zone / f".{name}"
        unnamed.mkdir(mode=0o700)
        lock = (unnamed / _LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        (unnamed / "jobs").mkdir(mode=0o700)
        folder = unnamed.rename(zone / name)
        return cls(folder=folder, _lock=lock)

    def job(self, job_id: str) -> Path:
        """Return a job's folder."""
        folder = self.folder / "jobs" / job_id
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def empty(self) -> None:
        """Remove everything that jobs left."""
        for folder in (self.folder / "jobs").iterdir():
            shutil.rmtree(folder)

    def close(self) -> None:
        """Remove the folder."""
        _remove(self.folder)
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sweep(zone: Path) -> int:
    """Remove the folders of dead workers.

    Returns:
        How many there were.
    """
    swept = 0
    for folder in zone.glob("worker-*"):
        with contextlib.suppress(FileNotFoundError):  # another worker sweeps too
            if _is_abandoned(folder):
                _remove(folder)
                swept += 1
    return swept


def _remove(folder: Path) -> None:
    """Remove a folder, its lock last: interrupted, the next sweep goes on."""
    for entry in folder.iterdir():
        if entry.name != _LOCK:
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    with (folder / _LOCK).open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
