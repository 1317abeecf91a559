"""Which rows a plan reads, what it works out of them, and how datasets are joined."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.contract.model import LogicalType
from datalab.query.model import ColumnRef, Expression, First, Keep, On, Predicate, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column that an engine reads."""

    name: str
    logical_type: LogicalType


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedColumn:
    """A column that an engine works out; every column in its expression has its dataset named and is a read one."""

    name: str
    dataset: str
    """Under which dataset's name it is referred to."""
    logical_type: LogicalType
    expression: Expression
    labels: tuple[str, ...] | None = None
    """Every text that it can give, in order, where it gives texts of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How the rows of a source meet the rows before it; every column has its dataset named."""

    by_unit: bool
    """The unit has to be the same; rows without a unit meet none."""
    keep: Keep = Keep.PAIRS
    on: tuple[On, ...] = ()
    within: Window | None = None
    another: bool = False
    """Whether the source is the question's own dataset once more: one row like the row itself is no partner of it.

    Alike are rows that hold the same, or nothing, in every column of the source; the first source reads them, too.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One dataset that the question reads; the steps are taken in the order of the fields."""

    dataset: str
    """Whose rows are read."""
    alias: str = ""
    """Under which other name its columns are referred to; nothing where that is the dataset's."""
    columns: tuple[SourceColumn, ...]
    """The contract columns that the question uses, by name, without the unit column."""
    derived: tuple[DerivedColumn, ...] = ()
    """Columns worked out of this source's own columns, row by row."""
    where: Predicate | None = None
    """Kept rows; every column in it is this dataset's, with the dataset named."""
    first: First | None = None
    """Of the kept rows, only the first of each unit; the column has its dataset named."""
    rows_per_unit: int | None = None
    """At most this many of those rows of a unit enter the join, in hash order; None where nothing can multiply."""
    link: Link | None = None
    """None for the question's own dataset, which comes first."""
    has_units: bool = True
    """False for public data, whose rows are nobody's."""

    @property
    def name(self) -> str:
        """Under which name its columns are referred to."""
        return self.alias or self.dataset

    def ref(self, column: SourceColumn) -> ColumnRef:
        """Return how one of its columns is referred to."""
        return ColumnRef(name=column.name, dataset=self.name)
