"""Whole plans: everything that an answer's computation and its cost depend on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from datalab.contract.model import PrivacyUnit
from datalab.privacy.plan.discovery import Discovery
from datalab.privacy.plan.figure import Figure
from datalab.privacy.plan.key import Key
from datalab.privacy.plan.part import Part
from datalab.privacy.plan.source import DerivedColumn, Source
from datalab.query.model import Predicate, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """One table of an answer: its groups, and how much it matters beside the others."""

    keys: tuple[Key, ...]
    weight: int = 1

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(len(key.labels) for key in self.keys)

    def cell_labels(self) -> Iterator[tuple[str, ...]]:
        """Yield the labels of each cell; the last key changes quickest."""
        return itertools.product(*(key.labels for key in self.keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that an answer's computation and its cost depend on."""

    question: Question
    unit: PrivacyUnit
    salt: int
    """Signed 64-bit number from the question's fingerprint: decides which rows are kept where a unit has too many."""
    sources: tuple[Source, ...]
    """The question's own dataset first, then the joined ones in order."""
    derived: tuple[DerivedColumn, ...]
    """Columns worked out after joining, of columns of several datasets."""
    where: Predicate | None
    """Conditions that need columns of several datasets, applied after joining."""
    keys: tuple[Key, ...]
    """All of the question's groups, in its order."""
    tables: tuple[PlanTable, ...]
    """What is answered: one table by all keys, or several by some of them."""
    parts: tuple[Part, ...]
    """One for each noisy vector."""
    figures: tuple[Figure, ...]
    """One for each measure, in the question's order."""
    discovery: Discovery | None = None

    @property
    def exact(self) -> bool:
        """Whether the data is public: nothing is bounded, nothing is noised, nothing is spent."""
        return self.unit is PrivacyUnit.PUBLIC

    @property
    def size(self) -> int:
        """Number of cells of the answer, all tables together."""
        return sum(table.size for table in self.tables)

    def part(self, name: str) -> Part:
        """Return the part of that name."""
        return next(part for part in self.parts if part.name == name)

    def figure(self, name: str) -> Figure:
        """Return the figure of that name."""
        return next(figure for figure in self.figures if figure.name == name)

    def parts_of(self, figure: Figure) -> tuple[Part, ...]:
        """Return the parts that a figure is made of, in its order."""
        return tuple(self.part(name) for name in figure.parts)

    def with_values(self, values: tuple[str, ...]) -> Plan:
        """Return the plan with the values that its discovery told as the groups of their column."""
        if self.discovery is None:
            return self
        column = self.discovery.column

        def filled(keys: tuple[Key, ...]) -> tuple[Key, ...]:
            return tuple(replace(key, values=values) if key.column == column else key for key in keys)

        return replace(
            self,
            keys=filled(self.keys),
            tables=tuple(replace(table, keys=filled(table.keys)) for table in self.tables),
            parts=tuple(
                replace(part, keys=filled(part.keys), bounded_at=filled(part.bounded_at)) for part in self.parts
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Integer vectors, one a part: exact from an engine, as long as the part; noisy after, as long as what is drawn."""

    vectors: Mapping[str, tuple[int, ...]]
