"""One user of the host for each sandbox's key, for good: a number is never given twice.

A number that came back would own the files of the person who had it before. The range lies between those that
systemd and Debian give to services and to containers (systemd's `UIDS-GIDS` document).
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from datalab.errors import SettingsError

FIRST, LAST = 70_000, 99_999


class UidTable:
    """A file of keys and numbers; several processes may use it at once."""

    def __init__(self, file: Path, *, first: int = FIRST, last: int = LAST) -> None:
        self._file = file
        self._first = first
        self._last = last

    def uid_of(self, key: str) -> int:
        """Return the number of a key such as `school-absence/alice`, a new one for a new key.

        Raises:
            SettingsError: every number of the range is given.
        """
        lock = os.open(self._file.with_name(self._file.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self._read()
            if key not in table:
                table[key] = max(table.values(), default=self._first - 1) + 1
                if table[key] > self._last:
                    raise SettingsError(
                        "No user of the host is left for a new sandbox.",
                        why=f"Numbers {self._first} to {self._last} are all given, and none is given twice.",
                        remedy="Widen the range of the table.",
                    )
                self._write(table)
            return table[key]
        finally:
            os.close(lock)

    def _read(self) -> dict[str, int]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}

    def _write(self, table: dict[str, int]) -> None:
        """Write it whole or not at all, and onto the disk: a number must not be forgotten in a power cut."""
        new = self._file.with_name(self._file.name + ".new")
        with new.open("w") as stream:
            json.dump(table, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
