"""The grouped table that the search works on: every distinct combination once, with how many units have it."""

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

    @cached_property
    def steps(self) -> tuple[tuple[Step, ...], ...]:
        """Of each column its steps."""
        return tuple(
            steps(column, self._counts(values)) for column, values in zip(self.columns, self.values, strict=True)
        )

    @cached_property
    def units(self) -> int:
        """All weights together."""
        return int(self.weights.sum())

    def below(self, levels: Levels, k: int) -> int:
        """Return how many units would share their combination with fewer than k, themselves counted."""
        sizes, of = self.classes(levels)
        return int(self.weights[sizes[of] < k].sum())

    def classes(self, levels: Levels) -> tuple[Codes, Codes]:
        """Return the sizes of the classes at some levels, and of each combination which class it is in."""
        key = np.zeros(len(self.weights), np.int64)
        for column, level in enumerate(levels):
            codes, count = self._codes[column][level]
            key = key * count + codes
            if count > 1:
                key = np.unique(key, return_inverse=True)[1].astype(np.int64)
        sizes = np.bincount(key, weights=self.weights).astype(np.int64)
        return sizes, key

    def counted(self, levels: Levels) -> Classes:
        """Return the classes at some levels, where every unit has one combination."""
        by_size = Counter(self.classes(levels)[0].tolist())
        return Classes(by_size=by_size, units_by_size={size: size * count for size, count in by_size.items()})

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
