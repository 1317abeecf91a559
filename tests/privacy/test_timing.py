"""The time of an answer tells nothing of what it took to make; a desk that answers at once is caught by the same test.

OpenDP's samplers take longer for larger noise: correlations of .14 to .37 between time and size were measured on raw
calls. Here work is made to tell far more than that, and the time at the door must not.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

import numpy as np

from datalab.release.slot import Slots

ANSWERS = 5_000
"""With so many, a correlation of .05 is three and a half standard errors."""
LEAST, LEAK = 0.0003, 0.001
"""Seconds that any work takes, and seconds more that the largest noise takes."""
SLOT = 0.004
"""Seconds: longer than the work, as the lab's own first slot is longer than nearly every answer."""
TOLD = 0.05
"""A correlation beyond this is a channel."""


def correlation(slots: Slots, answers: int) -> float:
    """Correlate the size of noise, which makes work longer, with the time of the answer at the door; as ranks."""
    dice = random.Random(20261124)
    sizes, times = [], []
    for _ in range(answers):
        size = abs(dice.gauss(0, 1))
        began = slots.begin()
        time.sleep(LEAST + LEAK * math.tanh(size))
        slots.wait(began)
        times.append(time.monotonic() - began)
        sizes.append(size)
    ranks = [np.argsort(np.argsort(values)) for values in (sizes, times)]
    return float(np.corrcoef(*ranks)[0, 1])


def test_the_time_of_an_answer_does_not_tell_its_noise(measured: Callable[..., None]) -> None:
    """At the door the time of an answer and the size of its noise do not go together."""
    found = correlation(Slots(first=SLOT), ANSWERS)
    measured("answers at slots", f"{found:+.3f}", f"±{TOLD}")
    assert abs(found) < TOLD


def test_an_answer_at_once_is_caught(measured: Callable[..., None]) -> None:
    """Without slots noise that takes longer is seen, so the test above can fail."""
    found = correlation(Slots(first=0), ANSWERS // 10)
    measured("answers at once", f"{found:+.3f}", f"±{TOLD}", control=True)
    assert found > 10 * TOLD
