"""The size of a group that somebody states: a number of rows that there can be."""

from __future__ import annotations

from datalab.errors import QueryError

MOST_ROWS = 10**12
"""Of one group: more than any table holds, and few enough to reckon with in floats."""


def check_size(count: int) -> None:
    """Check the size of a group that an error is stated for.

    Raises:
        QueryError: if no group has so many rows.
    """
    remedy = "State the size of the group as a number above 0."
    if count < 1:
        raise QueryError("A group has at least one row.", remedy=remedy)
    if count > MOST_ROWS:
        raise QueryError(f"A group has at most {MOST_ROWS:,} rows.", remedy=remedy)
