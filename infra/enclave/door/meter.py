"""How much was shown to the browser in the last while: a window that slides, kept on the disk.

It outlives the door, so that a sandbox that is stopped and started has no more to show than one that ran on.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

STEPS = 60
"""Parts of a window; what was shown leaves it part by part."""
WRITTEN_EVERY = 1.0
"""Seconds between two writes of the file."""


class OutputMeter:
    """Counts bytes, in whichever thread; `clock` gives seconds since 1970, as the file is read by a later process."""

    def __init__(self, file: Path, *, window_bytes: int, window_seconds: int, clock: Callable[[], float]) -> None:
        self._file = file
        self._limit = window_bytes
        self._step = max(window_seconds / STEPS, 0.001)
        self._clock = clock
        self._parts: deque[tuple[int, int]] = deque(self._read())
        self._total = sum(size for _, size in self._parts)
        self._written = 0.0
        self._lock = threading.RLock()

    def spend(self, size: int) -> bool:
        """Count bytes that are about to be shown; False, and nothing counted, where they do not fit the window."""
        with self._lock:
            now = self._clock()
            if self._used(now) + size > self._limit:
                return False
            step = int(now / self._step)
            if self._parts and self._parts[-1][0] >= step:  # a clock set back does not open a new window
                step, before = self._parts.pop()
                self._parts.append((step, before + size))
            else:
                self._parts.append((step, size))
            self._total += size
            if abs(now - self._written) >= WRITTEN_EVERY:
                self.save()
            return True

    def room(self) -> int:
        """Bytes that may still be shown now."""
        return self._limit - self.used()

    def used(self) -> int:
        """Bytes shown within the window."""
        with self._lock:
            return self._used(self._clock())

    def _used(self, now: float) -> int:
        oldest = int(now / self._step) - STEPS
        while self._parts and self._parts[0][0] <= oldest:
            self._total -= self._parts.popleft()[1]
        return self._total

    def wait(self) -> int:
        """Seconds until some of the window is free again."""
        with self._lock:
            if not self.used():
                return 0
            return max(1, round((self._parts[0][0] + STEPS + 1) * self._step - self._clock()))

    def save(self) -> None:
        """Write the window down."""
        with self._lock:
            self._written = self._clock()
            new = self._file.with_name(self._file.name + ".new")
            new.write_text(json.dumps({"step": self._step, "parts": list(self._parts)}))
            new.chmod(0o600)
            new.replace(self._file)

    def _read(self) -> list[tuple[int, int]]:
        if not self._file.exists():
            return []
        values = json.loads(self._file.read_text())
        scale = values["step"] / self._step  # the operator may have set another window
        return [(int(step * scale), int(size)) for step, size in values["parts"]]
