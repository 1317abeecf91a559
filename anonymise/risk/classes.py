"""Equivalence classes: how many units share each combination of quasi-identifiers (k-anonymity, Samarati 2001)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Classes of a table by their size, which is how many units they hold, not how many rows.

    A unit counts once in each combination that its rows have, and is as exposed as the smallest class that one of its
    rows is in: (X,Y)-anonymity with the quasi-identifiers as X and the unit as Y (Wang and Fung 2006,
    doi:10.1145/1150402.1150449). A missing value is a value of its own: it matches a missing one alone.
    """

    by_size: Mapping[int, int]
    """Of each size how many classes have it."""
    units_by_size: Mapping[int, int]
    """Of each size how many units have it as their smallest class."""

    @property
    def units(self) -> int:
        """Units in the table."""
        return sum(self.units_by_size.values())

    @property
    def combinations(self) -> int:
        """Classes in the table."""
        return sum(self.by_size.values())

    @property
    def memberships(self) -> int:
        """Units in classes, each once a class: as many as units, where each unit has one combination."""
        return sum(size * classes for size, classes in self.by_size.items())

    @property
    def k(self) -> int:
        """Size of the smallest class; 0 of an empty table."""
        return min(self.by_size, default=0)

    def below(self, size: int) -> int:
        """Return how many units are in a class of fewer than `size`."""
        return sum(units for smallest, units in self.units_by_size.items() if smallest < size)

    def between(self, least: int, most: int | None) -> int:
        """Return how many units have a smallest class of `least` to `most` units, both included."""
        return sum(
            units
            for smallest, units in self.units_by_size.items()
            if least <= smallest and (most is None or smallest <= most)
        )
