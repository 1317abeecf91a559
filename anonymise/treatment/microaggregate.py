"""Microaggregation of one column: like numbers in groups, each group's mean for all of it.

For one column the best groups are runs of its sorted values, and a shortest path finds them (Hansen and Mukherjee 2003,
doi:10.1109/TKDE.2003.1208999): of all ways to make groups of `size` at least, none has less variance within groups,
MDAV (Domingo-Ferrer and Mateo-Sanz 2002), which is for several columns, included. Equal numbers stay together, so
that the same number becomes the same mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import inf


def group_means(values: Sequence[float], counts: Sequence[int], size: int) -> list[float] | None:
    """Return the mean that each value becomes, or None where there are fewer than `size` in all.

    Args:
        values: different numbers, in order.
        counts: how many rows have each.
        size: fewest rows of a group.
    """
    rows = [0, *accumulate(counts)]
    if rows[-1] < size:
        return None
    # Sums are of distances from the middle value: squares of large numbers lose the digits that matter.
    middle = values[len(values) // 2]
    apart = [value - middle for value in values]
    sums = [0.0, *accumulate(count * value for count, value in zip(counts, apart, strict=True))]
    squares = [0.0, *accumulate(count * value * value for count, value in zip(counts, apart, strict=True))]
    best = [0.0] + [inf] * len(values)
    starts = [0] * (len(values) + 1)
    latest = 0
    for end in range(1, len(values) + 1):
        if rows[end] < size:
            continue
        while rows[end] - rows[latest + 1] >= size:
            latest += 1  # the shortest group that ends here
        start = latest
        # A longer one that holds a whole group before the shortest is better cut in two.
        while start >= 0 and rows[latest] - rows[start] < size:
            count, total = rows[end] - rows[start], sums[end] - sums[start]
            cost = best[start] + squares[end] - squares[start] - total * total / count
            if cost < best[end]:
                best[end], starts[end] = cost, start
            start -= 1
    means = [0.0] * len(values)
    end = len(values)
    while end > 0:
        start = starts[end]
        mean = middle + (sums[end] - sums[start]) / (rows[end] - rows[start])
        means[start:end] = [mean] * (end - start)
        end = start
    return means
