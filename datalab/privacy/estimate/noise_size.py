"""How large noise gets: half widths and critical values, for one cell or for many at once."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95
"""Share of answers whose interval holds the bounded truth."""
Z = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""
SMALL_SCALE = 64.0
"""Up to this scale the discrete Gaussian is summed exactly; beyond, it is a rounded normal to far below one unit."""


def critical(confidence: float) -> float:
    """Return the two-sided point of the normal distribution; `Z` at 95 %."""
    return Z if confidence == CONFIDENCE else NormalDist().inv_cdf((1 + confidence) / 2)


def confidence_at(point: float) -> float:
    """Return the confidence of which `critical` is this point."""
    return 2 * NormalDist().cdf(point) - 1


def each_of(cells: int, confidence: float = CONFIDENCE) -> float:
    """Return the confidence that each interval needs so that those of all cells hold at once.

    Exact where the noises are independent, and enough for any jointly normal ones (Šidák 1967, JASA 62:626-633). So a
    cell may be chosen for its figure, and its interval is still as sure as it says.
    """
    return math.pow(confidence, 1 / max(cells, 1))


@lru_cache(maxsize=4096)
def half_width(scale: float, confidence: float = CONFIDENCE) -> int:
    """Return the smallest whole h with P(|noise| <= h) >= confidence for discrete Gaussian noise of that scale.

    The noise has probability proportional to exp(-x**2 / (2 scale**2)) on the whole numbers (Canonne, Kamath and
    Steinke 2020, arXiv 2004.00010).
    """
    if scale == 0:
        return 0
    if scale > SMALL_SCALE:
        return math.ceil(critical(confidence) * scale)
    reach = math.ceil(12 * scale)
    weights = [math.exp(-(x * x) / (2 * scale * scale)) for x in range(reach + 1)]
    total = weights[0] + 2 * math.fsum(weights[1:])
    inside, width = weights[0], 0
    while inside < confidence * total and width < reach:
        width += 1
        inside += 2 * weights[width]
    return width


def spread(scale: float) -> float:
    """Return the scale at which noise may be treated as if it were normal: its own, and half a step more if small.

    Discrete noise has whole steps, so a sum of such noises can be beyond a normal interval more often than the normal
    distribution is, by up to half a step (the usual correction for continuity; Feller 1968, volume 1, VII.3).
    """
    return scale if scale == 0 or scale > SMALL_SCALE else scale + 0.5 / Z
