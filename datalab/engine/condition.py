"""Conditions on one row in memory: two-valued, a missing value compares false."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, assert_never

from datalab.contract.model import LogicalType
from datalab.query.literal import literal_value
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Operator,
    Predicate,
)

COMPARISONS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


def holds(predicate: Predicate, row: Mapping[ColumnRef, object]) -> bool:
    """Return whether a condition is true of a row."""
    match predicate:
        case Compare(column=ref, operator=op, value=literal):
            return _compares(row[ref], op, literal)
        case IsIn(column=ref, values=literals):
            return any(_compares(row[ref], Operator.EQ, literal) for literal in literals)
        case IsMissing(column=ref):
            return row[ref] is None
        case Not(predicate=inner):
            return not holds(inner, row)
        case AllOf(predicates=terms):
            return all(holds(term, row) for term in terms)
        case AnyOf(predicates=terms):
            return any(holds(term, row) for term in terms)
        case _:
            assert_never(predicate)


def _compares(value: object, op: Operator, literal: Literal) -> bool:
    """Compare a value with a literal of its type; whole numbers as doubles where the literal is fractional."""
    if value is None:
        return False
    meant = literal_value(_type_of(value), literal)
    if isinstance(value, datetime):
        return COMPARISONS[op](value.replace(tzinfo=UTC) if value.tzinfo is None else value, meant)
    return COMPARISONS[op](float(value) if isinstance(value, int) and isinstance(meant, float) else value, meant)


def _type_of(value: object) -> LogicalType:
    """Return the type of a column that holds this value; kinds that are special cases of others come first."""
    kinds = (
        (bool, LogicalType.BOOLEAN),
        (int, LogicalType.INTEGER),
        (float, LogicalType.NUMBER),
        (datetime, LogicalType.TIMESTAMP),
        (date, LogicalType.DATE),
    )
    return next((logical_type for kind, logical_type in kinds if isinstance(value, kind)), LogicalType.STRING)
