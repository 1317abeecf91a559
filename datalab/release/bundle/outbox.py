"""The outbox: a folder of signed bundles, each put there whole and once.

A bundle is written aside, synced, and linked to its name, which fails if the name is taken: two publishers can never
replace each other's bundle, and a reader never meets half of one. A killed publisher leaves at most a file aside.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ASIDE = ".writing"
"""Folder inside the outbox for bundles that are not whole yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The only way out of the lab."""

    folder: Path

    def holds(self, name: str) -> bool:
        """Say whether a bundle of that name is out."""
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Return where a bundle of that name lies, or would lie."""
        return self.folder / name

    def write_aside(self, data: bytes) -> Path:
        """Store bytes durably beside the bundles, under a name of no meaning."""
        folder = self.folder / ASIDE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / secrets.token_hex(8)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return path

    def put(self, aside: Path, name: str) -> None:
        """Give a file that was written aside its name; where the name is taken, what is there stays."""
        try:
            os.link(aside, self.path(name))
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        _sync(self.folder)

    def sweep(self) -> int:
        """Remove what killed publishers left aside; returns how many files. Call it when no other publisher runs."""
        left = sorted((self.folder / ASIDE).glob("*"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
