"""WHERE: SQL's three-valued conditions as predicates, which are true or not.

In SQL a comparison with a missing value is neither true nor false, and so is its negation. A predicate of the query
model is two-valued. So a negation is carried inwards (De Morgan holds in Kleene's logic) to where the model can say
"false" for itself: NOT (x = 1) is "x has a value other than 1", not "x = 1 does not hold".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.errors import QueryError
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    IsIn,
    IsMissing,
    Not,
    Operator,
    Predicate,
)
from datalab.query.sql.refusal import part_refusal, refusal
from datalab.query.sql.value import literal
from datalab.query.written.condition import MAX_DEPTH, MAX_NODES
from datalab.query.written.value import MAX_ITEMS

COMPARISONS: Mapping[type[exp.Expr], Operator] = {
    exp.EQ: Operator.EQ,
    exp.NEQ: Operator.NE,
    exp.LT: Operator.LT,
    exp.LTE: Operator.LE,
    exp.GT: Operator.GT,
    exp.GTE: Operator.GE,
}
FALSE_WHEN: Mapping[Operator, Operator] = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}
"""The comparison that holds where the other is false; both fail on a missing value."""
_TURNED = {Operator.LT: Operator.GT, Operator.GT: Operator.LT, Operator.LE: Operator.GE, Operator.GE: Operator.LE}


@dataclass(slots=True)
class Conditions:
    """Reads the conditions of one question, counting them."""

    column: Callable[[exp.Expr], ColumnRef]
    """Finds a column; raises QueryError."""
    _nodes: int = field(default=0, init=False)

    def read(self, node: exp.Expr, *, wanted: bool = True, depth: int = 1) -> Predicate:  # noqa: PLR0911 - a case each
        """Return the predicate that holds where the condition is true, or where it is false.

        Raises:
            QueryError: if it is not in the subset, is nested too deep, or is too long.
        """
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise QueryError(
                "The conditions are too many to read.",
                why=f"They nest deeper than {MAX_DEPTH} or are more than {MAX_NODES}.",
                remedy="Simplify them; write IN for lists of values.",
            )
        match node:
            case exp.Paren():
                return self.read(node.this, wanted=wanted, depth=depth + 1)
            case exp.Not():
                return self.read(node.this, wanted=not wanted, depth=depth + 1)
            case exp.And() | exp.Or():
                terms = tuple(self.read(term, wanted=wanted, depth=depth + 1) for term in node.flatten(unnest=False))
                return AllOf(predicates=terms) if isinstance(node, exp.And) is wanted else AnyOf(predicates=terms)
            case exp.Is():
                return self._is(node, wanted=wanted, depth=depth)
            case exp.In():
                return self._in(node, wanted=wanted)
            case exp.Between():
                return self._between(node, wanted=wanted)
            case exp.Column():
                return Compare(column=self.column(node), operator=Operator.EQ, value=wanted)
            case _ if type(node) in COMPARISONS:
                return self._compare(node, wanted=wanted)
            case _:
                raise part_refusal(node, "WHERE")

    def _is(self, node: exp.Is, *, wanted: bool, depth: int) -> Predicate:
        if isinstance(node.expression, exp.Null):
            missing = IsMissing(column=self.column(node.this))
            return missing if wanted else Not(predicate=missing)
        if isinstance(node.expression, exp.Boolean):  # IS TRUE and IS FALSE are two-valued in SQL too
            holds = self.read(node.this, wanted=bool(node.expression.this), depth=depth + 1)
            return holds if wanted else Not(predicate=holds)
        raise part_refusal(node, "WHERE")

    def _in(self, node: exp.In, *, wanted: bool) -> Predicate:
        if {name for name, value in node.args.items() if value} - {"this", "expressions"}:
            unit = isinstance(node.this, exp.Column) and node.this.name == UNIT_ID
            raise refusal(
                "IN with a query cannot be answered",
                "values of another query would be exact",
                "Write WHERE [NOT] EXISTS (SELECT 1 FROM s WHERE s.unit_id = t.unit_id AND ...)."
                if unit
                else "List the values.",
            )
        if len(node.expressions) > MAX_ITEMS:
            raise refusal("The list of IN is too long", f"it may have {MAX_ITEMS} values", "Shorten it.")
        column = self.column(node.this)
        listed = IsIn(column=column, values=tuple(literal(value) for value in node.expressions))
        if wanted:
            return listed
        return AllOf(predicates=(Not(predicate=listed), Not(predicate=IsMissing(column=column))))

    def _between(self, node: exp.Between, *, wanted: bool) -> Predicate:
        column, low, high = self.column(node.this), literal(node.args["low"]), literal(node.args["high"])
        if node.args.get("symmetric"):
            raise refusal(
                "BETWEEN SYMMETRIC is not read", "its ends may stand in either order", "Write BETWEEN low AND high."
            )
        if wanted:
            ends = (Operator.GE, low), (Operator.LE, high)
            return AllOf(predicates=tuple(Compare(column=column, operator=op, value=value) for op, value in ends))
        ends = (Operator.LT, low), (Operator.GT, high)
        return AnyOf(predicates=tuple(Compare(column=column, operator=op, value=value) for op, value in ends))

    def _compare(self, node: exp.Expr, *, wanted: bool) -> Predicate:
        operator = COMPARISONS[type(node)]
        left, right = node.this, node.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            raise refusal(
                "Two columns cannot be compared",
                "a column is compared with a value, and with another table's column where both are joined on it",
                "Write column = value; JOIN s ON t.unit_id = s.unit_id AND t.ward = s.ward; of dates of two tables, "
                "s.date BETWEEN t.date AND t.date + INTERVAL '30' DAY, or t.date < s.date alone; of dates of one row, "
                "days_between(earlier, later) >= 1. A text stands in single quotes.",
            )
        stated = isinstance(left, exp.Cast) and isinstance(left.this, exp.Literal)
        if stated or isinstance(left, exp.Literal | exp.Neg | exp.Boolean) or isinstance(right, exp.Column):
            left, right, operator = right, left, _TURNED.get(operator, operator)
        operator = operator if wanted else FALSE_WHEN[operator]
        return Compare(column=self.column(left), operator=operator, value=literal(right))
