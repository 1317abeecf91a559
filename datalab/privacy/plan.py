"""Plans: a question compiled to bounded integer cells and the noise each vector needs, without touching data.

A plan says which rows are read, how each unit's contribution is bounded, which cells the answer has (a fixed public
list), and for every noisy part its sensitivity and its share of the budget. Engines compute exactly what a plan says;
`Noise` noises exactly what it says.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeVar

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.contract.published import MISSING
from datalab.privacy.bounds import FixedPoint, Sensitivity
from datalab.privacy.budget import Budget
from datalab.query.model import ColumnRef, Predicate, Question


class PartKind(StrEnum):
    """What one vector of an answer counts up."""

    ROWS = "rows"
    UNITS = "units"
    VALUES = "values"
    """Rows that have a value in the column: the lower half of a mean."""
    SUM = "sum"
    CENTRED_SUM = "centred_sum"
    """Sum of (value - centre of the stated range): the upper half of a mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number column as a part sums it."""

    column: ColumnRef
    """With its dataset always named."""
    fixed: FixedPoint
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One vector of integer cells, its bounds and its share of the budget."""

    name: str
    """Unique in the plan: the measure's name, for means with `/values` or `/sum`."""
    measure: str
    kind: PartKind
    value: Value | None
    """None where rows or units are counted."""
    rows_per_unit: int
    """R: at most this many rows of a unit count in this part."""
    rows_per_cell: int
    """At most this many rows of a unit count in one cell; 1 where units are counted."""
    magnitude: int
    """Largest |contribution| of one row, in the part's integer unit; 1 for counts."""
    sensitivity: Sensitivity
    share: Budget
    """What this part may cost at most; nothing for public data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column that an engine reads."""

    name: str
    logical_type: LogicalType


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One dataset that the question reads."""

    dataset: str
    columns: tuple[SourceColumn, ...]
    """The columns that the question uses, by name, without the unit column."""
    where: Predicate | None
    """Kept rows; every column in it is this dataset's, with the dataset named."""
    rows_per_unit: int | None
    """At most this many kept rows of a unit enter the join, in hash order; None where nothing is joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One grouping column and every group it can give, in public order."""

    column: ColumnRef
    """With its dataset always named."""
    values: tuple[str, ...]
    nullable: bool
    """Whether one more group, the last, holds rows without a value."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Groups as the answer shows them."""
        return (*self.values, MISSING) if self.nullable else self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that an answer's computation and its cost depend on."""

    question: Question
    unit: PrivacyUnit
    salt: int
    """Signed 64-bit number from the question's fingerprint: decides which rows are kept where a unit has too many."""
    sources: tuple[Source, ...]
    """The question's own dataset first, then the joined ones in order."""
    where: Predicate | None
    """Conditions that need columns of several datasets, applied after joining."""
    keys: tuple[Key, ...]
    parts: tuple[Part, ...]
    """One for each noisy vector, in the order of the measures."""

    @property
    def exact(self) -> bool:
        """Whether the data is public: nothing is bounded, nothing is noised, nothing is spent."""
        return self.unit is PrivacyUnit.PUBLIC

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(len(key.labels) for key in self.keys)

    def cell_labels(self) -> Iterator[tuple[str, ...]]:
        """Yield the group labels of each cell, in the order of every vector; the last key changes quickest."""
        return itertools.product(*(key.labels for key in self.keys))

    def part(self, name: str) -> Part:
        """Return the part of that name."""
        return next(part for part in self.parts if part.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Integer vectors, one a part, each `plan.size` long in the plan's order: exact from an engine, noisy after."""

    vectors: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPrice:
    """What noising one part takes."""

    part: str
    scale: float
    """Standard deviation parameter of the discrete Gaussian, in the part's integer unit."""
    cost: Budget
    """Cost a unit as the noise library states it, rounded up."""
    mechanism: str
    """From what the cost can be recomputed: mechanism, sensitivity, scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the whole answer costs; known before data is touched."""

    parts: tuple[PartPrice, ...]
    """Empty for public data."""
    software: str
    """Name and version of the library that stated the cost, such as `opendp 0.16.0`."""

    @property
    def total(self) -> Budget:
        """Cost of all parts together: zCDP adds up."""
        return sum((part.cost for part in self.parts), Budget(0))

    @property
    def mechanism(self) -> str:
        """All mechanisms in one line, for the ledger."""
        return "; ".join(f"{part.part}: {part.mechanism}" for part in self.parts) or "exact: public data"

    def scale(self, part: str) -> float:
        """Return the noise scale of a part; 0 where it is exact."""
        return next((price.scale for price in self.parts if price.part == part), 0.0)


TableT_contra = TypeVar("TableT_contra", contravariant=True)


class Engine(Protocol[TableT_contra]):
    """Computes the bounded integer cells of a plan."""

    def cells(self, plan: Plan, tables: Mapping[str, TableT_contra]) -> Cells:
        """Return the bounded vectors; `tables` maps each dataset of the plan to where its rows are.

        Raises InternalError, without any text from the data, if the tables cannot be read.
        """


class Noise(Protocol):
    """Prices and draws the noise of a plan."""

    def price(self, plan: Plan) -> Price:
        """Return the cost and the scale of every part: never more than its share."""

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Return the noisy vectors; never raises because of what the cells hold."""

    def epsilon(self, cost: Budget, delta: Fraction) -> float:
        """Return the epsilon of a zCDP cost at a delta, rounded up to four decimals."""
