"""What happened at the doors of one sandbox, as lines of JSON: never what was shown, asked or written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

MAXIMUM = 16 << 20
"""Bytes of a log; then it becomes `<name>.1`, and the one before that is gone."""
VALUE = 200
"""Characters of a value: a path is the sandbox's or the browser's own text, and must not carry much."""
A_MINUTE = 600
"""Lines a minute; what passes is counted, so that a flood of refusals cannot push older lines out."""


class DoorLog:
    """Appends one line for each event; several sandboxes may share a file."""

    def __init__(self, file: Path, *, user: str, project: str, clock: Callable[[], float]) -> None:
        self._file = file
        self._who = {"user": user, "project": project}
        self._clock = clock
        self._minute = 0
        self._lines = 0

    def note(self, event: str, **values: str | float | None) -> None:
        """Write one event, such as `lab-refused`, with names and counts."""
        now = self._clock()
        minute = int(now // 60)
        if minute != self._minute:
            unwritten, self._minute, self._lines = max(self._lines - A_MINUTE, 0), minute, 0
            if unwritten:
                self._append({"t": round(now, 3), **self._who, "event": "lines-left-out", "count": unwritten})
        self._lines += 1
        if self._lines <= A_MINUTE:
            short = {name: one[:VALUE] if isinstance(one, str) else one for name, one in values.items()}
            self._append({"t": round(now, 3), **self._who, "event": event, **short})

    def _append(self, values: dict[str, object]) -> None:
        line = (json.dumps(values) + "\n").encode()
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size + len(line) > MAXIMUM:
                self._file.replace(self._file.with_name(self._file.name + ".1"))
            os.write(descriptor, line)  # one write: lines of two sandboxes do not mix
        finally:
            os.close(descriptor)
