"""Bins of a column's stated range, for quantiles; and ranges of a number of rows, for choosing R."""

from __future__ import annotations

from collections.abc import Iterator

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.plan import Bin, Key
from datalab.query.model import ColumnRef

BRANCHING = 8
"""Bins that one bin of the next coarser level holds: near the best for sums over ranges (Qardaji, Yang and Li,
"Understanding Hierarchical Methods for Differentially Private Histograms", VLDB 2013)."""
FEWEST = 16
"""A level with at most so many bins has none above it."""
EACH = 16
"""Up to so many, each number of rows is a range of its own; beyond, ranges grow by an eighth."""


def bins_of(column: ColumnRef, fixed: FixedPoint, most: int) -> Key:
    """Return a key of at most so many equal bins over a column's stated range."""
    steps = fixed.upper - fixed.lower + 1
    width = -(-steps // most)
    return _key(column, Bin(fixed=fixed, width=width, count=-(-steps // width)))


def levels_of(finest: Key) -> Iterator[Key]:
    """Yield coarser keys over the same range, each with an eighth of the bins."""
    key = finest
    while key.bin is not None and key.bin.count > FEWEST:
        steps = key.bin.fixed.upper - key.bin.fixed.lower + 1
        width = key.bin.width * BRANCHING
        key = _key(key.column, Bin(fixed=key.bin.fixed, width=width, count=-(-steps // width)))
        yield key


def _key(column: ColumnRef, one: Bin) -> Key:
    return Key(column=column, values=tuple(map(str, range(one.count))), nullable=False, bin=one)


def edges_of(most: int) -> tuple[int, ...]:
    """Return the least number of rows of each range, rising from 1 to at most `most`."""
    edges = [1]
    while (edge := edges[-1] + max(1, edges[-1] // 8 if edges[-1] >= EACH else 1)) <= most:
        edges.append(edge)
    return tuple(edges)
