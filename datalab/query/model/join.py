"""Joins: how rows of another dataset are brought to those of a question. Frozen nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from datalab.query.model.column import ColumnRef
from datalab.query.model.predicate import Predicate

MAX_WINDOW = 36_600
"""Most days that a window reaches: a century."""


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
    above: bool = False
    """Whether `at_least` itself is left out; of days of the calendar alone, of which that is one more."""
    below: bool = False
    """Whether `at_most` itself is left out; as before, one less."""

    def closed(self) -> Window:
        """Return the same window of days of the calendar with both ends in it."""
        return replace(
            self, at_least=self.at_least + self.above, at_most=self.at_most - self.below, above=False, below=False
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Bring in another dataset's rows of the same privacy unit, or those of a public table by columns.

    Between datasets about units the unit always has to be the same, and where pairs are kept each side is first bounded
    to the question's rows a unit, so that no unit can grow the join without limit.

    The question's own dataset may stand here, too, to keep the rows that have (or have not) another row of the same
    unit: a second incident within 30 days. A row is not its own partner; of two rows that are the same in all that the
    join reads of a partner, each is another row. With `first` no row that is the same as the first is another. The
    partners are of the row's own unit, so one unit decides about its own rows and no others: after the join it still
    has at most its own rows, which are bounded to R as ever, and sensitivity is what it is without the join.
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
