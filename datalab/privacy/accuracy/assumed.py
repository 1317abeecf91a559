"""How a preview takes values to lie before anybody asked: evenly over the stated range, or skewed as amounts are.

Noise is known beforehand; how far it moves a figure also depends on how the values lie, which only data knows. Two
shapes that nearly all numbers of registers lie between, and what they are near:

- even: any value of the stated range is as likely (ages, times of the day, days of the year);
- skewed: lognormal with a standard deviation of 1 in logarithms, its median at an eighth of the range from the end
  that is nearer to 0, cut at the other end, which it would pass in 1 of 50: amounts, durations and counts (Aitchison
  and Brown 1957, "The Lognormal Distribution"; Limpert, Stahel and Abbt 2001, "Log-normal Distributions across the
  Sciences", BioScience 51:341-352).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist, fmean

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.plan import Cells, Figure, FigureKind, Flag, Part, PartKind, Plan

MEDIAN, SIGMA = 0.125, 1.0
"""Of the skewed shape before it is cut: its middle as a share of the range, its standard deviation in logarithms."""
SHARE = 0.25
"""Of the rows that meet the condition of a share: one in four, which is as exact as three in four."""
ABOVE = 0.5
"""Of a ratio of the same amounts, or of counts, but rows over the units that have them: what stands above the line for
each below."""
_POINTS = 4_096
"""Equally likely values that the moments of the skewed shape are worked out of."""
_NORMAL = NormalDist()
_KEPT = _NORMAL.cdf(-math.log(MEDIAN) / SIGMA)
"""What is left of the lognormal when it is cut."""


class Assumed(StrEnum):
    """How values are taken to lie."""

    EVEN = "spread evenly over the stated range"
    SKEWED = "skewed: half of them within an eighth of the range, few near its far end"


def below(assumed: Assumed, share: float) -> float:
    """Return the share of the values below a point, which is given as a share of the range from its dense end."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    return share if assumed is Assumed.EVEN else _NORMAL.cdf(math.log(share / MEDIAN) / SIGMA) / _KEPT


def point_at(assumed: Assumed, share: float, *, up: bool) -> float:
    """Return the point below which such a share of the values lies, as a share of the range from its start."""
    if not up:
        return 1 - point_at(assumed, 1 - share, up=True)
    return share if assumed is Assumed.EVEN else MEDIAN * math.exp(SIGMA * _NORMAL.inv_cdf(share * _KEPT))


@lru_cache(maxsize=4)
def moments(assumed: Assumed) -> tuple[float, float]:
    """Return the mean of values and that of their squares, each value as a share of the range from its dense end."""
    if assumed is Assumed.EVEN:
        return 0.5, 1 / 3
    ranks = [_KEPT * (place + 0.5) / _POINTS for place in range(_POINTS)]
    points = [MEDIAN * math.exp(SIGMA * _NORMAL.inv_cdf(rank)) for rank in ranks]
    return fmean(points), fmean(point * point for point in points)


def mean_of(assumed: Assumed, fixed: FixedPoint) -> float:
    """Return the mean of values, in fixed-point units."""
    lower, reach = _from_dense_end(fixed)
    return lower + moments(assumed)[0] * reach


def cell_of(figure: Figure, plan: Plan, assumed: Assumed, count: int) -> Cells:
    """Return the exact vectors of one cell of so many rows whose values lie as assumed, for one figure.

    Args:
        figure: one of the plan's.
        plan: the question's.
        assumed: how values lie.
        count: rows in the group: with a value, below the line, or units where units are counted.
    """
    parts = plan.parts_of(figure)
    if figure.kind is FigureKind.RATIO and not isinstance(parts[0].value, Flag):
        above, under = (amount_of(part, assumed) for part in parts)
        above *= rows_above(parts[0], parts[1])
        return Cells(vectors={parts[1].name: (round(under * count),), parts[0].name: (round(above * count),)})
    return Cells(vectors={part.name: _vector(part, assumed, count) for part in parts})


def rows_above(top: Part, bottom: Part) -> float:
    """Return how many rows (or units) are taken to stand above the line for each row or unit below it."""
    if is_rows_each(top, bottom) or is_sum_each(top, bottom):
        return (1 + top.rows_per_cell) / 2
    return ABOVE if halved(top, bottom) or _is_sum_of_units(top, bottom) else 1.0


def is_rows_each(top: Part, bottom: Part) -> bool:
    """Whether rows stand over the units that have them: each unit below has 1 row above at least, and a cap at most."""
    same = (top.where, top.column, top.keys) == (bottom.where, bottom.column, bottom.keys)
    return same and top.kind is PartKind.ROWS and bottom.kind is PartKind.UNITS


def is_sum_each(top: Part, bottom: Part) -> bool:
    """Whether a sum stands over the units that have its rows: each has 1 of them at least, and a cap at most."""
    return _is_sum_of_units(top, bottom) and (top.where, top.keys) == (bottom.where, bottom.keys)


def _is_sum_of_units(top: Part, bottom: Part) -> bool:
    return top.kind is PartKind.SUM and bottom.kind is PartKind.UNITS


def halved(top: Part, bottom: Part) -> bool:
    """Whether a ratio is taken to be one half: both sides count, or sum the same column, and not of the same rows."""
    same = (top.value is None and bottom.value is None) or (top.kind is bottom.kind and top.column == bottom.column)
    return same and top.name != bottom.name and not is_rows_each(top, bottom)


def amount_of(part: Part, assumed: Assumed) -> float:
    """Return the mean amount of a row; of sums at least one step from 0."""
    if part.kind is not PartKind.SUM:
        return 1.0
    mean = mean_of(assumed, fixed_of(part))
    return mean if abs(mean) >= 1 else 1.0


def _vector(part: Part, assumed: Assumed, count: int) -> tuple[int, ...]:
    starts, up = starts_of(part)
    if starts:
        return spread_over(starts, assumed, count, up=up)
    if part.value is None:
        return (count,)
    fixed = part.value.fixed
    if isinstance(part.value, Flag):
        return (round(count * (fixed.lower + SHARE * (fixed.upper - fixed.lower) - fixed.centre)),)
    lower, reach = _from_dense_end(fixed)
    first, second = moments(assumed)
    off = lower - fixed.centre
    if part.kind is PartKind.CENTRED_SQUARES:
        return (round(count * (off**2 + 2 * off * reach * first + reach**2 * second) / part.step),)
    return (round(count * (off + reach * first)),)


def starts_of(part: Part) -> tuple[list[float], bool]:
    """Return where the ranges of a quantile's part begin, as shares of the whole, and whether it is dense at its start.

    Nothing of other parts.
    """
    if part.edges:
        return [(edge - 1) / part.edges[-1] for edge in part.edges], True
    bin_ = part.keys[-1].bin if part.keys else None
    if bin_ is None:
        return [], True
    whole = bin_.fixed.upper - bin_.fixed.lower + 1
    return [place * bin_.width / whole for place in range(bin_.count)], _up(bin_.fixed)


def spread_over(starts: Sequence[float], assumed: Assumed, count: int, *, up: bool = True) -> tuple[int, ...]:
    """Return how many of the rows lie in each range that begins at these shares of the whole; all of them are told."""
    shares = _shares((*starts, 1.0), assumed, up=up)
    return tuple(after - before for before, after in itertools.pairwise(round(count * share) for share in shares))


@lru_cache(maxsize=64)
def _shares(ends: tuple[float, ...], assumed: Assumed, *, up: bool) -> tuple[float, ...]:
    return tuple(below(assumed, end) if up else 1 - below(assumed, 1 - end) for end in ends)


def _up(fixed: FixedPoint) -> bool:
    """Whether the dense end of a skewed column is the lower one: the one nearer to 0."""
    return abs(fixed.lower) <= abs(fixed.upper)


def _from_dense_end(fixed: FixedPoint) -> tuple[int, int]:
    """Return the dense end of a range, and how far the other end is from there: below 0 where it is the lower."""
    reach = fixed.upper - fixed.lower
    return (fixed.lower, reach) if _up(fixed) else (fixed.upper, -reach)
