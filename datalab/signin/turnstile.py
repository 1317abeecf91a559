"""Whose password is looked at next, where each takes a tenth of a second of a core and much memory on purpose.

Two things at once would be wrong: to look at them all, which fills memory, and to let them wait in one row, in which a
flood of wrong ones keeps everybody out.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class TooManyAtOnceError(Exception):
    """So many tries of the same key wait already that this one is not looked at."""


class Turnstile:
    """Lets one through at a time: a lower rank first, and of one rank who came first."""

    def __init__(self, *, most_waiting: int) -> None:
        self._most = most_waiting
        self._changed = threading.Condition()
        self._row: list[tuple[int, int]] = []
        self._waiting: Counter[str] = Counter()
        self._came = 0
        self._taken = False

    @contextmanager
    def turn(self, key: str, *, rank: int) -> Iterator[None]:
        """Wait for a turn, and have it for the length of a block.

        Args:
            key: of whom only so many may wait.
            rank: of this try; 0 goes first.

        Raises:
            TooManyAtOnceError: as many of this key wait already as may.
        """
        with self._changed:
            if self._waiting[key] >= self._most:
                raise TooManyAtOnceError
            self._waiting[key] += 1
            self._came += 1
            mine = (rank, self._came)
            heapq.heappush(self._row, mine)
            self._changed.wait_for(lambda: not self._taken and self._row[0] == mine)
            heapq.heappop(self._row)
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._waiting[key] -= 1
                if not self._waiting[key]:
                    del self._waiting[key]
                self._changed.notify_all()
