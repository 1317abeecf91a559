"""What a figure can be at all, whatever the data: known from the bounds alone."""

from __future__ import annotations

import math

from datalab.contract.model import PrivacyUnit
from datalab.privacy.accuracy.assumed import is_rows_each
from datalab.privacy.digits import significant
from datalab.privacy.estimate import count
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.estimate.ratio import limits, no_more_rows, step_of
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, PartKind, Plan
from datalab.query.explain.words import UNITS

ROUNDING = 1e-9
"""By which share floats that should be alike may differ."""
_DIGITS = 12
"""In which a bound is told: in fewer it can be told larger than it is, so that nobody could state what is told."""


def unit_of(figure: Figure) -> str:
    """Return the unit that stands after a number of a figure: people, where persons are counted."""
    return UNITS[PrivacyUnit(figure.unit)][1] if figure.kind is FigureKind.UNITS else figure.unit


def told_within(figure: Figure, plan: Plan) -> tuple[float, float] | None:
    """Return the least and the greatest figure that an answer may tell, where it knows both."""
    parts = plan.parts_of(figure)
    if figure.kind is FigureKind.UNIT_ROWS:
        return 1.0, float(parts[0].edges[-1])
    if figure.kind is FigureKind.QUANTILE:
        bin_ = parts[0].keys[-1].bin
        return None if bin_ is None else (bin_.fixed.lower_value, bin_.fixed.upper_value)
    if figure.kind is FigureKind.RATIO:
        if isinstance(parts[0].value, Flag):
            return 0.0, float(figure.per)
        least, most = (limit * figure.per * step_of(parts[0], parts[1]) for limit in limits(parts[0], parts[1]))
        return (least, most) if math.isfinite(least) and math.isfinite(most) else None
    fixed = fixed_of(parts[1])
    if figure.kind is FigureKind.MEAN:
        return fixed.lower_value, fixed.upper_value
    reach = (fixed.upper - fixed.lower) / 2 / 10.0**fixed.exponent
    return 0.0, reach if figure.kind is FigureKind.DEVIATION else reach**2


def possible(figure: Figure, plan: Plan) -> tuple[float, float]:
    """Return the least and the greatest figure that there can be; infinite where no bound says.

    Of a ratio no answer tells more than `told_within`, but what a unit or a row may count below the line and above it
    says how large it can be, where what counts above also counts below.
    """
    parts = plan.parts_of(figure)
    if figure.kind in (FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM):
        least, most = count.possible(parts[0])
        return -math.inf if least is None else float(least), math.inf if most is None else float(most)
    if figure.kind is not FigureKind.RATIO or isinstance(parts[0].value, Flag) or parts[0].name == parts[1].name:
        return told_within(figure, plan) or (-math.inf, math.inf)
    top, bottom = parts
    unit = figure.per * step_of(top, bottom)
    largest, ends = most_of(top, bottom), limits(top, bottom)
    lowest = 1.0 if _is_one(top, bottom) else max(ends[0], -largest)
    return lowest * unit, min(ends[1], largest) * unit


def most_of(top: Part, bottom: Part) -> float:
    """Return the largest |quotient| that two parts can have, in their whole numbers; infinite where no bound says."""
    least = least_of(bottom)
    if least <= 0 or not no_more_rows(top, bottom):
        return math.inf
    return top.magnitude * (top.rows_per_cell if bottom.kind is PartKind.UNITS else 1) / least


def least_of(bottom: Part) -> int:
    """Return the least that a row (or unit) below the line counts, in steps."""
    return 1 if bottom.value is None else bottom.value.fixed.lower


def bound_text(bound: float) -> str:
    """Return a bound of what a figure can be, as it can be stated."""
    return significant(bound, _DIGITS)


def possible_text(figure: Figure, plan: Plan, unit: str) -> str:
    """Return in words what a figure can be."""
    least, most = possible(figure, plan)
    unit = f" {unit}" if unit else ""
    if math.isfinite(least) and math.isfinite(most):
        return f"By its bounds it is from {bound_text(least)} to {bound_text(most)}{unit}."
    if math.isfinite(least):
        return f"By its bounds it is {bound_text(least)} or more."
    return f"By its bounds it is {bound_text(most)} or less." if math.isfinite(most) else ""


def _is_one(top: Part, bottom: Part) -> bool:
    """Whether each unit below the line has a row above it."""
    return is_rows_each(top, bottom) and no_more_rows(top, bottom)
