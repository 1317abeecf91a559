"""How far an answer can be from the bounded truth: known before it is asked, stated with every cell.

What an interval covers: the noise, and nothing else. It does not cover rows left out because a unit had more than R,
values clamped to the stated bounds, or the chance in the sample itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from datalab.errors import QueryError
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Noise, Part, PartKind, Plan, Price

CONFIDENCE = 0.95
"""Share of answers whose interval holds the bounded truth."""
Z = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""
POWER_Z = 0.8416212335729143
"""80 % point of the normal distribution: how sure one is to see a difference that is there (Cohen 1988)."""
SMALL_SCALE = 64.0
"""Up to this scale the discrete Gaussian is summed exactly; beyond, it is a rounded normal to far below one unit."""
EXAMPLE_COUNTS = (10, 100, 1_000, 10_000)
"""Group sizes for which the error of a mean is shown: it depends on the number of rows, which nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePreview:
    """Expected error of one measure, the same in every cell."""

    measure: str
    unit: str
    """Unit of the figures: `rows`, the privacy unit's name, or the column's own."""
    expected_error: float | None
    """Mean |noise|; None for a mean, whose error depends on the group's size."""
    half_width: float | None
    """Half of the 95 % interval; None for a mean."""
    visible_difference: float | None = None
    """Least difference between two cells that is seen in 80 of 100 answers, noise alone; None for a mean."""
    by_count: tuple[tuple[int, float], ...] = ()
    """For a mean: about half of the 95 % interval, in groups of so many rows with a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a question would cost and how exact it would be; computed without data and without spending."""

    cells: int
    cost: Budget
    epsilon: float
    delta: Fraction
    measures: tuple[MeasurePreview, ...]


def preview(plan: Plan, noise: Noise, delta: Fraction) -> Preview:
    """Return cost and expected error of a plan; touches no data and spends nothing."""
    price = noise.price(plan)
    return Preview(
        cells=plan.size,
        cost=price.total,
        epsilon=noise.epsilon(price.total, delta),
        delta=delta,
        measures=tuple(_measure_preview(measure.name, plan, price) for measure in plan.question.query.measures),
    )


def _measure_preview(measure: str, plan: Plan, price: Price) -> MeasurePreview:
    parts = [part for part in plan.parts if part.measure == measure]
    unit = unit_of(parts[-1], plan)
    if len(parts) == 1:
        (part,) = parts
        scale = price.scale(part.name)
        return MeasurePreview(
            measure=measure,
            unit=unit,
            expected_error=_in_unit(part, scale * math.sqrt(2 / math.pi)),
            half_width=_in_unit(part, half_width(scale)),
            visible_difference=_in_unit(part, (Z + POWER_Z) * math.sqrt(2) * scale),
        )
    values, total = parts
    return MeasurePreview(
        measure=measure,
        unit=unit,
        expected_error=None,
        half_width=None,
        by_count=tuple(
            (count, _in_unit(total, _mean_half_width(price.scale(values.name), price.scale(total.name), total, count)))
            for count in EXAMPLE_COUNTS
        ),
    )


def half_width_of(measure: str, plan: Plan, price: Price, *, count: int | None = None) -> float:
    """Return half of the 95 % interval of a measure, in its unit.

    Args:
        measure: its name.
        plan: the question's.
        price: the plan's.
        count: for a mean, rows with a value in the group.

    Raises:
        QueryError: if it is a mean and no count is stated.
    """
    parts = [part for part in plan.parts if part.measure == measure]
    if len(parts) == 1:
        return _in_unit(parts[0], half_width(price.scale(parts[0].name)))
    if count is None:
        raise QueryError(
            f"How exact {measure} is depends on the size of the group.",
            why="It is a mean: the same noise is divided by more rows in a larger group.",
            remedy="State a size, known or guessed from what is public.",
        )
    values, total = parts
    return _in_unit(total, _mean_half_width(price.scale(values.name), price.scale(total.name), total, count))


def unit_of(part: Part, plan: Plan) -> str:
    """Return the unit in which a part's measure is shown."""
    match part.kind:
        case PartKind.ROWS | PartKind.VALUES:
            return "rows"
        case PartKind.UNITS:
            return plan.unit.value
        case PartKind.SUM | PartKind.CENTRED_SUM:
            return part.value.unit if part.value else ""


def _in_unit(part: Part, amount: float) -> float:
    return amount if part.value is None else amount / 10.0**part.value.fixed.exponent


def _mean_half_width(values_scale: float, sum_scale: float, total: Part, count: int) -> float:
    """Half width of the interval of a mean halfway between centre and bound, by the delta method; at most the range."""
    half_range = total.value.fixed.half_range if total.value else 0
    spread = Z * math.hypot(sum_scale, values_scale * half_range / 2) / count
    return min(spread, float(half_range))


def half_width(scale: float) -> int:
    """Return the smallest whole h with P(|noise| <= h) >= 95 % for discrete Gaussian noise of that scale.

    The noise has probability proportional to exp(-x**2 / (2 scale**2)) on the whole numbers (Canonne, Kamath and
    Steinke 2020, arXiv 2004.00010).
    """
    if scale == 0:
        return 0
    if scale > SMALL_SCALE:
        return math.ceil(Z * scale)
    reach = math.ceil(12 * scale)
    weights = [math.exp(-(x * x) / (2 * scale * scale)) for x in range(reach + 1)]
    total = weights[0] + 2 * math.fsum(weights[1:])
    inside, width = weights[0], 0
    while inside < CONFIDENCE * total:
        width += 1
        inside += 2 * weights[width]
    return width


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A closed interval."""

    low: float
    high: float


def ratio_interval(*, top: int, bottom: int, top_scale: float, bottom_scale: float) -> Interval | None:
    """Return the 95 % interval of top/bottom by Fieller's theorem, or None where the noise leaves it without end.

    The ratios r with (top - r bottom)**2 <= z**2 (s_top**2 + r**2 s_bottom**2): both noises are normal and independent,
    so the set holds the true ratio with exactly that confidence (Fieller 1954). It is an interval only where bottom
    differs from 0 by more than its noise.
    """
    a = bottom**2 - (Z * bottom_scale) ** 2
    if bottom <= 0 or a <= 0:
        return None
    b = float(top) * bottom
    c = float(top) ** 2 - (Z * top_scale) ** 2
    root = math.sqrt(max(b * b - a * c, 0.0))
    return Interval(low=(b - root) / a, high=(b + root) / a)
