"""What a preview assumes, and for which data a wished-for error is sold, in words."""

from __future__ import annotations

import math

from datalab.privacy.accuracy.assumed import ABOVE, Assumed, halved, is_rows_each, rows_above
from datalab.privacy.accuracy.expected import SIZED, for_any_data
from datalab.privacy.accuracy.foreseen import FORESEEN_VALUES
from datalab.privacy.accuracy.held import may_lose
from datalab.privacy.accuracy.typical import halfway
from datalab.privacy.digits import significant
from datalab.privacy.estimate.noise_size import CONFIDENCE
from datalab.privacy.plan import Figure, FigureKind, Flag, Part, PartKind, Plan
from datalab.query.explain.words import UNITS

_SHAPES = f"If even: values are {Assumed.EVEN}; if skewed: {Assumed.SKEWED.removeprefix('skewed: ')}."
_NARROWER = "Where public knowledge says that values lie within less of the range, clamp the column to that first."
_ANY = "At most: whatever the data within its bounds."
_NO_LIMIT = "Other data can be further off, without a limit known beforehand"
_OPEN = f"{_NO_LIMIT} where at most is not stated."
_RANKS = (
    "The ranks hold however values lie, but for the bin that a figure lies in; where no value lies near, the figure "
    "can be off by the whole range."
)
_ASSUMES = {
    FigureKind.MEAN: f"{_SHAPES} {_ANY}",
    FigureKind.VARIANCE: f"{_SHAPES} {_ANY}",
    FigureKind.DEVIATION: f"{_SHAPES} {_ANY} That is where values hardly differ.",
    FigureKind.QUANTILE: f"{_SHAPES} {_RANKS}",
    FigureKind.UNIT_ROWS: f"If even: units have 1 to R rows, each as many; if skewed: half of them within an eighth of "
    f"that, few near R. {_RANKS}",
}


def assumes(figure: Figure, plan: Plan) -> str:
    """Return what the expected error of a figure assumes of the data; empty where it is the same for all data."""
    if figure.kind not in SIZED:
        return ""
    return _of_ratio(figure, plan) if figure.kind is FigureKind.RATIO else _ASSUMES[figure.kind]


def _of_ratio(figure: Figure, plan: Plan) -> str:
    top, bottom = plan.parts_of(figure)
    if isinstance(top.value, Flag):
        return f"One quarter or three quarters of the rows count above the line. {_ANY}"
    if is_rows_each(top, bottom):
        return f"{_each(top, bottom, plan)} {_ANY if for_any_data(figure, plan) else _OPEN}"
    above = " The ratio is one half." if halved(top, bottom) else ""
    if bottom.kind is PartKind.SUM:
        return f"{_SHAPES}{above} {_NO_LIMIT}: the less the amount below the line comes to, the more."
    if top.kind is PartKind.SUM:
        rows = f" {_each(top, bottom, plan)}" if bottom.kind is PartKind.UNITS else ""
        return f"{_SHAPES}{rows}{above} {_NO_LIMIT} where at most is not stated: the larger the ratio, the more."
    return f"Half as much counts above the line as below. {_OPEN}"


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
    return f"It is enough for data as assumed. {assumes(figure, plan)} {_NARROWER}"


def reached_text(half: float) -> str:
    """Return in words how exact a figure is at some budget; half of the interval may be infinite."""
    if math.isinf(half):
        return "what is below the line is lost in its noise"
    return f"{CONFIDENCE:.0%} of figures are within ±{significant(half, 4)}"
