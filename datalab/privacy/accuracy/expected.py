"""Expected error of a figure from its noise alone: where it depends on the group, from a size that somebody states."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from datalab.errors import QueryError
from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.accuracy.typical import average
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.bins import excess
from datalab.privacy.estimate.figures import fixed_of, quantile_shape
from datalab.privacy.estimate.noise_size import critical, half_width, spread
from datalab.privacy.estimate.ratio import limits, step_of
from datalab.privacy.estimate.together import layout_of
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, Plan, Price
from datalab.privacy.tables import table_variances

SIZED = frozenset(FigureKind) - {FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM}
"""Figures whose error depends on the size of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How far a figure can be from the bounded truth, in its own unit."""

    deviation: float
    """Standard deviation of the noise in the figure."""
    half_width: float
    """Half of the 95 % interval; never more than the figure's whole range."""
    rank_error: float | None = None
    """Of quantiles: half of the interval as a share of the rows (or units), wherever they lie."""
    possible: tuple[float, float] | None = None
    """The least and the greatest figure that there can be, where both are known beforehand."""
    no_use: bool = False
    """Whether the noise alone makes the interval as wide as all that is possible."""


def expected(figure: Figure, plan: Plan, price: Price, *, count: int | None = None, table: int = 0) -> Expected:
    """Return the expected error of a figure.

    What it assumes where the error depends on the group: values spread evenly over the stated range; for a mean, a mean
    halfway between the middle of the range and its end; for a share of rows one or three quarters; for another ratio of
    counts one half, for one of sums mean values.

    Args:
        figure: one of the plan's.
        plan: the question's.
        price: the plan's.
        count: rows (with a value; below the line; units for rows of a unit) in the group.
        table: which of the plan's tables.

    Raises:
        QueryError: if the error depends on the size of the group and none is stated.
    """
    if figure.kind not in SIZED:
        return _amount(figure, plan, price, table)
    if count is None:
        raise QueryError(
            f"How exact {figure.name} is depends on the size of the group.",
            why="The same noise is divided by more rows in a larger group.",
            remedy="State a size, known or guessed from what is public.",
        )
    return _SIZED[figure.kind](figure, plan, price, count)


def half_width_of(measure: str, plan: Plan, price: Price, *, count: int | None = None) -> float:
    """Return half of the 95 % interval of a measure, in its unit: the widest, where there are several tables.

    Args:
        measure: its name.
        plan: the question's.
        price: the plan's.
        count: rows in the group, where the figure's error depends on it.

    Raises:
        QueryError: as `expected`.
    """
    figure = plan.figure(measure)
    tables = range(1 if figure.kind in SIZED else len(plan.tables))
    return max(expected(figure, plan, price, count=count, table=table).half_width for table in tables)


def _amount(figure: Figure, plan: Plan, price: Price, table: int) -> Expected:
    parts = plan.parts_of(figure)
    scales = [price.scale(part.name) for part in parts]
    unit = 10.0 ** (parts[0].value.fixed.exponent if parts[0].value else 0)
    confidence = foreseen_confidence(plan)
    if figure.kind is FigureKind.UNITS:  # no table of units is told by another
        scale = scales[table]
        return Expected(deviation=scale / unit, half_width=half_width(scale, confidence) / unit)
    if len(parts) == 1:
        return Expected(deviation=scales[0] / unit, half_width=half_width(scales[0], confidence) / unit)
    layout, _ = layout_of(plan)
    deviation = math.sqrt(table_variances(layout, [spread(scale) ** 2 for scale in scales])[table])
    return Expected(deviation=deviation / unit, half_width=critical(confidence) * deviation / unit)


def _normal(
    plan: Plan, deviation: float, most: float = math.inf, possible: tuple[float, float] | None = None
) -> Expected:
    """Return the error of a figure with about normal noise, whose interval is at most so far from its value."""
    reach = critical(foreseen_confidence(plan)) * deviation
    return Expected(
        deviation=min(deviation, most),
        half_width=min(reach, most),
        possible=possible,
        no_use=possible is not None and reach >= most,
    )


def _scales(figure: Figure, plan: Plan, price: Price) -> tuple[tuple[Part, ...], list[float]]:
    parts = plan.parts_of(figure)
    return parts, [price.scale(part.name) for part in parts]


def _mean(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    parts, (rows, total) = _scales(figure, plan, price)
    fixed = fixed_of(parts[1])
    return _mean_of(fixed, plan, rows=rows, total=total, count=count)


def _mean_of(fixed: FixedPoint, plan: Plan, *, rows: float, total: float, count: int, per: int = 1) -> Expected:
    """Return the error of a mean halfway between the middle of its range and an end, from the scales of its parts."""
    noise, unit = math.hypot(total, rows * fixed.half_range / 2) / count, per / 10.0**fixed.exponent
    possible = fixed.lower_value * per, fixed.upper_value * per
    return _normal(plan, noise * unit, fixed.half_range * unit, possible)


def _spread_of(fixed: FixedPoint, scales: list[float], count: int) -> tuple[float, float, float]:
    """Return variance, its noise and its most, in fixed-point units squared, of values spread evenly."""
    reach = (fixed.upper - fixed.lower) / 2
    variance = reach**2 / 3
    return variance, math.hypot(scales[2], variance * scales[0]) / count, reach**2


def _variance(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    parts, scales = _scales(figure, plan, price)
    fixed = fixed_of(parts[1])
    _, noise, most = _spread_of(fixed, scales, count)
    step = 10.0 ** (2 * fixed.exponent)
    return _normal(plan, noise / step, most / step, (0.0, most / step))


def _deviation(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    parts, scales = _scales(figure, plan, price)
    fixed = fixed_of(parts[1])
    variance, noise, most = _spread_of(fixed, scales, count)
    root = noise / (2 * math.sqrt(variance)) if variance else 0.0
    step = 10.0**fixed.exponent
    return _normal(plan, root / step, math.sqrt(most) / step, (0.0, math.sqrt(most) / step))


def _ratio(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    parts, (top, bottom) = _scales(figure, plan, price)
    if isinstance(parts[0].value, Flag):
        return _mean_of(parts[0].value.fixed, plan, rows=bottom, total=top, count=count, per=figure.per)
    above, below = map(average, parts)
    if parts[0].value is None and parts[1].value is None:
        above /= 2
    ratio, under = above / below, below * count
    factor = figure.per * step_of(*parts)
    noise = math.hypot(top, ratio * bottom) / under * factor
    least, most = (limit * factor for limit in limits(parts[0], parts[1]))
    if not (math.isfinite(least) and math.isfinite(most)):
        return _normal(plan, noise)
    return _normal(plan, noise, (most - least) / 2, (least, most))


def _quantile(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    (finest, *_), _ = _scales(figure, plan, price)
    bin_ = finest.keys[-1].bin
    if bin_ is None:
        message = "A quantile's parts are by bins."
        raise AssertionError(message)
    step = 10.0**bin_.fixed.exponent
    whole = (bin_.fixed.upper - bin_.fixed.lower) / step
    grain = 0.0 if bin_.width == 1 and bin_.fixed.exponent == 0 else bin_.width / step
    found = _ranked(figure, plan, price, count, whole=whole, grain=grain)
    possible = bin_.fixed.lower_value, bin_.fixed.upper_value
    return replace(found, possible=possible, no_use=found.half_width >= whole)


def _unit_rows(figure: Figure, plan: Plan, price: Price, count: int) -> Expected:
    edges = plan.parts_of(figure)[0].edges
    grain = max((after - before - 1 for before, after in itertools.pairwise(edges)), default=0)
    return _ranked(figure, plan, price, count, whole=float(edges[-1]), grain=float(grain))


def _ranked(figure: Figure, plan: Plan, price: Price, count: int, *, whole: float, grain: float) -> Expected:
    """Return the error in rank, and in the column's unit where values are spread evenly over the whole range."""
    rank = float(excess(quantile_shape(figure, plan, price)).deviation.max()) / count
    reach = min(critical(foreseen_confidence(plan)) * rank, 1.0)
    return Expected(deviation=min(rank * whole, whole), half_width=min(reach * whole + grain, whole), rank_error=reach)


_SIZED: dict[FigureKind, Callable[[Figure, Plan, Price, int], Expected]] = {
    FigureKind.MEAN: _mean,
    FigureKind.VARIANCE: _variance,
    FigureKind.DEVIATION: _deviation,
    FigureKind.RATIO: _ratio,
    FigureKind.QUANTILE: _quantile,
    FigureKind.UNIT_ROWS: _unit_rows,
}
