"""Amounts of several tables that agree, and amounts that are not negative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from datalab.privacy.estimate.count import possible, within
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.noise_size import critical, half_width, spread
from datalab.privacy.plan import Part, Plan
from datalab.privacy.tables import Layout, agreed, nonnegative
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

    The interval is that of the best linear unbiased estimate, before figures were rounded to agree or held above 0; of
    one table alone that estimate is the noisy figure itself. Then it is made to hold what is shown: see `_estimate`.
    """
    layout, axes = layout_of(plan)
    held = plan.question.query.nonnegative and possible(parts[0])[0] == 0
    variances = [spread(scale) ** 2 for scale in scales]
    found = agreed(layout, axes, vectors, variances, change=nonnegative if held else None)
    columns: list[tuple[Sequence[float], float]] = (
        [(vectors[0], half_width(scales[0], confidence))]
        if len(parts) == 1
        else [(table.best.tolist(), critical(confidence) * math.sqrt(table.variance)) for table in found]
    )
    return tuple(
        [_estimate(part, shown, one, width, held=held) for shown, one in zip(table.shown, best, strict=True)]
        for part, table, (best, width) in zip(parts, found, columns, strict=True)
    )


def layout_of(plan: Plan) -> tuple[Layout, list[tuple[int, ...]]]:
    """Return sizes and keys of a plan's tables, and the order of the keys in each."""
    places = {key.column: place for place, key in enumerate(plan.keys)}
    axes = [tuple(places[key.column] for key in table.keys) for table in plan.tables]
    sizes = tuple(len(key.labels) for key in plan.keys)
    return Layout(sizes=sizes, members=tuple(map(frozenset, axes))), axes


def _estimate(part: Part, shown: int, best: float, width: float, *, held: bool) -> Estimate:
    """Return the figure that is shown, in thousandths, and the interval around the best estimate, widened to hold it.

    Of a figure held above 0 both ends are cut there, for no less can be the truth. An interval that would be left no
    width says only that this answer is among those that miss: where the truth is, it does not, so that of 0 is told.
    """
    low, high = (best - width, best + width) if not held or best + width > 0 else (0, width)
    low, high = (max(low, 0), high) if held else within(part, best, low, high)
    # Rounded apart from its ends, or moved to agree, a figure could stand outside.
    ends = min(math.floor(low * STEP), shown), max(math.ceil(high * STEP), shown)
    return Estimate(value=_shown(part, shown), low=_shown(part, ends[0]), high=_shown(part, ends[1]))


def _shown(part: Part, thousandths: int) -> float | int:
    """Return an amount of thousandths in the part's own unit; whole where it is."""
    if part.value is None or part.value.fixed.exponent == 0:
        whole, rest = divmod(thousandths, STEP)
        return thousandths / STEP if rest else whole
    return part.value.fixed.to_value(Fraction(thousandths, STEP))
