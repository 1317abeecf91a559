"""A sandbox's run folder: its sockets and notices, held by a lock for as long as its supervisor lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from datalab.errors import StateError
from infra.enclave.limits.cgroups import find_group

LOCK = "lock"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder that this process alone uses."""

    path: Path
    lock: int
    """Open file whose lock ends with the process, however it ends."""

    def leave(self, words: str) -> None:
        """Leave why this sandbox was ended, for the next one to tell: the folder goes with the sandbox."""
        self._kept.write_text(words)

    def left(self) -> str:
        """Take what the sandbox before left, or nothing."""
        try:
            words = self._kept.read_text()
        except FileNotFoundError:
            return ""
        self._kept.unlink()
        return words

    @property
    def _kept(self) -> Path:
        return self.path.with_suffix(".ended")

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def take(path: Path) -> RunFolder:
    """Make a run folder, or take over the one that a dead supervisor left.

    Raises:
        StateError: a living supervisor holds it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _lock(path)
    if lock is None:
        raise StateError(
            "This sandbox runs already.", why=f"{path} is held by its supervisor.", remedy="Stop it first, or use it."
        )
    _end_what_runs(path)
    for left in path.iterdir():
        if left.name != LOCK:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    path.chmod(0o700)
    return RunFolder(path, lock)


def sweep(parent: Path) -> tuple[str, ...]:
    """Remove the folders of supervisors that died, with what still runs in their control groups; return their names."""
    swept = []
    for folder in sorted(parent.iterdir()):
        if (folder / LOCK).is_file() and not folder.is_symlink() and (lock := _lock(folder)) is not None:
            _end_what_runs(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            swept.append(folder.name)
    return tuple(swept)


def _end_what_runs(folder: Path) -> None:
    group = find_group(folder.name)
    if any(one.exists() for one in group.folders.values()):
        group.remove()


def _lock(folder: Path) -> int | None:
    """Return the locked file; None where somebody holds it, or it was removed meanwhile."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (folder / LOCK).stat().st_ino == os.fstat(lock).st_ino:
            return lock
    os.close(lock)
    return None
