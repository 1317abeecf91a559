"""Derived columns: what may be worked out of one row before it is kept, grouped or summed. Frozen nodes, no code.

The set is closed and total: every expression gives a value or a missing one for every row, and none can raise, loop or
look at another row. Times are UTC, which is "as written" for timestamps that came without an offset; the time zone of a
session plays no part. Stored questions are read for as long as the lab lives: the same law as in `datalab.query.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from datalab.query.model.column import ColumnRef


class Period(StrEnum):
    """A stretch of the calendar."""

    DAY = "day"
    """`2024-01-31`"""
    WEEK = "week"
    """ISO 8601 week, `2024-W05`"""
    MONTH = "month"
    """`2024-01`"""
    QUARTER = "quarter"
    """`2024-Q1`"""
    YEAR = "year"
    """`2024`"""
    ACADEMIC_YEAR = "academic_year"
    """September to August, `2023/24`"""
    FINANCIAL_YEAR = "financial_year"
    """April to March, `2023/24`"""


class ClockPart(StrEnum):
    """A part of the time that comes round again."""

    HOUR = "hour"
    """0 to 23; of timestamps only"""
    WEEKDAY = "weekday"
    """`Monday` to `Sunday`"""
    MONTH_OF_YEAR = "month_of_year"
    """`January` to `December`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A number column cut at edges: `below 10`, `10 to below 20`, `20 and over`; a missing value stays missing."""

    column: ColumnRef
    edges: tuple[int | float, ...]
    """Rising, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The period in which a date or timestamp lies."""

    column: ColumnRef
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The hour, weekday or month of year of a date or timestamp."""

    column: ColumnRef
    part: ClockPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Recode:
    """Categories merged: each group is called by its values, joined by ` or `; what is in no group is `other`."""

    column: ColumnRef
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamp:
    """A number column held within a range that is tighter than the contract's."""

    column: ColumnRef
    lower: int | float
    upper: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One column of a weighted sum."""

    column: ColumnRef
    weight: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A weighted sum of number columns in doubles, from left to right; missing where any of them is."""

    terms: tuple[Term, ...]
    constant: int | float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysBetween:
    """Whole days from one date to another, negative where the other comes first; of timestamps the UTC date counts."""

    earlier: ColumnRef
    later: ColumnRef


Expression = Band | Calendar | Clock | Recode | Clamp | Linear | DaysBetween


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A column that a question works out of others and then uses by name, as if it were the first dataset's own."""

    name: str
    expression: Expression
