"""Whole questions: what is asked, of which rows, by which groups, and at which price. Frozen nodes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from datalab.query.model.column import ColumnRef
from datalab.query.model.expression import Derived
from datalab.query.model.join import First, Join
from datalab.query.model.measure import Measure
from datalab.query.model.predicate import Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One of several tables that are answered together: the figures by some of the question's groups."""

    by: tuple[ColumnRef, ...]
    """Empty for the grand total."""
    weight: int = 1
    """How much this table matters beside the others; above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked, of which rows, by which groups."""

    dataset: str
    measures: tuple[Measure, ...]
    group_by: tuple[ColumnRef, ...] = ()
    where: Predicate | None = None
    joins: tuple[Join, ...] = ()
    derive: tuple[Derived, ...] = ()
    """Columns worked out of contract columns; they are named like columns of the question's own dataset."""
    first: First | None = None
    """Only each unit's first row of the question's dataset, of those that its own conditions keep."""
    tables: tuple[Table, ...] = ()
    """Several tables together instead of one by all of `group_by`, which then names the columns of them all."""
    nonnegative: bool = False
    """Counts are made whole with each other and not negative after the noise; the answer says so."""
    top: int | None = None
    """Only so many cells: those whose first figure came out largest."""
    discover: ColumnRef | None = None
    """One of `group_by` whose values the contract does not list: those that enough units have are found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query and what its author is ready to pay and to bound: the whole of what crosses the boundary."""

    query: Query
    rho: Fraction
    """zCDP budget to spend on the whole answer; above 0."""
    rows_per_unit: int
    """R: at most this many rows of one unit count, chosen in the order of a hash that favours none."""
    rows_per_cell: int
    """At most this many rows of one unit count in one cell; at most R."""
    title: str = ""
    """A label for people inside; it is shown to the reviewer, does not change the question, and never leaves."""
