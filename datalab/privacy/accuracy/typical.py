"""How large a figure is taken to be where a wish is a share of it: from its group's size and public facts alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from datalab.privacy.accuracy.assumed import halved, is_rows_each, is_sum_each, rows_above
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.estimate.ratio import step_of
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, PartKind, Plan

_MIDDLE = "the middle of the stated range"
_HALF = "one half, each row below the line counting half above it"
_EVENLY = "what values spread evenly over the stated range have"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """A size that a figure is taken to have before anybody asks."""

    size: float
    """In the figure's unit; may be 0 or below."""
    means: str
    """Where it comes from, as words after "taken to be"."""


def typical(figure: Figure, plan: Plan, count: int) -> Typical:
    """Return how large a figure is taken to be, on the same assumptions as its expected error.

    Args:
        figure: one of the plan's.
        plan: the question's.
        count: rows in the group: with a value, below the line, or units where units are counted.
    """
    return _TYPICAL[figure.kind](figure, plan.parts_of(figure), count)


def average(part: Part) -> float:
    """Return the mean amount of a row, were values spread evenly over their range; in steps, at least one from 0."""
    if part.kind is not PartKind.SUM:
        return 1.0
    fixed = fixed_of(part)
    return max(abs(fixed.lower + fixed.upper) / 2, 1.0)


def halfway(top: Part) -> str:
    """Return in words how many rows a unit is taken to have, where each that is counted has some."""
    return f"halfway from the 1 that each has at least to the {top.rows_per_cell:,} that may count"


def _middle(fixed: FixedPoint) -> float:
    return (fixed.lower + fixed.upper) / 2 / 10.0**fixed.exponent


def _count(_figure: Figure, _parts: tuple[Part, ...], count: int) -> Typical:
    return Typical(size=float(count), means="the size of the cell")


def _sum(_figure: Figure, parts: tuple[Part, ...], count: int) -> Typical:
    return Typical(size=count * _middle(fixed_of(parts[0])), means=f"that of as many rows with {_MIDDLE}")


def _mean(_figure: Figure, parts: tuple[Part, ...], _count: int) -> Typical:
    return Typical(size=_middle(fixed_of(parts[1])), means=_MIDDLE)


def _variance(_figure: Figure, parts: tuple[Part, ...], _count: int) -> Typical:
    fixed = fixed_of(parts[1])
    reach = (fixed.upper - fixed.lower) / 2 / 10.0**fixed.exponent
    return Typical(size=reach**2 / 3, means=_EVENLY)


def _deviation(figure: Figure, parts: tuple[Part, ...], count: int) -> Typical:
    return Typical(size=math.sqrt(_variance(figure, parts, count).size), means=_EVENLY)


def _quantile(figure: Figure, parts: tuple[Part, ...], _count: int) -> Typical:
    bin_ = parts[0].keys[-1].bin
    if bin_ is None or figure.level is None:
        message = "A quantile has a level, and its parts are by bins."
        raise AssertionError(message)
    lower, upper = (end / 10.0**bin_.fixed.exponent for end in (bin_.fixed.lower, bin_.fixed.upper))
    return Typical(size=lower + float(figure.level) * (upper - lower), means=_EVENLY)


def _unit_rows(figure: Figure, parts: tuple[Part, ...], _count: int) -> Typical:
    level = 0.5 if figure.level is None else float(figure.level)
    return Typical(size=max(level * parts[0].edges[-1], 1.0), means="that of units spread evenly over 1 to R rows")


def _ratio(figure: Figure, parts: tuple[Part, ...], _count: int) -> Typical:
    top, bottom = parts
    if isinstance(top.value, Flag):
        return Typical(size=figure.per / 2, means=_HALF)
    rows = rows_above(top, bottom)
    if is_rows_each(top, bottom) or halved(top, bottom):
        return Typical(size=figure.per * rows, means=halfway(top) if is_rows_each(top, bottom) else _HALF)
    ratio = rows * average(top) / average(bottom) * figure.per * step_of(top, bottom)
    each = f", with as many rows as {halfway(top)}" if is_sum_each(top, bottom) and rows > 1 else ""
    return Typical(size=ratio, means=f"that of mean values in the middle of their stated ranges{each}")


_TYPICAL: dict[FigureKind, Callable[[Figure, tuple[Part, ...], int], Typical]] = {
    FigureKind.ROWS: _count,
    FigureKind.UNITS: _count,
    FigureKind.SUM: _sum,
    FigureKind.MEAN: _mean,
    FigureKind.VARIANCE: _variance,
    FigureKind.DEVIATION: _deviation,
    FigureKind.QUANTILE: _quantile,
    FigureKind.RATIO: _ratio,
    FigureKind.UNIT_ROWS: _unit_rows,
}
