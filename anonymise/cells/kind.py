"""A kind of identifier that cells are counted by, and from which share of a column's values it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SURE: Final = 0.01
"""Share of distinct values from which a kind that hardly comes about by chance is told."""
CHECKED: Final = 0.3
"""Share from which a number is told whose check one code in ten or twenty of the shape passes by chance."""
SHAPED: Final = 0.5
"""Share from which a shape is told that codes of other kinds can have as well."""
ANY_NUMBER: Final = 0.8
"""Share from which a number is told that nothing but its length and its first digits speak for."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """What a cell looks like."""

    words: str
    """Plural: `telephone numbers`. Several kinds may have the same words, from different shares."""
    share: float
    """Of the distinct values of a column, from which it is told."""
    fewest: int = 3
    """Distinct values below which nothing is said: one slip of a keyboard makes a code of a word."""

    @property
    def sure(self) -> bool:
        """Whether a few such cells among many others are enough."""
        return self.share <= SURE
