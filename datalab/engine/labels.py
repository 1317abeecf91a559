"""Texts that derived columns give: the same on every engine."""

from __future__ import annotations

from collections.abc import Iterator

from datalab.privacy.plan import DerivedColumn
from datalab.query.model import Band, ClockPart, Recode

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
CLOCK_LABELS = {ClockPart.WEEKDAY: WEEKDAYS, ClockPart.MONTH_OF_YEAR: MONTHS}
OTHER = "other"
"""What a value is recoded to that is in no group."""
FIRST_MONTHS = {"academic_year": 9, "financial_year": 4}
"""In which month a year that spans two calendar years begins: England's school year and the UK's financial year."""


def recoded(expression: Recode) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the label of each group and the values that it merges."""
    for values in expression.groups:
        yield " or ".join(values), values


def band_labels(column: DerivedColumn, expression: Band) -> tuple[str, ...]:
    """Return the label of each band, the lowest first; there is one more than there are edges."""
    if column.labels is not None and len(column.labels) == len(expression.edges) + 1:
        return column.labels
    message = "A plan states every label of its bands."
    raise AssertionError(message)
