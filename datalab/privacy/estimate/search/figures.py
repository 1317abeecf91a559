"""What a search found: a place for the quantile, and the bins that its noisy sums leave possible.

Why the interval holds the truth in at least 95 of 100 answers. Let t be the bin of the true quantile. At an edge at or
below t the exact sum is below 0, at one above t it is 0 or more. The interval begins above t only if at some edge above
t a sum was below -h, so that the noise of that round was; it ends below t only if at some edge at or below t a sum was
h or more, so that the noise was more than h. Each round has one such edge and one such side, known before its noise is
drawn: `reach_of` chooses h so that with the stated chance no round's noise is beyond it. Nothing is assumed of data.

A figure is stated only where the sums tell that there are rows: where the sum of their squares, in units of the noise,
is beyond the point that it passes in `EMPTY` of groups without any row, and where some sum leaves no doubt, so that the
interval is less than the whole range. Of noise alone that sum of squares is chi-squared with as many degrees as rounds
have, at whatever edges they were: each round's noise is drawn anew. So of groups without rows fewer than 1 in 100 are
told a figure; groups of some rows are told one about as often as by the largest sum alone, which 4 of 100 groups
without rows passed.

The figure lies in the one bin that the bracket ends as, where the line between the sums of its edges passes 0. As the
sum at its lower edge was below 0 and that at its upper edge was not, the rank of that bin is off by no more than h over
the denominator of the level, just as surely. Where a sum outside the bracket leaves no doubt that the quantile is
elsewhere, the figure is the nearest place of the interval instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from datalab.privacy.estimate.estimate import Floats
from datalab.privacy.estimate.noise_size import CONFIDENCE, spread
from datalab.privacy.estimate.quantile import Place
from datalab.privacy.estimate.search.course import Course, Wholes
from datalab.privacy.estimate.search.reach import reach_of
from datalab.privacy.estimate.search.run import replayed, search_of, signed_sums
from datalab.privacy.plan import Part, Search

BEYOND = 0.6
"""Standard deviations by which the ends of an interval lie beyond the nearest edges that leave no doubt, on average:
their noise moves them, and not every edge is tried. Measured in `tests/privacy/test_search.py`."""
EMPTY = 0.01
"""Share of groups without any row that are told a figure, at most; less where intervals are surer."""
_BELOW_ONE = 1 - 1e-9
"""Below the next edge, so that whole numbers are read off the bin."""


def found(part: Part, drawn: Sequence[int], scale: float, *, confidence: float) -> list[Place]:
    """Return for every cell where its quantile lies and the bins that the noise leaves possible.

    Args:
        part: one with a search.
        drawn: its noisy sums.
        scale: of the noise of a round.
        confidence: of each interval.
    """
    search = search_of(part)
    course = replayed(part, drawn, scale)
    below, above = course.surely(float(reach_of(scale, search.rounds, confidence)))
    first, last = np.minimum(below, above - 1), np.maximum(above, below + 1) - 1
    at = _share(course, search) * (course.high - course.low).astype(np.float64) + course.low
    noises = ((course.sums / spread(scale)) ** 2).sum(axis=1) if scale else np.full(len(first), math.inf)
    whole = (first == 0) & (last == part.bins - 1)
    lost = whole | (noises <= chi_squared(search.rounds, 1 - EMPTY * (1 - confidence) / (1 - CONFIDENCE)))
    # A sum that leaves no doubt may be heard outside a bracket that an earlier one closed: the figure goes with it.
    held = np.clip(at, first, last + _BELOW_ONE)
    return _places(np.where(lost, np.nan, held), first, last)


def chi_squared(degrees: int, share: float) -> float:
    """Return the point that a chi-squared number passes in 1 - share: to 1 % from 5 degrees on.

    By the cube root of Wilson and Hilferty, "The distribution of chi-square", PNAS 1931, 17:684-688.
    """
    part = 2 / (9 * degrees)
    return degrees * float(1 - part + NormalDist().inv_cdf(share) * math.sqrt(part)) ** 3


def foreseen(part: Part, vector: Sequence[int], scale: float, *, confidence: float) -> list[Place]:
    """Return what is to be expected of cells of these exact bins: the ends where sums just leave no doubt.

    The intervals never grow when the noise gets less.
    """
    search = search_of(part)
    sums = signed_sums(part, vector)
    reach = foreseen_reach(scale, search.rounds, confidence)
    edges = np.arange(part.bins + 1)
    low = np.where(sums < -reach, edges, 0).max(axis=1)
    high = np.where(sums >= reach, edges, part.bins).min(axis=1)
    after = np.where(sums >= 0, edges, part.bins)[:, 1:].min(axis=1)
    cell = np.arange(len(sums))
    at = (after - 1) + _zero(sums[cell, after - 1].astype(np.float64), sums[cell, after].astype(np.float64))
    lost = (low == 0) & (high == part.bins)
    return _places(np.where(lost, np.nan, at), np.minimum(low, after - 1), np.maximum(high, after) - 1)


def foreseen_reach(scale: float, rounds: int, confidence: float) -> float:
    """Return how far from 0 the signed sums at the ends of an interval are to be expected."""
    return reach_of(scale, rounds, confidence) + BEYOND * scale


def _share(course: Course, search: Search) -> Floats:
    """Return where in its last bracket the sum passes 0, as a part of it."""
    rows = np.maximum(
        course.sums.max(axis=1) / search.below,  # rows above an edge take away: there are no fewer than these
        -course.sums.min(axis=1) / search.above,
    )
    rows = np.maximum(rows, 0.0)
    first = np.where(course.low == 0, -search.above * rows, course.at(course.low))
    last = np.where(course.high == course.bins, search.below * rows, course.at(course.high))
    return _zero(first, last)


def _zero(first: Floats, last: Floats) -> Floats:
    """Return where the line between two sums passes 0, as a part of the way; one half where it does not rise."""
    rises = last > first
    share = np.where(rises, -first / np.where(rises, last - first, 1.0), 0.5)
    return np.asarray(np.clip(share, 0.0, _BELOW_ONE), dtype=np.float64)


def _places(at: Floats, first: Wholes, last: Wholes) -> list[Place]:
    return [
        Place(at=float(middle), first=int(begin), last=int(end))
        for middle, begin, end in zip(at, first, last, strict=True)
    ]
