"""What derived groups are called, and which there are: from the contract and the question alone, never from data."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import assert_never

from datalab.query.model import ClockPart, Period, Recode

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
HOURS = tuple(str(hour) for hour in range(24))
ACADEMIC_YEAR_BEGINS = 9
"""September: Education Act 1996 s.579 (school year)."""
FINANCIAL_YEAR_BEGINS = 4
"""April: Interpretation Act 1978 sch. 1."""
OTHER = "other"
"""What a recoded category is called that is in no group."""
MAX_LABELS = 10_000
"""Most groups that one derived column may have."""


def period_label(value: date, period: Period) -> str:  # noqa: PLR0911 - a case each
    """Return the period in which a date lies."""
    match period:
        case Period.DAY:
            return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        case Period.WEEK:
            year, week, _ = value.isocalendar()
            return f"{year:04d}-W{week:02d}"
        case Period.MONTH:
            return f"{value.year:04d}-{value.month:02d}"
        case Period.QUARTER:
            return f"{value.year:04d}-Q{(value.month + 2) // 3}"
        case Period.YEAR:
            return f"{value.year:04d}"
        case Period.ACADEMIC_YEAR:
            return _split_year(value, ACADEMIC_YEAR_BEGINS)
        case Period.FINANCIAL_YEAR:
            return _split_year(value, FINANCIAL_YEAR_BEGINS)
        case _:
            assert_never(period)


def _split_year(value: date, begins: int) -> str:
    year = value.year if value.month >= begins else value.year - 1
    return f"{year:04d}/{(year + 1) % 100:02d}"


def period_labels(lower: date, upper: date, period: Period) -> tuple[str, ...] | None:
    """List every period from one date to another, both included, in order; None where they are too many."""
    seen: dict[str, None] = {}
    for days in range((upper - lower).days + 1):
        seen[period_label(lower + timedelta(days=days), period)] = None
        if len(seen) > MAX_LABELS:
            return None
    return tuple(seen)


def clock_labels(part: ClockPart) -> tuple[str, ...]:
    """List every label of a part of the time, in order."""
    match part:
        case ClockPart.HOUR:
            return HOURS
        case ClockPart.WEEKDAY:
            return WEEKDAYS
        case ClockPart.MONTH_OF_YEAR:
            return MONTHS
        case _:
            assert_never(part)


def band_labels(edges: Sequence[int | float]) -> tuple[str, ...]:
    """Return what the bands between edges are called, from the lowest up."""
    texts = [_number(edge) for edge in edges]
    between = [f"{low} to below {high}" for low, high in itertools.pairwise(texts)]
    return (f"below {texts[0]}", *between, f"{texts[-1]} and over")


def _number(value: int | float) -> str:  # noqa: PYI041 - both are written
    return str(int(value)) if value == int(value) else repr(value)


def recode_labels(recode: Recode, values: Sequence[str]) -> tuple[str, ...]:
    """Return what the groups of merged categories are called, `other` last where a category is in none."""
    grouped = {value for group in recode.groups for value in group}
    labels = tuple(" or ".join(group) for group in recode.groups)
    return labels if grouped >= set(values) else (*labels, OTHER)
