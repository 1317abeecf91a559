"""Amounts of several tables that agree, and amounts that are not negative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from datalab.privacy.estimate.count import possible, totals, within
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.noise_size import critical, spread
from datalab.privacy.plan import Part, Plan
from datalab.privacy.tables import Agreed, Layout, agreed, nonnegative
from datalab.privacy.tables.reconciled import STEP


def together(
    plan: Plan,
    parts: Sequence[Part],
    vectors: Sequence[Sequence[int]],
    scales: Sequence[float],
    *,
    confidence: float,
) -> tuple[list[Estimate], ...]:
    """Return an amount in every table: figures that agree, and an interval around each best estimate.

    The interval is that of the best linear unbiased estimate, before figures were rounded to agree or held above 0. Of
    one table alone, whose figures are only held above 0, it is that of the noisy figure itself.
    """
    layout, axes = layout_of(plan)
    least = possible(parts[0])[0]
    change = nonnegative if plan.question.query.nonnegative and least == 0 else None
    found = agreed(layout, axes, vectors, [spread(scale) ** 2 for scale in scales], change=change)
    if len(parts) == 1:
        alone = totals(parts[0], vectors[0], scale=scales[0], confidence=confidence)
        if change is None:
            return (alone,)
        shown = found[0].shown
        return (
            [
                Estimate(value=_shown(parts[0], figure), low=one.low, high=one.high)
                for figure, one in zip(shown, alone, strict=True)
            ],
        )
    return tuple(_estimates(part, table, confidence) for part, table in zip(parts, found, strict=True))


def layout_of(plan: Plan) -> tuple[Layout, list[tuple[int, ...]]]:
    """Return sizes and keys of a plan's tables, and the order of the keys in each."""
    places = {key.column: place for place, key in enumerate(plan.keys)}
    axes = [tuple(places[key.column] for key in table.keys) for table in plan.tables]
    sizes = tuple(len(key.labels) for key in plan.keys)
    return Layout(sizes=sizes, members=tuple(map(frozenset, axes))), axes


def _estimates(part: Part, table: Agreed, confidence: float) -> list[Estimate]:
    width = critical(confidence) * math.sqrt(table.variance)
    found = []
    for figure, best in zip(table.shown, table.best.tolist(), strict=True):
        low, high = within(part, float(best), best - width, best + width)
        # Rounded apart from its ends, a figure could stand a thousandth outside.
        ends = math.floor(low * STEP), math.ceil(high * STEP)
        found.append(Estimate(value=_shown(part, figure), low=_shown(part, ends[0]), high=_shown(part, ends[1])))
    return found


def _shown(part: Part, thousandths: int) -> float | int:
    """Return an amount of thousandths in the part's own unit; whole where it is."""
    if part.value is None or part.value.fixed.exponent == 0:
        whole, rest = divmod(thousandths, STEP)
        return thousandths / STEP if rest else whole
    return part.value.fixed.to_value(Fraction(thousandths, STEP))
