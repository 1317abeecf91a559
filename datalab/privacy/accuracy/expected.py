"""Expected error of a figure from its noise alone: where it depends on the group, from a size that somebody states."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from datalab.errors import QueryError
from datalab.privacy.accuracy.assumed import Assumed, cell_of, is_rows_each
from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.accuracy.held_error import HeldError, held_error
from datalab.privacy.accuracy.possible import ROUNDING, told_within
from datalab.privacy.accuracy.steps import grain_of
from datalab.privacy.accuracy.supposed import cell_supposed
from datalab.privacy.accuracy.worst import at_most
from datalab.privacy.estimate.bins import excess
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.figures import Noisy, bin_of, columns_of, quantile_shape
from datalab.privacy.estimate.noise_size import confidence_at, critical, half_width, spread
from datalab.privacy.estimate.quantile import read_off
from datalab.privacy.estimate.ratio import no_more_rows
from datalab.privacy.estimate.search import foreseen, foreseen_reach, reach_of
from datalab.privacy.estimate.together import layout_of
from datalab.privacy.plan import Cells, Figure, FigureKind, Flag, Plan, Price
from datalab.privacy.tables import furthest_apart, table_variances

SIZED = frozenset(FigureKind) - {FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM}
"""Figures whose error depends on the size of the group."""
_RANKED = frozenset({FigureKind.QUANTILE, FigureKind.UNIT_ROWS})
_ANY_DATA = frozenset({FigureKind.MEAN, FigureKind.VARIANCE})
"""Figures whose error is about the same for all data: a wish for them is sold for any, as it is for shares, and for
rows over the units that have them where no unit can run out of rows."""
_OWN = 0.25
"""An answer's interval of a quantile begins at the first and ends at the last of many noisy bins that are possible:
about a quarter of a standard deviation further out on each side than the same bins without noise say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How far a figure can be from the bounded truth, in its own unit."""

    deviation: float
    """Standard deviation of the noise in the figure; where it depends on the group, half of its interval over z, and of
    a quantile half a bin more."""
    half_width: float
    """Half of the 95 % interval: the wider of the next two. Infinite where the noise leaves nothing to divide by."""
    even: float
    """Half of the interval where values are spread evenly over the stated range."""
    skewed: float
    """Half of the interval where they are skewed (`datalab.privacy.accuracy.assumed`)."""
    at_most: float
    """95 of 100 figures are no further off, whatever the data within its bounds; infinite where nothing says."""
    sold: float
    """What a wish is held against: `at_most` where that is not much more for any data, else the farther end of the
    interval, of either shape."""
    apart: float
    """Standard deviation of the noise in the difference of two such figures, of the two where it is largest."""
    rank_error: float | None = None
    """Of quantiles: how far the share of the rows (or units) below is from the one asked for at most, in 95 of 100
    figures and but for the bin it lies in; whatever the data."""
    possible: tuple[float, float] | None = None
    """The least and the greatest figure that there can be, where both are known beforehand."""
    held: HeldError | None = None
    """Of a figure that loses what is raised to 0 elsewhere: its interval is that of the hardest data; `deviation`
    and `apart` are of its noise before that."""
    plain: float = 0.0
    """Half of the 95 % interval of a held figure before it is held."""
    no_use: bool = False
    """Whether the noise alone makes the interval as wide as all that is possible, or leaves no figure at all."""


def expected(
    figure: Figure,
    plan: Plan,
    price: Price,
    *,
    count: int | None = None,
    table: int = 0,
    supposed: float | None = None,
) -> Expected:
    """Return the expected error of a figure.

    Where the error depends on the group, a cell of so many rows is made up whose values lie as assumed, and its
    interval is worked out as an answer's is. For a share a quarter of the rows meet the condition; of rows over the
    units that have them each has half of what may count; for another ratio of counts half a row stands above the line
    for each below.

    Args:
        figure: one of the plan's.
        plan: the question's.
        price: the plan's.
        count: rows (with a value; below the line; units for rows of a unit) in the group.
        table: which of the plan's tables.
        supposed: how large the figure is taken to be, in its unit, where its error depends on that; by default as the
            values make it.

    Raises:
        QueryError: if the error depends on the size of the group and none is stated; or as `held_error`.
    """
    if figure.kind not in SIZED:
        return _held(_amount(figure, plan, price, table), held_error(figure, plan, price, table))
    if count is None:
        raise QueryError(
            f"How exact {figure.name} is depends on the size of the group.",
            why="The same noise is divided by more rows in a larger group.",
            remedy="State a size, known or guessed from what is public.",
        )
    return _sized(figure, plan, price, count, supposed)


def half_width_of(
    measure: str, plan: Plan, price: Price, *, count: int | None = None, supposed: float | None = None
) -> float:
    """Return half of the 95 % interval that a measure is sold with, in its unit: the widest of several tables.

    Args:
        measure: its name.
        plan: the question's.
        price: the plan's.
        count: rows in the group, where the figure's error depends on it.
        supposed: as of `expected`.

    Raises:
        QueryError: as `expected`.
    """
    figure = plan.figure(measure)
    tables = range(1 if figure.kind in SIZED else len(plan.tables))
    found = [expected(figure, plan, price, count=count, table=table, supposed=supposed) for table in tables]
    return max(one.sold for one in found)


def _amount(figure: Figure, plan: Plan, price: Price, table: int) -> Expected:
    parts = plan.parts_of(figure)
    scales = [price.scale(part.name) for part in parts]
    unit = 10.0 ** (parts[0].value.fixed.exponent if parts[0].value else 0)
    confidence = foreseen_confidence(plan)
    if figure.kind is FigureKind.UNITS:  # no table of units is told by another
        scale = scales[table]
        return _same(scale / unit, half_width(scale, confidence) / unit)
    if len(parts) == 1:
        return _same(scales[0] / unit, half_width(scales[0], confidence) / unit)
    layout, _ = layout_of(plan)
    variances = [spread(scale) ** 2 for scale in scales]
    deviation = math.sqrt(table_variances(layout, variances)[table])
    apart = furthest_apart(layout, variances, layout.members[table]) if deviation else 0.0
    found = _same(deviation / unit, critical(confidence) * deviation / unit)
    return replace(found, apart=apart / unit) if plan.tables[table].size > 1 else found


def _held(before: Expected, held: HeldError | None) -> Expected:
    """Return the error of an amount that may be held at 0 or above."""
    if held is None:
        return before
    found = _same(before.deviation, held.at_most)
    return replace(found, apart=before.apart, held=held, plain=before.half_width)


def _same(deviation: float, half: float) -> Expected:
    """Return an error that is the same whatever the data."""
    apart = math.sqrt(2) * deviation
    return Expected(deviation=deviation, half_width=half, even=half, skewed=half, at_most=half, sold=half, apart=apart)


def _sized(figure: Figure, plan: Plan, price: Price, count: int, supposed: float | None) -> Expected:
    intervals = [_interval(figure, plan, price, _cell(figure, plan, one, count, supposed)) for one in Assumed]
    even, skewed = map(_half, intervals)
    half, most = max(even, skewed), at_most(figure, plan, price, count)
    # An interval can be told wider than errors are, by the bins or by a mean that is not known: never more than this.
    most = max(most, half)
    possible = told_within(figure, plan)
    deviation = 0.0 if plan.exact else (half + grain_of(figure, plan) / 2) / _points(figure, plan, price)
    return Expected(
        deviation=deviation,
        half_width=half,
        even=even,
        skewed=skewed,
        at_most=most,
        sold=most if for_any_data(figure, plan) else min(max(_farther(one, figure, plan) for one in intervals), most),
        apart=math.sqrt(2) * deviation,
        rank_error=_rank_error(figure, plan, price, count) if figure.kind in _RANKED else None,
        possible=possible,
        no_use=math.isinf(half)
        or (possible is not None and 2 * half >= (possible[1] - possible[0]) * (1 - ROUNDING) and not plan.exact),
    )


def _cell(figure: Figure, plan: Plan, assumed: Assumed, count: int, supposed: float | None) -> Cells:
    if supposed is None:
        return cell_of(figure, plan, assumed, count)
    return cell_supposed(figure, plan, assumed, count, supposed)


def _interval(figure: Figure, plan: Plan, price: Price, cells: Cells) -> Estimate:
    """Return the figure of a made-up cell and its interval."""
    confidence = foreseen_confidence(plan)
    part = plan.parts_of(figure)[0]
    if part.search is not None:
        places = foreseen(part, cells.vectors[part.name], price.scale(part.name), confidence=confidence)
        return read_off(bin_of(part), places)[0]
    if figure.kind in _RANKED:
        confidence = confidence_at(critical(confidence) + _OWN)
    noisy = Noisy(plan=plan, price=price, cells=cells, confidence=confidence)
    found = columns_of(figure, noisy)[0][0]
    if figure.kind is FigureKind.UNIT_ROWS and found.high is None:  # R or more: told apart no further
        return replace(found, high=plan.parts_of(figure)[0].edges[-1])
    return found


def _half(found: Estimate) -> float:
    return math.inf if found.low is None or found.high is None else (found.high - found.low) / 2


def _farther(found: Estimate, figure: Figure, plan: Plan) -> float:
    """Return how far the farther end of an interval is: of a far quantile it is no middle that the figure stands in.

    Rows of a unit are told as the end of a range, and the truth can be its start.
    """
    if found.low is None or found.high is None:
        return math.inf
    if found.value is None:
        return float(found.high - found.low)
    value = float(found.value)
    edges = plan.parts_of(figure)[0].edges
    start = max((edge for edge in edges if edge <= value), default=value)
    return max(found.high - start, value - found.low)


def for_any_data(figure: Figure, plan: Plan) -> bool:
    """Whether a wish for the figure is sold for whatever data lies within the bounds."""
    if figure.kind is not FigureKind.RATIO or _is_flagged(figure, plan):
        return figure.kind in _ANY_DATA or figure.kind is FigureKind.RATIO
    top, bottom = plan.parts_of(figure)
    return is_rows_each(top, bottom) and no_more_rows(top, bottom)


def _is_flagged(figure: Figure, plan: Plan) -> bool:
    return isinstance(plan.parts_of(figure)[0].value, Flag)


def _points(figure: Figure, plan: Plan, price: Price) -> float:
    """Return how many standard deviations half of the interval is."""
    part, confidence = plan.parts_of(figure)[0], foreseen_confidence(plan)
    if part.search is None:
        return critical(confidence)
    scale = price.scale(part.name)
    return foreseen_reach(scale, part.search.rounds, confidence) / scale


def _rank_error(figure: Figure, plan: Plan, price: Price, count: int) -> float:
    part, confidence = plan.parts_of(figure)[0], foreseen_confidence(plan)
    if part.search is None:
        reach = critical(confidence) * float(excess(quantile_shape(figure, plan, price)).deviation.max())
    else:
        sums = reach_of(price.scale(part.name), part.search.rounds, confidence)
        reach = sums / part.search.level.denominator
    return min(reach / count, 1.0)
