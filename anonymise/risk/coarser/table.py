"""The grouped table that the search works on: every distinct combination, with how many units have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymise.risk.classes import Classes
from anonymise.risk.coarser.hierarchy import Step, Value, steps
from datalab.contract.model import Column

Codes = npt.NDArray[np.int64]
Levels = tuple[int, ...]
"""Of each column which of its steps is taken; all 0 is the table as it is."""


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Combinations with their weights."""

    columns: tuple[Column, ...]
    """The quasi-identifiers."""
    values: tuple[Sequence[Any], ...]
    """Of each column the value of each combination; None is a missing one."""
    weights: Codes
    """Of each combination how many units have it."""
    owners: Codes | None = None
    """Where each unit's combinations stand one by one, a number of the unit's own from 0; then all weights are 1, and
    what is counted is exact: a unit counts once where its combinations become one. Without it, it counts for each."""

    @cached_property
    def steps(self) -> tuple[tuple[Step, ...], ...]:
        """Of each column its steps."""
        return tuple(
            steps(column, self._counts(values)) for column, values in zip(self.columns, self.values, strict=True)
        )

    @cached_property
    def units(self) -> int:
        """Units in the table; without owners, once for each of their combinations."""
        return int(self.weights.sum()) if self.owners is None else int(self.owners.max(initial=-1)) + 1

    def below(self, levels: Levels, k: int) -> int:
        """Return how many units would share a combination with fewer than k, themselves counted."""
        sizes, of = self._classes(levels)
        return self.having(sizes[of] < k)

    def having(self, chosen: npt.NDArray[np.bool_]) -> int:
        """Return how many units have one of the chosen combinations; counted as `units` are."""
        return int(self.weights[chosen].sum()) if self.owners is None else len(np.unique(self.owners[chosen]))

    def counted(self, levels: Levels) -> Classes:
        """Return the classes at some levels; exact where there are owners."""
        sizes, of = self._classes(levels)
        if self.owners is None:
            smallest = Counter({size: size * count for size, count in Counter(sizes.tolist()).items()})
        else:
            least = np.full(self.units, np.iinfo(np.int64).max)
            np.minimum.at(least, self.owners, sizes[of])
            smallest = Counter(least.tolist())
        return Classes(by_size=Counter(sizes.tolist()), units_by_size=smallest)

    def _classes(self, levels: Levels) -> tuple[Codes, Codes]:
        """Return the sizes of the classes at some levels, and of each combination which class it is in."""
        key = np.zeros(len(self.weights), np.int64)
        for column, level in enumerate(levels):
            codes, count = self._codes[column][level]
            if count > 1:
                key = np.unique(key * count + codes, return_inverse=True)[1].astype(np.int64)
        if self.owners is None:
            return np.bincount(key, weights=self.weights).astype(np.int64), key
        classes = int(key.max(initial=0)) + 1
        return np.bincount(np.unique(self.owners * classes + key) % classes, minlength=classes), key

    def codes(self, column: int, level: int) -> tuple[Codes, int]:
        """Return the coarser value of each combination as a number from 0, and how many there are."""
        return self._codes[column][level]

    @cached_property
    def _codes(self) -> tuple[tuple[tuple[Codes, int], ...], ...]:
        return tuple(
            tuple(_coded(values, step) for step in ladder)
            for values, ladder in zip(self.values, self.steps, strict=True)
        )

    def _counts(self, values: Sequence[Any]) -> Counter[Any]:
        counts: Counter[Any] = Counter()
        for value, weight in zip(values, self.weights.tolist(), strict=True):
            counts[value] += weight
        return counts


def coarser(step: Step, value: Value) -> Value:
    """Return what a step makes of a cell; a missing one stays missing."""
    return None if value is None else step.label(value)


def _coded(values: Sequence[Any], step: Step) -> tuple[Codes, int]:
    labels: dict[Any, Any] = {value: coarser(step, value) for value in dict.fromkeys(values)}
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels.values()))}
    return np.array([numbers[labels[value]] for value in values], np.int64), len(numbers)
