"""Columns of days on which people were born: written as text, of many years, few of them recent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

BORN: Final = range(1900, 2016)
"""Years in which a date of birth lies, in most registers."""
MOST: Final = 0.8
"""Share of the values that must be such days."""
SPREAD: Final = 8
"""Years between the earliest tenth and the latest tenth: visits and crimes of an extract lie closer together."""
FEWEST: Final = 3
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
