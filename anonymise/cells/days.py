"""Columns of days on which people were born: written as text, of many years, few of them recent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

BORN: Final = range(1900, 2016)
"""Years in which a date of birth lies, in most registers."""
MOST: Final = 0.8
"""Share of the values that must be such days."""
SPREAD: Final = 8
"""Years between the earliest tenth and the latest tenth: visits and crimes of an extract lie closer together."""
GENERATION: Final = 25
"""The same of a column of type `date`, which may be anything: a register's events lie closer together."""
CONSTANT: Final = 0.95
"""Share of units that have one such day and no second."""
FEWEST: Final = 3
FEWEST_UNITS: Final = 20
"""Fewer units may lie far apart by chance."""
_DAY: Final = re.compile(
    r"(?:\d{1,2}[/. -](?:\d{1,2}|[A-Za-z]{3,9})[/. -]((?:19|20)\d\d)|"
    r"((?:19|20)\d\d)(?:[/.-]\d{1,2}[/.-]\d{1,2}|[01]\d[0-3]\d))"
)


def born_days(values: Sequence[str]) -> int:
    """Return how many values are days of birth if the column is one of them, 0 if it is not.

    Args:
        values: distinct values.
    """
    years = [int(match[1] or match[2]) for value in values if (match := _DAY.fullmatch(value))]
    born = sorted(year for year in years if year in BORN)
    if len(born) < FEWEST or len(born) < MOST * len(values):
        return 0
    tenth = len(born) // 10
    return len(born) if born[-1 - tenth] - born[tenth] >= SPREAD else 0


def born_units(days: Sequence[tuple[date, date]], today: date) -> int:
    """Return how many units have a day that is likely that of a birth, 0 if the column is of other days.

    Everybody has one, whatever happens to them; those of many people spread over generations; none is to come. Days of
    events differ from row to row of a unit, or lie within some years.

    Args:
        days: of each unit, the first and the last day of its rows.
        today: no day is later.
    """
    one = sorted(first for first, last in days if first == last)
    if len(one) < FEWEST_UNITS or len(one) < CONSTANT * len(days) or one[-1] > today or one[0].year < BORN.start:
        return 0
    tenth = len(one) // 10
    return len(one) if one[-1 - tenth].year - one[tenth].year >= GENERATION else 0
