"""Noisy vectors: what each counts up, how one unit's share in it is bounded, and what it may cost."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from datalab.privacy.bounds import FixedPoint, Sensitivity
from datalab.privacy.budget import Budget
from datalab.privacy.plan.key import Key
from datalab.privacy.plan.search import Search
from datalab.query.model import ColumnRef, Predicate


class PartKind(StrEnum):
    """What one vector counts up."""

    ROWS = "rows"
    """Rows; with a column, those that have a value in it."""
    UNITS = "units"
    """Units that have at least one such row."""
    SUM = "sum"
    CENTRED_SUM = "centred_sum"
    """Sum of (value - centre of the stated range): the upper half of a mean."""
    CENTRED_SQUARES = "centred_squares"
    """Sum of (value - centre) squared, of each row to the nearest whole step (`datalab.privacy.bounds.in_steps`)."""
    UNIT_ROWS = "unit_rows"
    """Units by how many rows they have: the vector's cells are ranges of that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number column as a part sums it."""

    column: ColumnRef
    """With its dataset always named."""
    fixed: FixedPoint
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A condition as a part sums it: 1 for each row that meets it, 0 for each other."""

    predicate: Predicate
    """Two-valued; every column has its dataset named."""
    fixed: FixedPoint
    """Of a number between 0 and 1: what one row counts, in steps fine enough to share out a unit's kept rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One vector of integer cells, its bounds and its share of the budget."""

    name: str
    """Unique in the plan."""
    kind: PartKind
    keys: tuple[Key, ...]
    """By what the vector is grouped; its cells are the combinations of their labels, the last key changing quickest."""
    bounded_at: tuple[Key, ...]
    """By what rows are grouped when they are bounded: `keys`, or more of them where a finer table is added up."""
    column: ColumnRef | None
    """Only rows with a value here count; None counts every row. With its dataset always named."""
    where: Predicate | None
    """Only rows that it keeps count; every column has its dataset named."""
    value: Value | Flag | None
    """What is summed; None where rows or units are counted."""
    rows_per_unit: int
    """R: at most this many rows of a unit count in this part."""
    rows_per_cell: int
    """At most this many rows of a unit count in one cell of `bounded_at`, all bins of a quantile together; 1 where
    units are counted."""
    magnitude: int
    """Largest |contribution| of one row, in the part's integer unit; 1 for counts. Of a search: to a signed sum."""
    edges: tuple[int, ...]
    """For UNIT_ROWS: the least number of rows of each cell, rising from 1. Empty otherwise."""
    sensitivity: Sensitivity
    """Of the vector; of a search: of the signed sums of one round, one a cell."""
    share: Budget
    """What this part may cost at most, all rounds of a search together; nothing for public data."""
    step: int = 1
    """Of CENTRED_SQUARES: how many squares of the value's integer unit make one unit of the vector. 1 otherwise."""
    search: Search | None = None
    """Set where the bins are not noised but searched."""

    @property
    def size(self) -> int:
        """Number of cells of the vector that engines return."""
        return len(self.edges) or math.prod(len(key.labels) for key in self.keys)

    @property
    def bins(self) -> int:
        """Number of bins that a cell is divided into, where the last key is one of bins; else 1."""
        return self.keys[-1].bin.count if self.keys and self.keys[-1].bin is not None else 1

    @property
    def drawn(self) -> int:
        """Number of noisy numbers: of a search as many as rounds for each cell, one cell after another."""
        return self.size if self.search is None else self.size // self.bins * self.search.rounds

    @property
    def cell_labels(self) -> Iterator[tuple[str, ...]]:
        """Yield the labels of each cell by `keys`, in the order of the vector."""
        return itertools.product(*(key.labels for key in self.keys))
