"""SQL in, a question without its price out.

    SELECT ward, COUNT(*) AS incidents, AVG(response_minutes) AS response
    FROM police_incidents
    WHERE occurred_at BETWEEN '2023-01' AND '2023-12'
    GROUP BY ward

The subset is documented in docs/questions-in-sql.md. What is not in it is refused with a reason and the nearest that
works: nothing is ignored, so no answer is to another question than the one that was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datalab.contract.model import UNIT_ID
from datalab.errors import QueryError
from datalab.query.build import Asking
from datalab.query.model import ColumnRef, CountRows, CountUnits, Join, Mean, Measure, Predicate, Query, Sum
from datalab.query.reader import MAX_QUESTION_BYTES
from datalab.query.sql.condition import Conditions
from datalab.query.sql.refusal import clause_refusal, part_refusal, refusal

_SELECT = frozenset({"expressions", "from_", "joins", "where", "group"})
_DOCUMENTATION = "docs/questions-in-sql.md"


def sql(text: str, *, title: str = "") -> Asking:
    """Read a question in SQL; `.spend(...)` on what is returned states its price and its bounds.

    Args:
        text: one SELECT of the documented subset.
        title: a label for the reviewer.

    Raises:
        QueryError: if the text is not SQL, or asks what the lab does not answer; it says what works instead.
    """
    if len(text.encode(errors="replace")) > MAX_QUESTION_BYTES:
        raise QueryError("The question is too large.", why=f"The lab reads at most {MAX_QUESTION_BYTES:,} bytes.")
    try:
        return Asking(query=_Reader().query(_parsed(text)), title=title)
    except RecursionError:
        raise QueryError("The question nests too deep.", remedy="Simplify its conditions.") from None


def _parsed(text: str) -> exp.Select:
    try:
        tokens = sqlglot.tokenize(text)
        first = tokens[0].text.upper() if tokens else ""
        if first == "WITH":
            raise clause_refusal("with_")
        # Other statements are turned away before they are parsed: the parser would log what it cannot read.
        statements = [one for one in sqlglot.parse(text) if one is not None] if first == "SELECT" else []
    except SqlglotError as error:
        told = getattr(error, "errors", None) or [{}]
        place = f" at line {told[0]['line']}, column {told[0]['col']}" if told[0].get("line") else ""
        raise QueryError(f"The question is not SQL{place}.", remedy=f"Compare it with {_DOCUMENTATION}.") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise QueryError(
            "A question in SQL is one SELECT.",
            why="The lab answers questions and changes nothing.",
            remedy=f"Write one; {_DOCUMENTATION} shows how.",
        )
    return statements[0]


@dataclass(slots=True)
class _Reader:
    """Reads one SELECT."""

    datasets: dict[str, str] = field(default_factory=dict)
    """Dataset of each name that the text gives a table."""

    def query(self, select: exp.Select) -> Query:
        _only(select, _SELECT)
        source = select.args.get("from_")
        if source is None:
            raise refusal("The question names no dataset", "FROM is missing", "Write SELECT ... FROM dataset.")
        first = self._table(source.this)
        joins = tuple(self._join(join, first) for join in select.args.get("joins") or ())
        group_by = self._groups(select)
        where = select.args.get("where")
        query = Query(
            dataset=first,
            measures=tuple(self._measures(select, group_by)),
            group_by=group_by,
            where=None if where is None else self._conditions(where.this),
            joins=joins,
        )
        if not query.measures:
            raise refusal(
                "Nothing is added up", "an answer holds figures, not rows", "Add COUNT(*) or another aggregate."
            )
        return query

    def _conditions(self, node: exp.Expr) -> Predicate:
        return Conditions(self._column).read(node)

    def _table(self, node: exp.Expr) -> str:
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise part_refusal(node, "FROM")
        _only(node, {"this", "alias"})
        if node.args.get("alias"):
            _only(node.args["alias"], {"this"})  # FROM t AS u (a, b) gives columns other names
        self._name(node.alias or node.name, node.name)
        return node.name

    def _name(self, name: str, dataset: str) -> None:
        if name in self.datasets:
            raise refusal("A table's name stands twice", "columns could be of either", "Join each dataset once.")
        self.datasets[name] = dataset

    def _join(self, join: exp.Join, first: str) -> Join:
        if any(join.args.get(name) for name in ("side", "method", "global_", "hint")) or join.kind not in ("", "INNER"):
            raise refusal(
                "Only inner joins can be answered",
                "rows without a partner are left out on both sides",
                f"Write JOIN dataset USING ({UNIT_ID}).",
            )
        where = None
        if isinstance(join.this, exp.Subquery):
            dataset, where = self._filtered(join.this)
        else:
            dataset = self._table(join.this)
        using, on = [name.name for name in join.args.get("using") or ()], join.args.get("on")
        if not (using == [UNIT_ID] and on is None) and (using or not self._on_unit(on, dataset)):
            raise refusal(
                f"{dataset} is not joined to {first} on the privacy unit",
                "datasets meet in the people they are about, and in nothing else",
                f"Write JOIN {dataset} USING ({UNIT_ID}).",
            )
        return Join(dataset=dataset, where=where)

    def _filtered(self, node: exp.Subquery) -> tuple[str, Predicate | None]:
        inner = node.this
        listed = [type(one) for one in inner.expressions] if isinstance(inner, exp.Select) else []
        if listed != [exp.Star] or not node.alias or inner.args.get("from_") is None:
            raise part_refusal(node, "FROM")
        _only(node, {"this", "alias"})
        _only(node.args["alias"], {"this"})
        _only(inner, {"expressions", "from_", "where"})
        reader = _Reader()
        dataset = reader._table(inner.args["from_"].this)
        self._name(node.alias, dataset)
        where = inner.args.get("where")
        return dataset, None if where is None else reader._conditions(where.this)

    def _on_unit(self, on: exp.Expr | None, dataset: str) -> bool:
        if not isinstance(on, exp.EQ):
            return False
        sides = [side for side in (on.this, on.expression) if isinstance(side, exp.Column) and side.name == UNIT_ID]
        met = {self.datasets.get(side.table) for side in sides}
        return dataset in met and None not in met and len(met) > 1

    def _column(self, node: exp.Expr) -> ColumnRef:
        while isinstance(node, exp.Paren):
            node = node.this
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            raise part_refusal(node, "place of a column")
        if node.args.get("db") or node.args.get("join_mark"):
            raise refusal("A column has too many names", "it is a dataset's", "Write column, or dataset.column.")
        first = next(iter(self.datasets.values()))
        if not node.table:
            if len(self.datasets) > 1:
                raise refusal(
                    f"It is not said whose {node.name} is meant", "two tables are joined", "Write dataset.column."
                )
            return ColumnRef(name=node.name)
        if node.table not in self.datasets:
            raise refusal(
                f"FROM names no table {node.table}", "a column is of a table that stands there", "Correct it."
            )
        dataset = self.datasets[node.table]
        return ColumnRef(name=node.name, dataset=None if dataset == first else dataset)

    def _groups(self, select: exp.Select) -> tuple[ColumnRef, ...]:
        group = select.args.get("group")
        if group is None:
            return ()
        _only(group, {"expressions"})
        return tuple(self._group(node, select) for node in group.expressions)

    def _group(self, node: exp.Expr, select: exp.Select) -> ColumnRef:
        if isinstance(node, exp.Literal) and not node.is_string and node.this.isdecimal():
            place = int(node.this[:9])
            if not 1 <= place <= len(select.expressions):
                raise refusal(f"GROUP BY {place} names no column", "the list is shorter", "Name the column.")
            node = select.expressions[place - 1]
        return self._column(node)

    def _measures(self, select: exp.Select, group_by: tuple[ColumnRef, ...]) -> list[Measure]:
        measures: list[Measure] = []
        shown: set[ColumnRef] = set()
        for node in select.expressions:
            if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
                shown.add(self._column(node))
            else:
                measures.append(self._measure(node))
        if shown - set(group_by):
            raise refusal(
                "A column stands in SELECT and not in GROUP BY",
                "rows cannot be listed, only added up",
                "Add it to GROUP BY, or leave it out.",
            )
        return measures

    def _measure(self, node: exp.Expr) -> Measure:
        name, inner = (node.alias, node.this) if isinstance(node, exp.Alias) else ("", node)
        match inner:
            case exp.Count(this=exp.Star()):
                return CountRows(name=name) if name else CountRows()
            case exp.Count(this=exp.Distinct(expressions=[exp.Column() as column])) if column.name == UNIT_ID:
                self._column(column) if column.table else None
                return CountUnits(name=name) if name else CountUnits()
            case exp.Count(this=exp.Distinct()):
                raise refusal(
                    "Only privacy units are counted distinctly",
                    "how many different values stand in the data depends on single people without a bound",
                    f"Write COUNT(DISTINCT {UNIT_ID}), or group by the column.",
                )
            case exp.Count():
                raise refusal(
                    "COUNT of a column is not read",
                    "it counts rows that have a value",
                    "Write COUNT(*) with WHERE column IS NOT NULL.",
                )
            case exp.Sum(this=exp.Column() as column):
                return Sum(column=self._column(column), name=name or f"{column.name}_sum")
            case exp.Avg(this=exp.Column() as column):
                return Mean(column=self._column(column), name=name or f"{column.name}_mean")
            case exp.Column():
                raise refusal(
                    f"{inner.name} cannot be given another name",
                    "groups are called what the contract calls them",
                    "Leave AS out.",
                )
            case exp.Sum() | exp.Avg():
                raise part_refusal(inner.this, "an aggregate")
            case _:
                raise part_refusal(inner, "SELECT")


def _only(node: exp.Expr, known: frozenset[str] | set[str]) -> None:
    """Refuse what a node says besides: nothing of a question is ignored."""
    for name, value in node.args.items():
        if value and name not in known:
            raise clause_refusal(name)
