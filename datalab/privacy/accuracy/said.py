"""What a preview assumes, and for which data a wished-for error is sold, in words."""

from __future__ import annotations

import math

from datalab.privacy.accuracy.assumed import ABOVE, Assumed, halved, is_rows_each, rows_above
from datalab.privacy.accuracy.expected import SIZED, for_any_data
from datalab.privacy.accuracy.foreseen import FORESEEN_VALUES
from datalab.privacy.accuracy.held_error import may_lose
from datalab.privacy.accuracy.typical import halfway
from datalab.privacy.digits import significant
from datalab.privacy.estimate.noise_size import CONFIDENCE
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, PartKind, Plan
from datalab.query.explain.words import UNITS

_SHAPES = f"If even: values are {Assumed.EVEN}; if skewed: {Assumed.SKEWED.removeprefix('skewed: ')}."
_NARROWER = "Where public knowledge says that values lie within less of the range, clamp the column to that first."
SUPPOSE = (
    "Where public knowledge says how large the figure is, suppose that size (`of`), and state the error in percent."
)
"""What helps where a figure is taken to be as large as public facts make it."""
_ANY = "At most: whatever the data within its bounds."
_NO_LIMIT = "Other data can be further off, without a limit known beforehand"
_OPEN = f"{_NO_LIMIT} where at most is not stated."
_RANKS = (
    "The ranks hold however values lie, but for the bin that a figure lies in; where no value lies near, the figure "
    "can be off by the whole range."
)
_UNIT_ROWS = (
    "If even: units have 1 to R rows, each as many; if skewed: half of them within an eighth of that, few near R."
)
_LIMITS = {
    FigureKind.MEAN: _ANY,
    FigureKind.VARIANCE: _ANY,
    FigureKind.DEVIATION: f"{_ANY} That is where values hardly differ.",
    FigureKind.QUANTILE: _RANKS,
    FigureKind.UNIT_ROWS: _RANKS,
}


def assumes(figure: Figure, plan: Plan) -> str:
    """Return what the expected error of a figure assumes of the data; empty where it is the same for all data."""
    return f"{taken_as(figure, plan)} {_limit(figure, plan)}" if figure.kind in SIZED else ""


def taken_as(figure: Figure, plan: Plan) -> str:
    """Return how the data of a figure is taken to be whose error depends on that."""
    if figure.kind is not FigureKind.RATIO:
        return _UNIT_ROWS if figure.kind is FigureKind.UNIT_ROWS else _SHAPES
    top, bottom = plan.parts_of(figure)
    if isinstance(top.value, Flag):
        return "One quarter or three quarters of the rows count above the line."
    if is_rows_each(top, bottom):
        return _each(top, bottom, plan)
    if PartKind.SUM not in (top.kind, bottom.kind):
        return "Half as much counts above the line as below."
    rows = f" {_each(top, bottom, plan)}" if top.kind is PartKind.SUM and bottom.kind is PartKind.UNITS else ""
    return f"{_SHAPES}{rows}{' The ratio is one half.' if halved(top, bottom) else ''}"


def _limit(figure: Figure, plan: Plan) -> str:
    """Return how much further off other data can be."""
    if figure.kind is not FigureKind.RATIO:
        return _LIMITS[figure.kind]
    top, bottom = plan.parts_of(figure)
    if for_any_data(figure, plan):
        return _ANY
    if bottom.kind is PartKind.SUM:
        return f"{_NO_LIMIT}: the less the amount below the line comes to, the more."
    return f"{_NO_LIMIT} where at most is not stated: the larger the ratio, the more." if top.value else _OPEN


def _each(top: Part, bottom: Part, plan: Plan) -> str:
    """Return how many rows each unit below the line is taken to have above it."""
    rows = rows_above(top, bottom)
    means = "half as many rows as units" if rows == ABOVE else halfway(top)
    return f"Each {UNITS[plan.unit][0]} counts {rows:,g} rows above the line: {means}."


def sold_for(figure: Figure, plan: Plan) -> str:
    """Return for which data a budget is enough that was found for a wished-for error."""
    if may_lose(figure, plan):
        found = "" if plan.discovery is None else f", while no more than {FORESEEN_VALUES:,} values are found out"
        return (
            "It is enough whatever the data within its bounds, also for a full cell among empty ones, off which what "
            f"noise adds to these is taken when figures are held at 0 or above{found}."
        )
    if figure.kind not in SIZED or for_any_data(figure, plan):
        return "It is enough whatever the data within its bounds."
    return f"It is enough for data as assumed. {assumes(figure, plan)} {_nearer(figure, plan)}".rstrip()


def of_column(figure: Figure, plan: Plan) -> bool:
    """Whether a figure is of the values of a column, so that a narrower range of it leaves less noise."""
    return any(
        (part.value is not None and not isinstance(part.value, Flag)) or (part.keys and part.keys[-1].bin is not None)
        for part in plan.parts_of(figure)
    )


def _nearer(figure: Figure, plan: Plan) -> str:
    """Return how public knowledge makes a price that is for data as assumed one for data that is nearer."""
    if of_column(figure, plan):
        return _NARROWER
    return SUPPOSE if figure.kind is FigureKind.RATIO else ""


def reached_text(half: float) -> str:
    """Return in words how exact a figure is at some budget; half of the interval may be infinite."""
    if math.isinf(half):
        return "what is below the line is lost in its noise"
    return f"{CONFIDENCE:.0%} of figures are within ±{significant(half, 4)}"
