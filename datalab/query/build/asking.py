"""A question in the making."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from datalab.errors import QueryError
from datalab.query.build.argument import Argument
from datalab.query.build.column import Col, Condition, column, condition, stated, terms_of
from datalab.query.build.expression import band
from datalab.query.build.measuring import Measuring, changed, declaring
from datalab.query.build.pairing import Pairs, first_of, joined
from datalab.query.model import (
    AllOf,
    Keep,
    Query,
    Question,
    Table,
    Window,
)
from datalab.query.spend import DEFAULT_DELTA, exact_rho, rho_for_epsilon

MAX_MARGINS = 6
"""Most groups of which every margin is asked for: 2 to the power of that many tables."""

_TABLES = 'tables(("ward", "month"), ("ward",), (), weights=(2, 1, 1))'
_SPEND = "spend(epsilon=1.0, rows_per_unit=12, rows_per_cell=3)"


@dataclass(frozen=True, slots=True)
class Asking(Measuring):
    """A question in the making; every step returns another."""

    def where(self, *conditions: Condition) -> Asking:
        """Keep the rows for which every condition is true."""
        found = [condition(one, "where") for one in conditions]
        before = () if self.query.where is None else terms_of(self.query.where)
        terms = (*before, *(term for one in found for term in terms_of(one.predicate)))
        if not terms:
            return self
        asking = declaring(self, (derived for one in found for derived in one.derive))
        return changed(asking, where=terms[0] if len(terms) == 1 else AllOf(predicates=terms))

    def first(self, by: str | Col) -> Asking:
        """Keep only each unit's earliest row by a column, of those that the conditions on the dataset keep."""
        return changed(self, first=first_of(by, None))

    def last(self, by: str | Col) -> Asking:
        """Keep only each unit's latest row by a column, of those that the conditions on the dataset keep."""
        return changed(self, first=first_of(None, by))

    def join(
        self,
        dataset: str,
        *,
        where: Condition | None = None,
        on: Pairs | None = None,
        within: Window | None = None,
        first: str | Col | None = None,
        last: str | Col | None = None,
    ) -> Asking:
        """Pair each row with another dataset's rows of the same unit; with those of public data, `on` columns.

        Args:
            dataset: the other one.
            where: keeps its rows before pairing; names its columns as they are.
            on: columns that have to be equal, too: `{"ward": "ward"}`.
            within: `days("occurred_at", "arrived_at", 0, 30)`.
            first: only each unit's earliest row of the other dataset by this column of it.
            last: or its latest.
        """
        return self._join(dataset, Keep.PAIRS, where=where, on=on, within=within, first=first, last=last)

    def having(
        self,
        dataset: str,
        *,
        where: Condition | None = None,
        on: Pairs | None = None,
        within: Window | None = None,
        first: str | Col | None = None,
        last: str | Col | None = None,
    ) -> Asking:
        """Keep the rows that have at least one such partner; takes what `join` takes, and nothing multiplies."""
        return self._join(dataset, Keep.ANY, where=where, on=on, within=within, first=first, last=last)

    def without(
        self,
        dataset: str,
        *,
        where: Condition | None = None,
        on: Pairs | None = None,
        within: Window | None = None,
        first: str | Col | None = None,
        last: str | Col | None = None,
    ) -> Asking:
        """Keep the rows that have no such partner; takes what `join` takes."""
        return self._join(dataset, Keep.NONE, where=where, on=on, within=within, first=first, last=last)

    def _join(
        self,
        dataset: str,
        keep: Keep,
        *,
        where: Condition | None,
        on: Pairs | None,
        within: Window | None,
        first: str | Col | None,
        last: str | Col | None,
    ) -> Asking:
        join, derive = joined(dataset, keep=keep, where=where, on=on, within=within, first=first, last=last)
        return changed(declaring(self, derive), joins=(*self.query.joins, join))

    def group_by(self, *columns: str | Col) -> Asking:
        """Answer for each combination of these columns' public values; derived columns declare themselves."""
        found = [column(one) for one in columns]
        asking = declaring(self, (derived for one in found for derived in one.derive))
        return changed(asking, group_by=(*self.query.group_by, *(one.ref for one in found)))

    def discover(self, by: str | Col) -> Asking:
        """Group by a column whose values no contract lists: those that enough units have are found out."""
        return changed(self.group_by(by), discover=stated(by))

    def tables(self, *tables: Sequence[str | Col], weights: Sequence[int] | None = None) -> Asking:
        """Answer several tables together, each by some columns: `tables(("ward", "month"), ("ward",), ())`.

        Rows and sums of each table also tell of the others. Different units do not: together they cost as much as one
        by one.

        Args:
            tables: columns of each; none for the grand total.
            weights: how much each matters beside the others; by default all alike.

        Raises:
            QueryError: if there are not as many weights as tables, or a table is no list of columns.
        """
        read, weighed = Argument("tables", _TABLES), Argument("tables(weights)", _TABLES)
        listed = [read.items(table) for table in tables]
        matter = [1] * len(listed) if weights is None else [weighed.count(one) for one in weighed.items(weights)]
        if len(matter) != len(listed):
            raise QueryError(
                f"There are {len(listed)} tables and {len(matter)} weights.", remedy="State one weight a table."
            )
        found = [[column(one) for one in table] for table in listed]  # type: ignore[arg-type]  # it checks what it gets
        asking = declaring(self, (derived for table in found for one in table for derived in one.derive))
        refs = [tuple(one.ref for one in table) for table in found]
        union = tuple(dict.fromkeys((*self.query.group_by, *itertools.chain.from_iterable(refs))))
        made = tuple(Table(by=by, weight=weight) for by, weight in zip(refs, matter, strict=True))
        return changed(asking, group_by=union, tables=made)

    def margins(self) -> Asking:
        """Answer the table by all groups together with each of its margins, down to the grand total.

        Raises:
            QueryError: if there are too many groups for that.
        """
        groups = self.query.group_by
        if len(groups) > MAX_MARGINS:
            raise QueryError(
                f"{len(groups)} groups have too many margins.", remedy=f"Group by {MAX_MARGINS}, or name the tables."
            )
        sizes = range(len(groups), -1, -1)
        return changed(
            self, tables=tuple(Table(by=by) for size in sizes for by in itertools.combinations(groups, size))
        )

    def nonnegative(self) -> Asking:
        """Make counts agree with each other and none of them negative, after the noise; the answer says so."""
        return changed(self, nonnegative=True)

    def histogram(self, of: str | Col, *edges: float, name: str | None = None) -> Asking:
        """Count rows by bands of a number column."""
        return self.group_by(band(of, *edges)).count_rows(name=name)

    def most_frequent(self, cells: int) -> Asking:
        """Answer only so many cells: those whose first figure came out largest."""
        return changed(self, top=Argument("most_frequent", "most_frequent(5)").count(cells))

    def titled(self, title: str) -> Asking:
        """Give the question a title for people inside; it changes nothing else, and never leaves."""
        return replace(self, title=Argument("titled", 'titled("Burglaries by ward")').text(title))

    def spend(
        self,
        *,
        rows_per_unit: int | None = None,
        rows_per_cell: int | None = None,
        rho: Fraction | Decimal | float | str | None = None,
        epsilon: Fraction | Decimal | float | str | None = None,
        delta: Fraction | Decimal | float | str = DEFAULT_DELTA,
    ) -> Question:
        """State the price and the bounds, and so finish the question.

        Args:
            rows_per_unit: R, the most rows of one unit that count; there is no default.
            rows_per_cell: most rows of one unit that count in one cell; by default R.
            rho: zCDP budget for the whole answer.
            epsilon: or the same as an epsilon at `delta`.
            delta: at which epsilon is meant.

        Raises:
            QueryError: unless exactly one of rho and epsilon is stated, as a number in range, and
                rows a unit are stated, and rows are whole numbers above 0.
        """
        if rows_per_unit is None:
            raise QueryError(
                "The question does not say how many rows of one unit count.",
                why="Noise hides a unit only if the rows that count of it are bounded.",
                remedy=f"State rows_per_unit: {_SPEND}.",
            )
        rows = Argument("spend(rows_per_unit)", _SPEND).count(rows_per_unit)
        cap = rows if rows_per_cell is None else Argument("spend(rows_per_cell)", _SPEND).count(rows_per_cell)
        if rho is not None and epsilon is None:
            budget = exact_rho(rho)
        elif epsilon is not None and rho is None:
            budget = rho_for_epsilon(epsilon, delta)
        else:
            raise QueryError("The question needs one budget.", remedy="State either rho or epsilon.")
        return Question(
            query=self.query,
            rho=budget,
            rows_per_unit=rows,
            rows_per_cell=cap,
            title=self.title,
        )


def ask(dataset: str) -> Asking:
    """Start a question about a dataset."""
    return Asking(query=Query(dataset=Argument("ask", 'ask("police_incidents")').text(dataset), measures=()))
