"""Which rows a plan reads, what it works out of them, and how datasets are joined."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.contract.model import LogicalType
from datalab.query.model import Expression, First, Keep, On, Predicate, Window


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One dataset that the question reads; the steps are taken in the order of the fields."""

    dataset: str
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
