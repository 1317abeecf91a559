"""Microaggregation of one column: like numbers in groups, each group's mean for all of it.

For one column the best groups are runs of its sorted values, and a shortest path finds them (Hansen and Mukherjee 2003,
doi:10.1109/TKDE.2003.1208999): of all ways to make groups of `size` at least, none has less variance within groups,
MDAV (Domingo-Ferrer and Mateo-Sanz 2002), which is for several columns, included. Equal numbers stay together, so
that the same number becomes the same mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def group_means(values: Sequence[float], counts: Sequence[int], size: int) -> list[float] | None:
    """Return the mean that each value becomes, or None where there are fewer than `size` in all.

    Args:
        values: different numbers, in order.
        counts: how many rows have each.
        size: fewest rows of a group.
    """
    rows = np.concatenate(([0], np.cumsum(np.asarray(counts, np.int64))))
    if rows[-1] < size:
        return None
    # Sums are of distances from the middle value: squares of large numbers lose the digits that matter.
    middle = values[len(values) // 2]
    apart, weights = np.asarray(values) - middle, np.asarray(counts)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.concatenate(([0.0], np.cumsum(weights * apart)))
        squares = np.concatenate(([0.0], np.cumsum(weights * apart * apart)))
        starts = _starts(rows, sums, squares, size)
        means = np.empty(len(values))
        end = len(values)
        while end > 0:
            start = starts[end]
            means[start:end] = middle + (sums[end] - sums[start]) / (rows[end] - rows[start])
            end = start
    found: list[float] = means.tolist()
    return found


def _starts(rows: Counts, sums: Numbers, squares: Numbers, size: int) -> list[int]:
    """Return where the last group of the best grouping up to each end begins.

    Where numbers are so far apart that a sum is no number, that is the beginning: one group for all up to there.
    """
    best = np.full(len(rows), inf)
    best[0] = 0
    starts = [0] * len(rows)
    # The shortest group that ends somewhere; a longer one that holds a whole group before it is better cut in two.
    latest = np.searchsorted(rows, rows - size, side="right") - 1
    earliest = np.searchsorted(rows, rows[latest] - size, side="right")
    for end in range(int(np.searchsorted(rows, size)), len(rows)):
        window = slice(int(earliest[end]), int(latest[end]) + 1)
        total = sums[end] - sums[window]
        costs = best[window] + (squares[end] - squares[window]) - total * total / (rows[end] - rows[window])
        place = int(np.argmin(np.where(np.isnan(costs), inf, costs)))
        if costs[place] < inf:
            best[end], starts[end] = costs[place], window.start + place
    return starts
