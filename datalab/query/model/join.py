"""Joins: how rows of another dataset are brought to those of a question. Frozen nodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from datalab.query.model.column import ColumnRef
from datalab.query.model.predicate import Predicate


class Keep(StrEnum):
    """What becomes of a row and its partners."""

    PAIRS = "pairs"
    """One row for each partner; rows without a partner are left out."""
    ANY = "any"
    """The row itself, where it has at least one partner."""
    NONE = "none"
    """The row itself, where it has no partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Only the row of each unit with the least value in a column; rows without a value are left out.

    Of rows that tie, the one that a hash order puts first, which does not depend on what is being asked for.
    """

    column: ColumnRef
    last: bool = False
    """The greatest instead of the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """A column of the rows so far and one of the joined dataset that hold the same value; missing ones never do."""

    own: ColumnRef
    other: ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How many days lie from an event of the rows so far to one of the joined dataset.

    Between two timestamps exact elapsed time counts, in days of 24 hours; with a date on either side, whole days.
    """

    own: ColumnRef
    other: ColumnRef
    at_least: int
    """Days; below 0 looks back."""
    at_most: int
    """Days, `at_least` or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Bring in another dataset's rows of the same privacy unit, or those of a public table by columns.

    Between datasets about units the unit always has to be the same, and where pairs are kept each side is first bounded
    to the question's rows a unit, so that no unit can grow the join without limit.
    """

    dataset: str
    where: Predicate | None = None
    """Keeps rows of the joined dataset before joining; its columns are those of that dataset, unqualified."""
    keep: Keep = Keep.PAIRS
    on: tuple[On, ...] = ()
    """Columns that have to be equal, too; a public dataset needs at least one."""
    within: Window | None = None
    first: First | None = None
    """Only each unit's first row of the joined dataset, of those that `where` keeps."""
