"""The course of a search: at which edge of each cell the next signed sum is noised.

A noisy binary search, and beside it two for the ends of the interval. Edges lie between bins: edge e has the bins below
e on one side. A sum below -h says that the quantile lies at or above its edge for sure, one of h or more that it lies
below (`reach_of`). Three things are still open in a cell:

- between which two edges the sign changes: the bracket, which every sum inside it narrows;
- between which two the lower end of the interval lies: the highest edge that is below for sure, and the next edge
  above it at which a sum was heard;
- the same of the upper end.

The next edge halves the bracket, or goes where the line between two sums says that the next sum would just leave no
doubt. Which, is decided by the width of what is open; but as many rounds as halving the bracket to one bin takes are
kept for that. So whatever the data, the bracket ends as one bin, and the rank of the figure is off by no more than the
noise of a round (Karp and Kleinberg 2007, "Noisy binary search and its applications", SODA).

All of it is worked out of noisy sums: it spends nothing, and each round's sum may depend on those before it (adaptive
composition of zCDP: Bun and Steinke 2016, arXiv 1605.02065, lemma 2.3).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from datalab.privacy.estimate.estimate import Floats

Wholes = npt.NDArray[np.int64]
MARGIN = 0.5
"""Standard deviations beyond what leaves no doubt at which an end of the interval is sought."""
WORTH = 2
"""How many bins of an end's width one bin of the bracket's is worth."""
NEAREST, FURTHEST = 0.02, 0.9
"""Parts of an open width between which the next edge lies, from the side where the sum was in doubt."""


class Course:
    """Searches of many cells side by side, each of which takes its own course."""

    def __init__(self, *, cells: int, bins: int, rounds: int, scale: float, reach: float) -> None:
        """Begin a search.

        Args:
            cells: searches side by side.
            bins: in each of them; at least 2.
            rounds: of each.
            scale: of the noise of a round.
            reach: h.
        """
        self.bins = bins
        self.edges: Wholes = np.zeros((cells, rounds), dtype=np.int64)
        """By cell and round: between 1 and the number of bins less 1."""
        self.sums: Floats = np.zeros((cells, rounds))
        """By cell and round, noisy."""
        self.heard = 0
        """Rounds so far."""
        self.low: Wholes = np.zeros(cells, dtype=np.int64)
        """Lower edge of the bracket: 0, or one whose sum was below 0."""
        self.high: Wholes = np.full(cells, bins, dtype=np.int64)
        """Upper edge of the bracket: the number of bins, or one whose sum was not."""
        self._aim = reach + MARGIN * scale
        self._reach = reach

    def hear(self, edges: Wholes, sums: Floats) -> None:
        """Take the noisy sums of a round, a cell each, at these edges."""
        self.edges[:, self.heard], self.sums[:, self.heard] = edges, sums
        self.heard += 1
        inside = (edges > self.low) & (edges < self.high)
        self.low = np.where(inside & (sums < 0), edges, self.low)
        self.high = np.where(inside & (sums >= 0), edges, self.high)

    def surely(self, reach: float) -> tuple[Wholes, Wholes]:
        """Return the highest edge that is below the quantile for sure, and the lowest that is not; 0 and all bins."""
        edges, sums = self._so_far
        below = np.where(sums < -reach, edges, 0).max(axis=1, initial=0)
        above = np.where(sums >= reach, edges, self.bins).min(axis=1, initial=self.bins)
        return below, above

    def at(self, edges: Wholes) -> Floats:
        """Return the mean noisy sum of each cell at its edge; NaN where none was heard."""
        heard, sums = self._so_far
        here = heard == edges[:, None]
        times = here.sum(axis=1)
        return np.where(times > 0, np.where(here, sums, 0.0).sum(axis=1) / np.maximum(times, 1), np.nan)

    def next(self) -> Wholes:
        """Return the edge of each cell at which the next sum is to be noised."""
        below, above = self.surely(self._reach)
        above = np.maximum(above, below + 1)
        edges, sums = self._so_far
        doubt = np.where((sums >= -self._reach) & (edges > below[:, None]), edges, self.bins)
        after = doubt.min(axis=1, initial=self.bins)
        doubt = np.where((sums < self._reach) & (edges < above[:, None]), edges, 0)
        before = doubt.max(axis=1, initial=0)
        lower, upper = np.maximum(after - below, 0), np.maximum(above - before, 0)
        ends = np.where(lower >= upper, self._lower_end(below, after), self._upper_end(before, above))
        return self._picked(ends, np.maximum(lower, upper))

    @property
    def _so_far(self) -> tuple[Wholes, Floats]:
        return self.edges[:, : self.heard], self.sums[:, : self.heard]

    def _lower_end(self, below: Wholes, after: Wholes) -> Wholes:
        share = np.clip(self._crossing(below, after, -self._aim), 1 - FURTHEST, 1 - NEAREST)
        return _within(np.floor(below + share * (after - below)), below, after)

    def _upper_end(self, before: Wholes, above: Wholes) -> Wholes:
        share = np.clip(self._crossing(before, above, self._aim), NEAREST, FURTHEST)
        return _within(np.ceil(before + share * (above - before)), before, above)

    def _crossing(self, left: Wholes, right: Wholes, wanted: float) -> Floats:
        """Return which part of the way the line between two sums reaches the wanted one; one half where unknown."""
        first, last = self.at(left), self.at(right)
        rises = last > first  # never where either is unknown
        way = np.where(rises, last - first, 1.0)
        return np.where(rises, (wanted - np.where(rises, first, 0.0)) / way, 0.5)

    def _picked(self, ends: Wholes, widest: Wholes) -> Wholes:
        """Return the middle of the bracket or an edge of an end; where all is settled, an edge of the bracket again."""
        bracket = self.high - self.low
        halvings = np.ceil(np.log2(np.maximum(bracket, 1)))
        left = self.edges.shape[1] - self.heard
        halve = (bracket > 1) & ((bracket * WORTH >= widest) | (halvings >= left) | (widest <= 1))
        again = self.low if self.heard % 2 else self.high
        picked = np.where(halve, (self.low + self.high) // 2, np.where(widest <= 1, again, ends))
        return np.clip(picked, 1, self.bins - 1)


def _within(edge: Floats, left: Wholes, right: Wholes) -> Wholes:
    return np.clip(edge.astype(np.int64), left + 1, np.maximum(right - 1, left + 1))
