"""Derived columns as they are written in Python; each declares itself where it is used.

ask("incidents").group_by(month("occurred_at"), band("minutes", 15, 60)).where(hour("occurred_at") >= 22)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datalab.query.build.argument import Argument
from datalab.query.build.column import Col, stated
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Period,
    Recode,
    Term,
)
from datalab.query.naming import default_column_name

Named = str | Col
"""A column of a contract, by name or as `col(...)`."""


_NAME = Argument("name", 'month("occurred_at", name="occurred_month")')
_BAND, _GROUPS = Argument("band(edges)", 'band("minutes", 15, 60)'), 'recode("kind", ("theft", "arson"), ("fraud",))'
_CLAMP = 'clamp("minutes", 0, 120)'
_COMBINE = 'combine({"waiting": 2, "treatment": 1}, constant=3)'


def derived(expression: Expression, name: str | None = None) -> Col:
    """Return a derived column under a name, or under the one that its expression has."""
    called = default_column_name(expression) if name is None else _NAME.text(name)
    return Col(ColumnRef(name=called), (Derived(name=called, expression=expression),))


def band(column: Named, *edges: float, name: str | None = None) -> Col:
    """Cut a number at rising edges: `band("minutes", 15, 60)` gives below 15, 15 to below 60, 60 and over."""
    return derived(Band(column=stated(column), edges=tuple(map(_BAND.number, edges))), name)


def recode(column: Named, *groups: Iterable[str], name: str | None = None) -> Col:
    """Merge categories: each group becomes one, called by its values; what is in no group becomes `other`."""
    read = Argument("recode(groups)", _GROUPS)
    merged = tuple(
        (read.text(group),) if isinstance(group, str) else tuple(map(read.text, read.items(group))) for group in groups
    )
    return derived(Recode(column=stated(column), groups=merged), name)


def clamp(column: Named, lower: float, upper: float, *, name: str | None = None) -> Col:
    """Hold a number within a range that is tighter than the contract's: less noise, more bias."""
    low, high = Argument("clamp(lower)", _CLAMP).number(lower), Argument("clamp(upper)", _CLAMP).number(upper)
    return derived(Clamp(column=stated(column), lower=low, upper=high), name)


def combine(weights: Mapping[str, float], *, constant: float = 0, name: str | None = None) -> Col:
    """Add up number columns, each with a weight: `combine({"waiting": 1, "treatment": 1})`."""
    read = Argument("combine(weights)", _COMBINE)
    if not isinstance(weights, Mapping):
        raise read.refused("a weight for each column is needed here", weights)
    terms = tuple(Term(column=stated(column), weight=read.number(weight)) for column, weight in weights.items())
    added = Argument("combine(constant)", _COMBINE).number(constant)
    return derived(Linear(terms=terms, constant=added), name)


def days_between(earlier: Named, later: Named, *, name: str | None = None) -> Col:
    """Count the whole days from one date to another; below 0 where the other comes first."""
    return derived(DaysBetween(earlier=stated(earlier), later=stated(later)), name)


def day(column: Named, *, name: str | None = None) -> Col:
    """Return the day of a date or timestamp, in UTC: `2024-01-31`."""
    return _calendar(column, Period.DAY, name)


def week(column: Named, *, name: str | None = None) -> Col:
    """Return the ISO 8601 week of a date or timestamp: `2024-W05`."""
    return _calendar(column, Period.WEEK, name)


def month(column: Named, *, name: str | None = None) -> Col:
    """Return the month of a date or timestamp: `2024-01`."""
    return _calendar(column, Period.MONTH, name)


def quarter(column: Named, *, name: str | None = None) -> Col:
    """Return the quarter of a date or timestamp: `2024-Q1`."""
    return _calendar(column, Period.QUARTER, name)


def year(column: Named, *, name: str | None = None) -> Col:
    """Return the calendar year of a date or timestamp: `2024`."""
    return _calendar(column, Period.YEAR, name)


def academic_year(column: Named, *, name: str | None = None) -> Col:
    """Return the school year, September to August: `2023/24`."""
    return _calendar(column, Period.ACADEMIC_YEAR, name)


def financial_year(column: Named, *, name: str | None = None) -> Col:
    """Return the financial year, April to March: `2023/24`."""
    return _calendar(column, Period.FINANCIAL_YEAR, name)


def hour(column: Named, *, name: str | None = None) -> Col:
    """Return the hour of a timestamp in UTC: 0 to 23."""
    return _clock(column, ClockPart.HOUR, name)


def weekday(column: Named, *, name: str | None = None) -> Col:
    """Return the weekday of a date or timestamp: `Monday` to `Sunday`."""
    return _clock(column, ClockPart.WEEKDAY, name)


def month_of_year(column: Named, *, name: str | None = None) -> Col:
    """Return the month without its year: `January` to `December`."""
    return _clock(column, ClockPart.MONTH_OF_YEAR, name)


def _calendar(column: Named, period: Period, name: str | None) -> Col:
    return derived(Calendar(column=stated(column), period=period), name)


def _clock(column: Named, part: ClockPart, name: str | None) -> Col:
    return derived(Clock(column=stated(column), part=part), name)
