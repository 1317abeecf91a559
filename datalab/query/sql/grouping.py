"""GROUP BY: one table, or several at once with GROUPING SETS, CUBE and ROLLUP."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from datalab.query.model import ColumnRef, Table
from datalab.query.sql.names import Names, only, unbracketed
from datalab.query.sql.refusal import refusal
from datalab.query.sql.value import whole

MAX_TABLES = 64
"""Most tables of one SELECT."""
UNLISTED, WEIGHTS = "unlisted", "WEIGHTS"
"""Names for what SQL has none for: a column whose values no contract lists; how much each table matters."""
_Set = tuple[ColumnRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """What a SELECT groups by."""

    group_by: tuple[ColumnRef, ...] = ()
    tables: tuple[_Set, ...] = ()
    """Empty for the one table by all of `group_by`."""
    discover: ColumnRef | None = None

    def weighed(self, hint: exp.Expr | None) -> tuple[Table, ...]:
        """Return the tables with the weights that a hint states.

        Raises:
            QueryError: if the hint is another, or weighs another number of tables.
        """
        weights = [1] * len(self.tables)
        if hint is not None:
            stated = hint.expressions[0] if len(hint.expressions) == 1 else None
            if not isinstance(stated, exp.Anonymous) or str(stated.this).upper() != WEIGHTS:
                raise refusal("This hint is not read", "the lab plans its own work", "Leave it out.")
            weights = [whole(one) for one in stated.expressions]
        if len(weights) != len(self.tables):
            raise refusal(
                "There are not as many weights as tables", "each weight is a table's", "State one for each, in order."
            )
        return tuple(Table(by=by, weight=weight) for by, weight in zip(self.tables, weights, strict=True))


@dataclass(slots=True)
class Groups:
    """Reads the GROUP BY of one SELECT."""

    names: Names
    select: exp.Select
    discovered: ColumnRef | None = None

    def read(self) -> Grouping:
        """Return what is grouped by; raises QueryError if it is not in the subset."""
        group = self.select.args.get("group")
        if group is None:
            return Grouping()
        only(group, {"expressions"})
        several = any(isinstance(node, exp.GroupingSets | exp.Cube | exp.Rollup) for node in group.expressions)
        sets: list[_Set] = [()]
        for node in group.expressions:
            sets = [before + more for before, more in itertools.product(sets, self._element(node))]
            self._check_number(len(sets))
        union = tuple(dict.fromkeys(itertools.chain.from_iterable(sets))) if several else sets[0]
        return Grouping(group_by=union, tables=tuple(sets) if several else (), discover=self.discovered)

    def _element(self, node: exp.Expr) -> list[_Set]:
        match node:
            case exp.GroupingSets():
                found = list(itertools.chain.from_iterable(self._element(one) for one in node.expressions))
            case exp.Rollup():
                parts = [self._columns(one) for one in node.expressions]
                found = [_joined(parts[:size]) for size in range(len(parts), -1, -1)]
            case exp.Cube():
                parts = [self._columns(one) for one in node.expressions]
                self._check_number(2 ** min(len(parts), MAX_TABLES))
                sizes = range(len(parts), -1, -1)
                found = [_joined(some) for size in sizes for some in itertools.combinations(parts, size)]
            case _:
                found = [self._columns(node)]
        self._check_number(len(found))
        return found

    def _check_number(self, number: int) -> None:
        if number > MAX_TABLES:
            raise refusal(
                "These are too many tables", f"a question has at most {MAX_TABLES}", "Write fewer GROUPING SETS."
            )

    def _columns(self, node: exp.Expr) -> _Set:
        if isinstance(node, exp.Tuple):
            return tuple(self._column(one) for one in node.expressions)
        return (self._column(node),)

    def _column(self, node: exp.Expr) -> ColumnRef:
        node = unbracketed(node)
        listed = self.select.expressions
        if isinstance(node, exp.Literal) and not node.is_string and node.this.isdecimal():
            place = int(node.this[:9])
            if not 1 <= place <= len(listed):
                raise refusal(f"GROUP BY {place} names no column", "the list is shorter", "Name the column.")
            node = listed[place - 1].unalias()
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == UNLISTED and len(node.expressions) == 1:
            column = self.names.stated(node.expressions[0])
            if self.discovered not in (None, column):
                raise refusal("Two columns are unlisted", "one can be discovered at a time", "Ask in two questions.")
            self.discovered = column
            return column
        return self.names.column(node)


def _joined(parts: Iterable[_Set]) -> _Set:
    return tuple(itertools.chain.from_iterable(parts))
