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

from sqlglot import exp

from datalab.errors import QueryError
from datalab.query.build import Asking
from datalab.query.model import AllOf, ColumnRef, Join, Keep, Measure, Predicate, Query
from datalab.query.sql.condition import Conditions
from datalab.query.sql.expression import is_expression, read_expression
from datalab.query.sql.grouping import UNLISTED, Grouping, Groups
from datalab.query.sql.join import read_exists, read_first, read_join, read_partner
from datalab.query.sql.measure import Figures
from datalab.query.sql.meeting import Spare
from datalab.query.sql.names import Names, conjuncts, only, unbracketed
from datalab.query.sql.refusal import clause_refusal, part_refusal, refusal
from datalab.query.sql.statement import read_statement
from datalab.query.sql.value import is_whole, whole

_SELECT = frozenset({"expressions", "from_", "joins", "where", "group", "qualify", "order", "limit", "hint"})


def sql(text: str, *, title: str = "") -> Asking:
    """Read a question in SQL; `.spend(...)` on what is returned states its price and its bounds.

    Args:
        text: one SELECT of the documented subset.
        title: a label for people inside.

    Raises:
        QueryError: if the text is not SQL, or asks what the lab does not answer; it says what works instead.
    """
    try:
        asking = Asking(query=_Reader().query(read_statement(text)))
    except RecursionError:
        raise QueryError("The question nests too deep.", remedy="Simplify its conditions.") from None
    return asking.titled(title)


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
        spare = Spare.of(select.args.get("where"))
        for partner in partners:
            joins.append(read_join(partner, self.names, before, spare))
            before += [partner.name] * (partner.keep is Keep.PAIRS)
        where, more = self._where(select, spare)
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

    def _where(self, select: exp.Select, spare: Spare) -> tuple[Predicate | None, list[Join]]:
        """Return the condition on rows, and the joins that EXISTS stands for; without what says how tables meet."""
        where = select.args.get("where")
        if where is None:
            return None, []
        if where.find(exp.Exists) is None and not spare.taken:
            return self.conditions.read(where.this), []
        joins, left = [], []
        for term in spare.left(conjuncts(where.this)):
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
        if isinstance(limit, exp.Fetch):
            raise clause_refusal("fetch")
        only(limit, {"expression"})
        ordered, named = order.expressions[0], query.measures[0].name
        only(ordered, {"this", "desc", "nulls_first"})
        if (
            len(order.expressions) != 1
            or not ordered.args.get("desc")
            or not _is_figure(ordered.this, select, figure, named)
        ):
            raise refusal(
                "This ORDER BY cannot be answered",
                "only the cells with the largest first figure can be chosen, and of equal ones the first in the "
                "contract's order",
                f"Write ORDER BY {named} DESC LIMIT 5; to choose by another figure, put that one first in the list.",
            )
        if not is_whole(limit.expression) or (most := whole(limit.expression)) < 1:
            raise refusal("This LIMIT is not read", "it is a whole number of cells, 1 or more", "Write LIMIT 5.")
        return most


def _is_figure(place: exp.Expr, select: exp.Select, figure: exp.Expr, named: str) -> bool:
    """Return whether ORDER BY names the first figure: by its place in the list, its name, or as it is written."""
    place = unbracketed(place)
    if isinstance(place, exp.Literal):
        listed = next(number for number, one in enumerate(select.expressions, start=1) if one is figure)
        return not place.is_string and place.this == str(listed)
    if isinstance(place, exp.Column) and not place.table:
        return bool(place.name == named)
    return bool(place == unbracketed(figure.unalias()))


def _in_order(grouping: Grouping, shown: list[ColumnRef]) -> tuple[ColumnRef, ...]:
    """Return the groups of several tables in the order in which SELECT lists them; those of one as GROUP BY does."""
    if not grouping.tables:
        return grouping.group_by
    return tuple(dict.fromkeys((*shown, *grouping.group_by)))
