"""Columns of days on which people were born: written as text, of many years, few of them recent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from anonymise.prose.dates.written_date import read_date

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
SCHOOL_AGES: Final = (3.5, 20.0)
"""Years between the latest day of an extract and the births of who are in it, where all of them learn."""
COHORTS: Final = timedelta(days=730)
"""Between the earliest tenth and the latest tenth of such births."""
WEEKENDS: Final = (0.18, 0.40)
"""Share of births on Saturdays and Sundays, two sevenths: offices open, admit and close on other days."""
SAME: Final = 0.02
"""Most units that share a day: many are admitted on the first day of a term."""
LONGEST: Final = 30
"""Characters of a day with its weekday and month in full."""
FEWEST: Final = 3
FEWEST_UNITS: Final = 20
"""Fewer units may lie far apart by chance."""
FEWEST_CHILDREN: Final = 100
_YEAR: Final = 365.25
_SATURDAY: Final = 5
_DAY: Final = re.compile(
    r"(?:\d{1,2}[/. -](?:\d{1,2}|[A-Za-z]{3,9})[/. -]((?:19|20)\d\d)|"
    r"((?:19|20)\d\d)(?:[/.-]\d{1,2}[/.-]\d{1,2}|[01]\d[0-3]\d))"
)
_DIGITS: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])((?:19|20)\d\d)")
"""Day first, with nothing between; a column of numbers loses the zero."""
_MIDNIGHT: Final = re.compile(r"[T ](?:00|01|23):00(?::00(?:\.0+)?)?(?: ?Z|[+-]\d\d:?\d\d)?$")
"""Of a day that a system holds as a time, in winter or in summer; of events the times differ."""
_PIVOT: Final = 1930
"""Of two figures that may be this year or before, few are births of so long ago, and none is to come."""
_CENTURY: Final = 100


def born_days(values: Sequence[str]) -> int:
    """Return how many values are days of birth if the column is one of them, 0 if it is not.

    Args:
        values: distinct values.
    """
    years = [year for value in values if (year := _year(_MIDNIGHT.sub("", value))) is not None]
    born = sorted(year for year in years if year in BORN)
    if len(born) < FEWEST or len(born) < MOST * len(values):
        return 0
    tenth = len(born) // 10
    return len(born) if born[-1 - tenth] - born[tenth] >= SPREAD else 0


def _year(value: str) -> int | None:
    """Return the year of a day as it is written in a cell, None where it is no day; of two figures, the past's."""
    if (match := _DAY.fullmatch(value)) is not None:
        return int(match[1] or match[2])
    if (match := _DIGITS.fullmatch(value)) is not None:
        return int(match[1])
    written = read_date(value) if len(value) <= LONGEST and ":" not in value else None
    if written is None or written.day is None:
        return None
    year = written.day.year
    return year - _CENTURY if written.is_short and year >= _PIVOT + _CENTURY else year


def born_children(days: Sequence[tuple[date, date]], latest: date) -> int:
    """Return how many units have a day that is likely the birth of a child at school, 0 if the column is of other days.

    Each has one; all lie as far before what else the extract tells of as the ages of school, several years of them, on
    every day of the week. An extract that tells of nothing later, as a register without another day, shows none of it.

    Args:
        days: of each unit, the first and the last day of its rows.
        latest: the latest day that stands in any other column.
    """
    one = sorted(first for first, last in days if first == last)
    if len(one) < FEWEST_CHILDREN or len(one) < CONSTANT * len(days):
        return 0
    youngest, oldest = ((latest - day).days / _YEAR for day in (one[-1], one[0]))
    tenth = len(one) // 10
    weekends = sum(day.weekday() >= _SATURDAY for day in one) / len(one)
    holds = (
        SCHOOL_AGES[0] <= youngest <= oldest <= SCHOOL_AGES[1]
        and one[-1 - tenth] - one[tenth] >= COHORTS
        and WEEKENDS[0] <= weekends <= WEEKENDS[1]
        and Counter(one).most_common(1)[0][1] <= max(FEWEST, SAME * len(one))
    )
    return len(one) if holds else 0


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
