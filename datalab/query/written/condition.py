"""Conditions as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

from datalab.query.model import AllOf, AnyOf, Compare, IsIn, IsMissing, Not, Operator, Predicate
from datalab.query.written.value import ABSENT, fail, items, kind_of, literal, node, read_column, write_column

MAX_DEPTH = 16
"""Deepest nesting of conditions."""
MAX_NODES = 2_000
"""Most conditions in one question."""


@dataclass(slots=True)
class Conditions:
    """Reads the conditions of one question, counting them."""

    _nodes: int = field(default=0, init=False)

    def read(self, value: object, place: str) -> Predicate | None:
        """Return a condition, or None where there is none; raises QueryError with the place."""
        return None if value is ABSENT else self._predicate(value, place, depth=1)

    def _predicate(self, value: object, place: str, *, depth: int) -> Predicate:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            fail(place, f"conditions nest deeper than {MAX_DEPTH} or are more than {MAX_NODES}", "Simplify them.")
        match kind_of(value, "is", place):
            case "compare":
                read = node(value, place, needed={"is", "column", "operator", "value"})
                return Compare(
                    column=read_column(read["column"], f"{place}.column"),
                    operator=_operator(read["operator"], f"{place}.operator"),
                    value=literal(read["value"], f"{place}.value"),
                )
            case "in":
                read = node(value, place, needed={"is", "column", "values"})
                values = tuple(literal(one, at) for one, at in items(read["values"], f"{place}.values"))
                return IsIn(column=read_column(read["column"], f"{place}.column"), values=values)
            case "missing":
                read = node(value, place, needed={"is", "column"})
                return IsMissing(column=read_column(read["column"], f"{place}.column"))
            case "not":
                read = node(value, place, needed={"is", "predicate"})
                return Not(predicate=self._predicate(read["predicate"], f"{place}.predicate", depth=depth + 1))
            case "all" | "any" as kind:
                read = node(value, place, needed={"is", "predicates"})
                listed = items(read["predicates"], f"{place}.predicates")
                terms = tuple(self._predicate(term, at, depth=depth + 1) for term, at in listed)
                return AllOf(predicates=terms) if kind == "all" else AnyOf(predicates=terms)
            case _:
                return fail(
                    f"{place}.is", "this kind of condition is not known", "Known: compare, in, missing, not, all, any."
                )


def _operator(value: object, place: str) -> Operator:
    if not isinstance(value, str) or value not in set(Operator):
        fail(place, "this operator is not known", f"Known: {', '.join(Operator)}.")
    return Operator(value)


def write_condition(predicate: Predicate) -> dict[str, Any]:
    """Return a condition as JSON."""
    match predicate:
        case Compare(column=ref, operator=operator, value=value):
            return {"is": "compare", "column": write_column(ref), "operator": operator.value, "value": value}
        case IsIn(column=ref, values=values):
            return {"is": "in", "column": write_column(ref), "values": list(values)}
        case IsMissing(column=ref):
            return {"is": "missing", "column": write_column(ref)}
        case Not(predicate=inner):
            return {"is": "not", "predicate": write_condition(inner)}
        case AllOf(predicates=terms):
            return {"is": "all", "predicates": [write_condition(term) for term in terms]}
        case AnyOf(predicates=terms):
            return {"is": "any", "predicates": [write_condition(term) for term in terms]}
        case _:
            assert_never(predicate)


def write_where(predicate: Predicate | None) -> dict[str, Any]:
    """Return a node's condition as JSON; nothing where there is none."""
    return {} if predicate is None else {"where": write_condition(predicate)}
