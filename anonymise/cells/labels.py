"""Columns that hold labels and no people: companies, towns and countries, categories in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # letters of every alphabet

from anonymise.cells.places import is_place
from anonymise.prose.lists.names import Ordinary, bare, name_lists

MOST: Final = 0.7
"""Share of the distinct values that must be of a kind."""
CATEGORIES: Final = 30
"""Most distinct values of a code list in words."""
REPEATED: Final = 3
"""Times that a category stands in a column, on average."""
_COMPANY: Final = regex.compile(
    r".*\b(?:ltd|limited|plc|llp|lp|inc|cic|cyf|group|holdings|(?:&|and) (?:sons?|co|partners|associates)|company)\.?",
    regex.IGNORECASE,
)
"""Ends of registered names (Companies House, incorporation and names), Welsh ones too, and of trading names."""


def are_companies(values: Sequence[str]) -> bool:
    """Whether most distinct values are names of companies."""
    return sum(_COMPANY.fullmatch(value) is not None for value in values) >= MOST * len(values)


def are_places(values: Sequence[str]) -> bool:
    """Whether most distinct values are listed towns, districts or countries."""
    return sum(map(is_place, values)) >= MOST * len(values)


def are_categories(values: Sequence[str], rows: int) -> bool:
    """Whether few values, repeated often, are words, and not mostly words that are names as well.

    Args:
        values: distinct values.
        rows: how many cells they stand in.
    """
    if len(values) > CATEGORIES or rows < REPEATED * len(values):
        return False
    lists, words = name_lists(), [[bare(word) for word in regex.findall(r"[\p{L}']+", value)] for value in values]
    common = sum(bool(one) and all(lists.ordinary(word) is Ordinary.COMMON for word in one) for one in words)
    named = sum(len(one) == 1 and (lists.is_given(one[0]) or lists.is_surname(one[0])) for one in words)
    return common >= MOST * len(values) and named < MOST * len(values)
