"""How much lies in a workspace: a walk that no shape of it can break, and that ends.

A folder is opened by its name in the one above, and never through a link, so that nothing that is moved meanwhile leads
out of the workspace. Folders wait in a list, not in calls of calls, and a few of them are open at once: the way back to
one that was closed is `..`, taken only where it is the same folder still.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPEN_AT_ONCE = 32
"""Folders that are kept open on the way down, the lowest ones; the workspace's own besides."""


@dataclass(slots=True)
class _Folder:
    """A folder on the way from the top to where the walk is."""

    number: tuple[int, int]
    """Device and inode."""
    names: list[str]
    """What was found in it and not yet looked at."""
    descriptor: int | None

    def close(self) -> None:
        """Close it, to be opened again from below."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def found_below(folder: Path) -> Iterator[os.stat_result]:
    """Yield what the kernel says of each file and folder below a folder; what vanishes meanwhile is left out.

    Raises:
        OSError: the folder cannot be opened, or this process has too many open files.
    """
    way = [_open(os.fspath(folder), None)]
    try:
        while way:
            here = way[-1]
            if not here.names:
                _go_up(way)
                continue
            name = here.names.pop()
            assert here.descriptor is not None  # noqa: S101 - the lowest is always open
            found = None
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                found = os.lstat(name, dir_fd=here.descriptor)
            if found is None:
                continue
            yield found
            if stat.S_ISDIR(found.st_mode):
                with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                    way.append(_open(name, here.descriptor))
                if len(way) - OPEN_AT_ONCE > 1:
                    way[-1 - OPEN_AT_ONCE].close()
    finally:
        for one in way:
            one.close()


def _go_up(way: list[_Folder]) -> None:
    """Leave the lowest folder; where the one above it was moved elsewhere meanwhile, what was left of it is lost."""
    lowest = way.pop()
    if way and way[-1].descriptor is None:
        above = os.open("..", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=lowest.descriptor)
        told = os.fstat(above)
        if (told.st_dev, told.st_ino) == way[-1].number:
            way[-1].descriptor = above
        else:
            os.close(above)
            while way and way[-1].descriptor is None:
                way.pop()
    lowest.close()


def _open(name: str, within: int | None) -> _Folder:
    """Open a folder and list it; one of ours that its owner may not read is made readable, or it would hide bytes."""
    path = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=within)
    try:
        told = os.fstat(path)
        same = f"/proc/self/fd/{path}"
        if told.st_mode & 0o500 != 0o500 and told.st_uid == os.geteuid():  # noqa: PLR2004 - read and enter
            os.chmod(same, stat.S_IMODE(told.st_mode) | 0o700)  # noqa: PTH101 - this folder, wherever it is by now
        descriptor = os.open(same, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finally:
        os.close(path)
    try:
        names = os.listdir(descriptor)  # noqa: PTH208 - by number, not by path
    except OSError:
        os.close(descriptor)
        raise
    return _Folder((told.st_dev, told.st_ino), names, descriptor)
