"""What a question means: frozen nodes, with no data and no code in them.

A question is only ever a description. It is written by the builder (`datalab.query.build`) or read from JSON
(`datalab.query.document`), checked against contracts (`datalab.query.check`), and compiled by `datalab.privacy.plan`.

Stored questions are read for as long as the lab lives: fields are never reordered, renamed or removed; new ones come
last, with a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Literal = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRef:
    """A column of the question's dataset, or of one joined to it."""

    name: str
    dataset: str | None = None
    """None means the question's own dataset."""

    def __str__(self) -> str:
        """Render as `column` or `dataset.column`."""
        return f"{self.dataset}.{self.name}" if self.dataset else self.name


class Operator(StrEnum):
    """How a column is compared with a literal. A missing value compares false, whatever the operator."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """`column operator literal`."""

    column: ColumnRef
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class IsIn:
    """The column holds one of these values."""

    column: ColumnRef
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IsMissing:
    """The column has no value."""

    column: ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The predicate is false (two-valued: the negation of a comparison with a missing value is true)."""

    predicate: Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every predicate is true."""

    predicates: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one predicate is true."""

    predicates: tuple[Predicate, ...]


Predicate = Compare | IsIn | IsMissing | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Bring in another dataset's rows of the same privacy unit (inner join on `unit_id`, every pair of rows).

    Each side is first bounded to the question's rows a unit, so no unit can grow the join without limit.
    """

    dataset: str
    where: Predicate | None = None
    """Keeps rows of the joined dataset before joining; its columns are those of that dataset, unqualified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRows:
    """How many rows."""

    name: str = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnits:
    """How many distinct privacy units (persons, households)."""

    name: str = "units"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The sum of a number column, each value clamped to the contract's bounds; missing values count as none."""

    column: ColumnRef
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of a number column over the rows that have a value, each clamped to the contract's bounds."""

    column: ColumnRef
    name: str


Measure = CountRows | CountUnits | Sum | Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked, of which rows, by which groups."""

    dataset: str
    measures: tuple[Measure, ...]
    group_by: tuple[ColumnRef, ...] = ()
    where: Predicate | None = None
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query and what its author is ready to pay and to bound: the whole of what crosses the boundary."""

    query: Query
    rho: Fraction
    """zCDP budget to spend on the whole answer, shared equally between its noisy parts; above 0."""
    rows_per_unit: int
    """R: at most this many rows of one unit count, chosen by a hash order that ignores values."""
    rows_per_cell: int
    """At most this many rows of one unit count in one cell; at most R."""
    title: str = ""
    """A label for people; it is shown to the reviewer and does not change the question."""
