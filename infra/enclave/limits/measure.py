"""How much lies in a workspace: a walk that no shape of it can break, and that ends.

A folder is opened by its name in the one above, and never through a link, so that nothing that is moved meanwhile leads
out of the workspace. Folders wait in a list, not in calls of calls, and a few of them are open at once: the way back to
one that was closed is `..`, taken only where it is the same folder still.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

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
    way = [_open(os.fspath(folder), dir_fd=None)]
    try:
        while way:
            here = way[-1]
            if not here.names:
                _go_up(way)
                continue
            name = here.names.pop()
            assert here.descriptor is not None  # noqa: S101 - the lowest is always open
            found = _done_in(here.descriptor, os.lstat, name)
            if found is None:
                continue
            yield found
            if stat.S_ISDIR(found.st_mode):
                if below := _done_in(here.descriptor, _open, name):
                    way.append(below)
                if len(way) - OPEN_AT_ONCE > 1:
                    way[-1 - OPEN_AT_ONCE].close()
    finally:
        for one in way:
            one.close()


def _done_in(folder: int, act: Callable[..., T], name: str) -> T | None:
    """Do something by a name in a folder, again where that was closed meanwhile; None where the name is gone."""
    for _ in range(2):
        try:
            return act(name, dir_fd=folder)
        except PermissionError:
            _lay_open(folder)
        except (FileNotFoundError, NotADirectoryError):
            return None
    return None


def _go_up(way: list[_Folder]) -> None:
    """Leave the lowest folder; where the one above it was moved elsewhere meanwhile, what was left of it is lost."""
    lowest = way.pop()
    if way and way[-1].descriptor is None:
        assert lowest.descriptor is not None  # noqa: S101 - the lowest is always open
        above = _done_in(lowest.descriptor, partial(_open_as, way[-1].number), "..")
        if above is None:
            while way and way[-1].descriptor is None:
                way.pop()
        else:
            way[-1].descriptor = above
    lowest.close()


def _open(name: str, *, dir_fd: int | None) -> _Folder:
    """Open a folder and list it."""
    path = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dir_fd)
    try:
        told = os.fstat(path)
        descriptor = _enter(path)
    finally:
        os.close(path)
    try:
        names = os.listdir(descriptor)  # noqa: PTH208 - by number, not by path
    except OSError:
        os.close(descriptor)
        raise
    return _Folder((told.st_dev, told.st_ino), names, descriptor)


def _open_as(number: tuple[int, int], name: str, *, dir_fd: int) -> int | None:
    """Open a folder where it is the one of a number; another is left alone, for it may lie outside."""
    path = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dir_fd)
    try:
        told = os.fstat(path)
        return _enter(path) if (told.st_dev, told.st_ino) == number else None
    finally:
        os.close(path)


def _enter(path: int) -> int:
    """Open for reading what is open as a place alone, wherever it is by now."""
    _lay_open(path)
    return os.open(f"/proc/self/fd/{path}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _lay_open(folder: int) -> None:
    """Make a folder of ours readable that its owner may not read, or it would hide bytes."""
    told = os.fstat(folder)
    if told.st_mode & 0o500 != 0o500 and told.st_uid == os.geteuid():  # noqa: PLR2004 - read and enter
        os.chmod(f"/proc/self/fd/{folder}", stat.S_IMODE(told.st_mode) | 0o700)  # noqa: PTH101 - by number
