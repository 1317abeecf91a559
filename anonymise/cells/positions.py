"""Columns of positions: one of latitudes and one of longitudes of the British Isles, to some metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

MOST: Final = 0.9
"""Share of the distinct values that must be such degrees."""
FEWEST: Final = 3
DECIMALS: Final = 4
"""From here on a degree tells one house from the next: 11 metres of latitude."""
_NORTH: Final = (49.0, 61.5)
_EAST: Final = (-11.0, 2.5)


def position_columns(columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the columns that hold exact positions, with how many of their values do.

    A measure alone can lie between 49 and 61 too: only where a column of latitudes stands beside one of longitudes are
    both told.

    Args:
        columns: distinct numbers of each, as text.
    """
    norths, easts = ({name: count for name, values in columns.items() if (count := _degrees(values, ends))}
                     for ends in (_NORTH, _EAST))  # fmt: skip
    return norths | easts if norths and easts else {}


def _degrees(values: Sequence[str], ends: tuple[float, float]) -> int:
    """Return how many values are degrees between ends with enough decimals; 0 where too few are."""
    found = sum(
        len(value.partition(".")[2]) >= DECIMALS and "e" not in value.lower() and ends[0] <= float(value) <= ends[1]
        for value in values
    )
    return found if found >= max(FEWEST, MOST * len(values)) else 0
