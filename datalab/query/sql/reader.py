"""SQL in, a question without its price out.

    SELECT ward, DATE_TRUNC('month', occurred_at) AS occurred_at_month, COUNT(*) AS incidents
    FROM police_incidents
    WHERE incident_type = 'burglary'
    GROUP BY ward, occurred_at_month

The subset is documented in docs/questions-in-sql.md. What is not in it is refused with a reason and the nearest that
works: nothing is ignored, so no answer is to another question than the one that was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datalab.errors import QueryError
from datalab.query.build import Asking
from datalab.query.model import AllOf, ColumnRef, Join, Keep, Measure, Predicate, Query
from datalab.query.reader import MAX_QUESTION_BYTES
from datalab.query.sql.condition import Conditions
from datalab.query.sql.expression import is_expression, read_expression
from datalab.query.sql.grouping import UNLISTED, Grouping, Groups
from datalab.query.sql.join import read_exists, read_first, read_join, read_partner
from datalab.query.sql.measure import Figures
from datalab.query.sql.names import Names, conjuncts, only, unbracketed
from datalab.query.sql.refusal import clause_refusal, part_refusal, refusal
from datalab.query.sql.value import whole

_SELECT = frozenset({"expressions", "from_", "joins", "where", "group", "qualify", "order", "limit", "hint"})
_DOCUMENTATION = "docs/questions-in-sql.md"


def sql(text: str, *, title: str = "") -> Asking:
    """Read a question in SQL; `.spend(...)` on what is returned states its price and its bounds.

    Args:
        text: one SELECT of the documented subset.
        title: a label for people inside.

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
    """Reads one SELECT: tables first, then what is derived of them, then everything that uses either."""

    names: Names = field(default_factory=Names)
    conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.names.column)

    def query(self, select: exp.Select) -> Query:
        only(select, _SELECT)
        source = select.args.get("from_")
        if source is None:
            raise refusal("The question names no dataset", "FROM is missing", "Write SELECT ... FROM dataset.")
        first = self.names.table(source.this)
        partners, laterals = [], []
        for join in select.args.get("joins") or ():
            laterals.append(join) if isinstance(join.this, exp.Lateral) else partners.append(
                read_partner(join, self.names)
            )
        for partner in partners:
            if partner.dataset == first:
                del self.names.datasets[partner.name]  # decides which rows are kept, and nothing else can read it
        for lateral in laterals:
            self._lateral(lateral)
        shown = [self._shown(node) for node in select.expressions]
        joins = []
        before = [next(iter(self.names.datasets))]
        for partner in partners:
            joins.append(read_join(partner, self.names, before))
            before += [partner.name] * (partner.keep is Keep.PAIRS)
        where, more = self._where(select)
        grouping = Groups(self.names, select).read()
        self._check_shown([ref for ref in shown if ref is not None], grouping)
        figures = [n for n, ref in zip(select.expressions, shown, strict=True) if ref is None]
        measures, held = self._measures(figures)
        query = Query(
            dataset=first,
            measures=measures,
            group_by=_in_order(grouping, [ref for ref in shown if ref is not None]),
            where=where,
            joins=(*joins, *more),
            derive=tuple(self.names.derived.values()),
            first=None if select.args.get("qualify") is None else read_first(select.args["qualify"], self.names),
            tables=grouping.weighed(select.args.get("hint")),
            nonnegative=held,
            discover=grouping.discover,
        )
        return replace(query, top=self._top(select, query, figures[0]))

    def _lateral(self, join: exp.Join) -> None:
        """Declare the derived columns of `CROSS JOIN LATERAL (SELECT expression AS name, ...) AS d`."""
        lateral = join.this
        inner = lateral.this.this if isinstance(lateral.this, exp.Subquery) else None
        told = (join.kind or "").upper() in ("", "CROSS") and not join.args.get("on") and not join.side
        if not told or not isinstance(inner, exp.Select):
            raise part_refusal(lateral, "FROM")
        only(lateral, {"this", "alias"})
        only(lateral.this, {"this"})
        only(inner, {"expressions"})
        for node in inner.expressions:
            if not isinstance(node, exp.Alias) or not is_expression(unbracketed(node.this)):
                raise part_refusal(node, "LATERAL")
            self.names.derive(read_expression(unbracketed(node.this), self.names.stated), node.alias)

    def _shown(self, node: exp.Expr) -> ColumnRef | None:
        """Return the group that an item of the list shows, declaring it where it is derived; None for a figure."""
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
            return self.names.column(node)
        inner = unbracketed(node.unalias())
        if isinstance(inner, exp.Anonymous) and str(inner.this).lower() == UNLISTED and len(inner.expressions) == 1:
            return self.names.stated(inner.expressions[0])
        if not is_expression(inner):
            return None
        return self.names.derive(read_expression(inner, self.names.stated), node.alias or None)

    def _check_shown(self, shown: list[ColumnRef], grouping: Grouping) -> None:
        if set(shown) - set(grouping.group_by):
            raise refusal(
                "A column stands in SELECT and not in GROUP BY",
                "rows cannot be listed, only added up",
                "Add it to GROUP BY, or leave it out.",
            )

    def _where(self, select: exp.Select) -> tuple[Predicate | None, list[Join]]:
        """Return the condition on rows, and the joins that EXISTS stands for."""
        where = select.args.get("where")
        if where is None:
            return None, []
        if where.find(exp.Exists) is None:
            return self.conditions.read(where.this), []
        joins, left = [], []
        for term in conjuncts(where.this):
            join = read_exists(term, self.names)
            if join is None:
                left.append(self.conditions.read(term))
            else:
                joins.append(join)
        if not left:
            return None, joins
        return left[0] if len(left) == 1 else AllOf(predicates=tuple(left)), joins

    def _measures(self, nodes: list[exp.Expr]) -> tuple[tuple[Measure, ...], bool]:
        figures = Figures(self.names, self.conditions.read)
        read = [figures.read(node) for node in nodes]
        if not read:
            raise refusal(
                "Nothing is added up", "an answer holds figures, not rows", "Add COUNT(*) or another aggregate."
            )
        if len({held for _, held in read}) > 1:
            raise refusal(
                "Only some figures are held at 0",
                "the whole answer is, or none of it",
                "Write GREATEST(..., 0) around each figure, or around none.",
            )
        return tuple(measure for measure, _ in read), read[0][1]

    def _top(self, select: exp.Select, query: Query, figure: exp.Expr) -> int | None:
        """Return how many cells ORDER BY the first figure DESC LIMIT k keeps."""
        order, limit = select.args.get("order"), select.args.get("limit")
        if order is None and limit is None:
            return None
        if order is None or limit is None:
            raise clause_refusal("limit" if order is None else "order")
        only(limit, {"expression"})
        ordered = order.expressions[0]
        only(ordered, {"this", "desc", "nulls_first"})
        place, named = ordered.this, query.measures[0].name
        by_name = isinstance(place, exp.Column) and not place.table and place.name == named
        by_place = isinstance(place, exp.Literal) and place.this == str(select.expressions.index(figure) + 1)
        if (
            len(order.expressions) != 1
            or not ordered.args.get("desc")
            or not (by_name or by_place or place == figure.unalias())
        ):
            raise refusal(
                "This ORDER BY cannot be answered",
                "only the cells with the largest first figure can be chosen",
                f"Write ORDER BY {named} DESC LIMIT 5.",
            )
        return whole(limit.expression)


def _in_order(grouping: Grouping, shown: list[ColumnRef]) -> tuple[ColumnRef, ...]:
    """Return the groups of several tables in the order in which SELECT lists them; those of one as GROUP BY does."""
    if not grouping.tables:
        return grouping.group_by
    return tuple(dict.fromkeys((*shown, *grouping.group_by)))
