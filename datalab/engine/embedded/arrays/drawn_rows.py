"""Rows of units that are drawn one by one where cells have bins: the same as `bounding` writes for DuckDB.

What counts is written in `datalab.engine.reference.bounding`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from datalab.engine.counter import Counter
from datalab.engine.embedded.arrays.row_hash import nth_hashes
from datalab.engine.embedded.arrays.runs import Truths, Whole, before_of, in_turn, starts_of, sums_of

Turns = Callable[[Whole, Whole, Whole], Whole]
"""Gives the hashes by which cells are taken, unit by unit: of units, how many cells each has, and the cells' places."""
BLOCK = 65_536
"""Rows of one bin that are drawn at once: no array is as long as the rows that one unit may have in it."""


def drawn(counter: Counter, units: Whole, places: Whole, counts: Whole, turns: Turns) -> Whole:
    """Return how many rows of each unit and bin are kept: of units with too many, those that are drawn first.

    Args:
        counter: bounds cells, each of so many bins, one after another, as it has `together`.
        units: of each pair of a unit and a bin, unit by unit.
        places: of the bins, in ascending order in each unit.
        counts: how many rows each pair has that the counter looks at.
        turns: asked for the bins of units with too many rows alone.
    """
    kept = counts.copy()
    some = np.flatnonzero(_too_many(counter, units, places, counts) & (counts > 0))
    if not len(some):
        return kept
    units, places, counts = units[some], places[some], counts[some]
    starts = starts_of(units)
    bins = np.diff(starts, append=len(units))
    shown, draws = _draws(counts, turns(units[starts], bins, places), counter.limit)
    rows = sums_of(shown, starts)
    taken = np.repeat(np.arange(len(some)), shown)[in_turn(rows, draws)]
    free = _first_of_cells(counter, _cells(counter, units, places), counts, taken)
    first = free & (before_of(free.astype(np.int64), rows) < counter.limit)
    kept[some] = np.bincount(taken[first], minlength=len(some))
    return kept


def _too_many(counter: Counter, units: Whole, places: Whole, counts: Whole) -> Truths:
    """Return which pairs are of a unit with more rows than the cap in a cell, or than R in all."""
    if not len(units):
        return np.zeros(0, np.bool_)
    cells = starts_of(_cells(counter, units, places))
    in_cell = sums_of(counts, cells)
    of_unit = starts_of(units[cells])
    over = sums_of((in_cell > counter.cap).astype(np.int64), of_unit) > 0
    over |= sums_of(np.minimum(in_cell, counter.cap), of_unit) > counter.limit
    starts = starts_of(units)
    return np.repeat(over, np.diff(starts, append=len(units)))


def _cells(counter: Counter, units: Whole, places: Whole) -> Whole:
    """Return a number of each pair's unit and cell, alike for bins that share a cap, in ascending order."""
    cells = places // counter.together
    new = (units[1:] != units[:-1]) | (cells[1:] != cells[:-1])
    return np.concatenate(([0], np.cumsum(new.astype(np.int64))))


def _draws(counts: Whole, turns: Whole, limit: int) -> tuple[Whole, Whole]:
    """Return how many rows of each bin could be kept, and the hashes by which these are drawn, bin by bin.

    Rows of a bin are kept in the order of its draws, and no more than R, so of a very full one the least R are enough.
    """
    full = counts > max(BLOCK, limit)
    shown = np.where(full, limit, counts)
    begins = np.cumsum(shown) - shown
    numbers = np.arange(1, int(shown.sum()) + 1) - np.repeat(begins, shown)
    draws = nth_hashes(np.repeat(turns, shown), numbers)
    for bin_ in np.flatnonzero(full):
        draws[begins[bin_] : begins[bin_] + limit] = _least(turns[bin_ : bin_ + 1], int(counts[bin_]), limit)
    return shown, draws


def _least(turn: Whole, count: int, limit: int) -> Whole:
    """Return the least so many draws of a bin's rows."""
    least = np.empty(0, np.int64)
    for block in range(0, count, BLOCK):
        numbers = np.arange(block + 1, min(block + BLOCK, count) + 1)
        least = np.concatenate((least, nth_hashes(np.repeat(turn, len(numbers)), numbers)))
        if len(least) > limit:
            least = np.partition(least, limit - 1)[:limit]
    return least


def _first_of_cells(counter: Counter, cells: Whole, counts: Whole, taken: Whole) -> Truths:
    """Return which rows, in the order in which they are taken, are among the first of their cell, up to its cap."""
    free = np.ones(len(taken), np.bool_)
    if not counter.capped:
        return free
    of_row = cells[taken]
    crowded = np.flatnonzero((sums_of(counts, starts_of(cells)) > counter.cap)[of_row])
    if not len(crowded):
        return free
    by_cell = crowded[np.argsort(of_row[crowded], kind="stable")]
    lengths = np.diff(starts_of(of_row[by_cell]), append=len(by_cell))
    free[by_cell] = before_of(np.ones(len(by_cell), np.int64), lengths) < counter.cap
    return free
