"""Whether quantiles are searched for or read off noisy bins: whichever leaves the narrower interval, whatever the data.

Both are known before anything is asked, in rows at equal budget. Bins are one vector for all quantiles of a column;
each search takes a share of the budget for itself. So a median is searched for, and many quantiles at once are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from datalab.privacy.bounds import MAX_CELL_CONTRIBUTION
from datalab.privacy.estimate.bins import Shape, excess
from datalab.privacy.estimate.noise_size import Z
from datalab.privacy.estimate.search import critical_of, rounds_of
from datalab.privacy.plan import Key, Search

_UNIT = 10_000.0
"""A scale so large that noise of whole steps is as good as normal."""
FEWEST = 3
"""Of fewer bins none is searched for."""


def searches(levels: Sequence[Fraction], keys: Sequence[Key], rows_per_cell: int) -> tuple[Search, ...]:
    """Return how each of several quantiles of one column is searched for; nothing where noisy bins tell more.

    Args:
        levels: of the quantiles, each once.
        keys: of their bins, the finest first.
        rows_per_cell: most rows of a unit in a cell.
    """
    counts = [key.bin.count for key in keys if key.bin is not None]
    found = tuple(Search(level=level, rounds=rounds_of(counts[0])) for level in levels)
    if counts[0] < FEWEST or any(one.level.denominator * rows_per_cell > MAX_CELL_CONTRIBUTION for one in found):
        return ()
    searched = math.sqrt(len(found)) * sum(map(_reach_of_search, found))
    return found if searched <= sum(_reach_of_bins(one.level, keys) for one in found) else ()


def _reach_of_search(search: Search) -> float:
    """Return how far in rows an end of the interval is, were the noise of a count with all the budget 1."""
    weight = search.magnitude / search.level.denominator
    return critical_of(search.rounds) * math.sqrt(search.rounds) * weight


def _reach_of_bins(level: Fraction, keys: Sequence[Key]) -> float:
    """Return the same of noisy bins: on average over where the quantile may lie, which nobody knows."""
    bins = [key.bin for key in keys if key.bin is not None]
    shape = Shape(
        levels=tuple((bin_.width // bins[0].width, bin_.count) for bin_ in bins),
        scales=(_UNIT * math.sqrt(len(bins)),) * len(bins),
        level=float(level),
    )
    return Z * float(np.sqrt(np.mean(excess(shape).deviation ** 2))) / _UNIT
