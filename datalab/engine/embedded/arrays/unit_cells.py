"""Which rows of a unit count, by NumPy over rows in which units are numbers: the same as `bounding` writes for DuckDB.

One sort by unit and cell groups rows, and one by unit and hash puts the cells of units with too many rows in order: a
sort of 64-bit words by vector instructions (Bramas 2017, doi:10.14569/IJACSA.2017.081044; NumPy has it) takes a third
of the time of a grouping and a window. What counts is written in `datalab.engine.reference.bounding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from datalab.engine.counter import Counter, Filter, Total, counter_of, counters, filter_of, total_of
from datalab.engine.embedded.arrays.drawn_rows import Turns, drawn
from datalab.engine.embedded.arrays.runs import Truths, Whole, before_of, in_turn, starts_of, sums_of
from datalab.privacy.plan import Part

MOST_MAGNITUDE = 2**38
"""|amounts| of rows below this have sums of 64 bits: of as many rows as are numbered (`kept.MOST_ROWS`), with room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCells:
    """What was counted of units in cells: arrays that are as long as there are pairs of a unit and a cell with rows.

    They lie unit by unit.
    """

    units: Whole
    places: Whole
    counts: Mapping[Filter, Whole]
    """How many rows pass each filter."""
    totals: Mapping[Total, Whole]
    """The sums of their amounts."""

    @classmethod
    def of(
        cls, keys: Whole, size: int, flags: Mapping[Filter, Truths | None], totals: Mapping[Total, Whole]
    ) -> UnitCells:
        """Group rows by unit and cell.

        Args:
            keys: of each row, the unit's number times `size`, and the place of its cell.
            size: how many cells there are.
            flags: of each filter which rows pass; None where all do.
            totals: each row's amount, 0 where it has none.
        """
        if totals or any(passes is not None for passes in flags.values()):
            order = np.argsort(keys)
            keys = keys[order]
        else:
            order, keys = np.empty(0, np.int64), np.sort(keys)
        starts = starts_of(keys)
        rows = np.diff(starts, append=len(keys))
        return cls.counted(
            keys[starts],
            size,
            {
                one: rows if passes is None else sums_of(passes[order].astype(np.int64), starts)
                for one, passes in flags.items()
            },
            {one: sums_of(amounts[order], starts) for one, amounts in totals.items()},
        )

    @classmethod
    def counted(
        cls, cells: Whole, size: int, counts: Mapping[Filter, Whole], totals: Mapping[Total, Whole]
    ) -> UnitCells:
        """Take what was counted already.

        Args:
            cells: of each pair, the unit's number times `size`, and the place of its cell; in ascending order.
            size: how many cells there are.
            counts: how many rows of each pair pass each filter.
            totals: the sums of their amounts.
        """
        units = cells // size
        return cls(units=units, places=cells - units * size, counts=counts, totals=totals)

    def amounts(self, parts: Sequence[Part], turns: Turns) -> Mapping[str, Whole]:
        """Return what each unit and cell adds to each part, by name.

        Args:
            parts: bounded at one grouping; none counts rows of units, and no |amount| of a row reaches
                `MOST_MAGNITUDE`.
            turns: asked for the cells of units with too many rows alone.
        """
        asked = counters(parts)
        if asked[0].by_rows:
            kept: Mapping[Counter, Whole] = {
                one: drawn(one, self.units, self.places, self.counts[one.filter], turns) for one in asked
            }
        else:
            kept = self._kept(asked, turns)
        return {part.name: self._amount(part, kept[counter_of(part)]) for part in parts}

    def _kept(self, asked: Sequence[Counter], turns: Turns) -> Mapping[Counter, Whole]:
        """Return for each counter how many rows of each unit and cell are kept."""
        kept = {one: np.minimum(self.counts[one.filter], one.cap) for one in asked}
        ordered = [one for one in asked if one.ordered]
        if not ordered or not len(self.units):
            return kept
        starts = starts_of(self.units)
        over = np.zeros(len(starts), np.bool_)
        for one in ordered:
            over |= sums_of(kept[one], starts) > one.limit
        cells = np.flatnonzero(np.repeat(over, np.diff(starts, append=len(self.units))))
        if not len(cells):
            return kept
        units = self.units[cells]
        starts = starts_of(units)
        lengths = np.diff(starts, append=len(units))
        # The cells of a unit lie where they lay, in another order.
        cells = cells[in_turn(lengths, turns(units[starts], lengths, self.places[cells]))]
        for one in ordered:
            most = kept[one][cells]
            kept[one][cells] = np.clip(one.limit - before_of(most, lengths), 0, most)
        return kept

    def _amount(self, part: Part, kept: Whole) -> Whole:
        total, count = total_of(part), self.counts[filter_of(part)]
        if total is None:
            return kept
        amounts = self.totals[total].copy()
        amounts[kept == 0] = 0
        some = np.flatnonzero((kept > 0) & (kept < count))
        amounts[some] = shares(amounts[some], count[some], kept[some])
        limit = kept * part.magnitude
        return np.clip(amounts, -limit, limit)


def shares(totals: Whole, counts: Whole, kept: Whole) -> Whole:
    """Return totals x kept / counts to the nearest whole, ties away from zero.

    Args:
        totals: below 2**62 in size.
        counts: at least 1.
        kept: at least 1, at most `counts`.
    """
    if not len(totals):
        return totals
    sizes = np.abs(totals)
    if int(sizes.max()) * int(kept.max()) + int(counts.max()) >= 2**62:
        exact = (sizes.astype(object) * kept.astype(object) + counts // 2) // counts
        nearest: Whole = exact.astype(np.int64)
    else:
        nearest = (sizes * kept + counts // 2) // counts
    signed: Whole = np.sign(totals) * nearest
    return signed
