"""Special uniques: units that few of the quasi-identifiers single out already (Elliot et al. 2002)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MOST_COLUMNS: Final = 6
"""Most quasi-identifiers for which sets are searched: with six there are 63, and a bit for each in 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialUniques:
    """Minimal sample uniques of a table.

    A set of columns is a minimal sample unique of a unit if the unit alone has its values there, and no smaller part of
    the set is enough (Elliot, Manning and Ford 2002, doi:10.1142/S0218488502001600). The fewer columns, the likelier
    the unit is unique in the population too.
    """

    by_size: Mapping[int, int]
    """Of each number of columns how many units it takes to single them out; units that nothing does are in none."""
    sets: Mapping[tuple[str, ...], int]
    """Of each set of columns how many units have it as a minimal sample unique."""


def subsets(columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield every set of columns but the empty one, with its number: bit i stands for column i."""
    for number in range(1, 1 << len(columns)):
        yield number, tuple(name for place, name in enumerate(columns) if number >> place & 1)


def parts(number: int) -> list[int]:
    """Return the numbers of the sets that lack one column of a set; the empty set is none."""
    return [
        number ^ (1 << place) for place in range(number.bit_length()) if number >> place & 1 and number ^ (1 << place)
    ]
