"""Answers at fixed times: how long the work took is not told.

The time that an answer takes depends on the data: on how many rows a person has, on which engine answers, and on the
noise itself, since rejection samplers run longer for larger draws (Haeberlen, Pierce and Narayan, "Differential
Privacy Under Fire", USENIX Security 2011; Jin, McMurtry, Rubinstein and Ohrimenko, "Are We There Yet? Timing and
Floating-Point Attacks on Differential Privacy Systems", S&P 2022). So an answer waits for the next slot. Slots double
in length: an answer that misses k of them tells k, and of work that takes T seconds no more than log2(T / first) + 1
outcomes can be told apart (Askarov, Zhang and Myers, "Predictive Black-Box Mitigation of Timing Channels", CCS 2010).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """When answers may be given after the work began."""

    first: float
    """Seconds until the first slot, then twice, four times, eight times as many; 0 gives an answer when it is there."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def begin(self) -> float:
        """Return the moment from which slots are counted: before data is touched."""
        return self.monotonic()

    def wait(self, began: float) -> None:
        """Sleep until the next slot.

        The last sleep is as long whatever the work took: how late a sleeper wakes depends on how long it slept.
        """
        if self.first <= 0:
            return
        end = self.first
        while end < self.monotonic() - began:
            end *= 2
        for mark in (end - self.first / 2, end):
            while (left := began + mark - self.monotonic()) > 0:
                self.sleep(left)
