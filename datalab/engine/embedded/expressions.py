"""Conditions, values and fixed-point numbers as DuckDB expressions; what they mean is Spark's and the reference's.

None of them can raise because of a value: there is no cast from text, and every number is clamped before it is scaled.
Literals never stand in the statement: they are bound to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from datalab.contract.model import LogicalType
from datalab.engine.counter import Names
from datalab.privacy.bounds import FixedPoint
from datalab.query.literal import literal_value
from datalab.query.model import AllOf, AnyOf, Compare, IsIn, IsMissing, Literal, Not, Operator, Predicate

DUCKDB_TYPES: Mapping[LogicalType, str] = {
    LogicalType.STRING: "VARCHAR",
    LogicalType.INTEGER: "BIGINT",
    LogicalType.NUMBER: "DOUBLE",
    LogicalType.DATE: "DATE",
    LogicalType.TIMESTAMP: "TIMESTAMPTZ",
    LogicalType.BOOLEAN: "BOOLEAN",
}
"""DuckDB type of each logical type in a view."""
_COMPARISONS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """Values that a statement refers to by name."""

    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        """Return the name under which the statement refers to a value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def all(self, values: Iterable[object]) -> str:
        """Return a list of such names."""
        return ", ".join(self.bind(value) for value in values)


def quoted(name: str) -> str:
    """Return a column's name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def known(column: str, logical_type: LogicalType) -> str:
    """Return the column in its type, with values that are none (NaN, infinities) as missing ones."""
    typed = f"CAST({column} AS {DUCKDB_TYPES[logical_type]})"
    if logical_type in (LogicalType.NUMBER, LogicalType.DATE, LogicalType.TIMESTAMP):
        return f"CASE WHEN isfinite({typed}) THEN {typed} END"
    return typed


def as_text(name: str, logical_type: LogicalType) -> str:
    """Return a value as the text that groups are listed by."""
    return name if logical_type is LogicalType.STRING else f"CAST({name} AS VARCHAR)"


def condition(predicate: Predicate, names: Names, bound: Bound) -> str:
    """Return a condition as a two-valued expression: a missing value compares false."""
    match predicate:
        case Compare(column=ref, operator=op, value=literal):
            name, logical_type = names[ref]
            return f"coalesce({compared(name, op, literal, logical_type, bound)}, false)"
        case IsIn(column=ref, values=literals):
            name, logical_type = names[ref]
            listed = ", ".join(_literal(literal, logical_type, bound) for literal in literals)
            return f"coalesce({name} IN ({listed}), false)" if listed else "false"
        case IsMissing(column=ref):
            return f"({names[ref][0]} IS NULL)"
        case Not(predicate=inner):
            return f"(NOT {condition(inner, names, bound)})"
        case AllOf(predicates=terms):
            return "(" + " AND ".join(["true", *(condition(term, names, bound) for term in terms)]) + ")"
        case AnyOf(predicates=terms):
            return "(" + " OR ".join(["false", *(condition(term, names, bound) for term in terms)]) + ")"
        case _:
            assert_never(predicate)


def compared(name: str, op: Operator, literal: Literal, logical_type: LogicalType, bound: Bound) -> str:
    """Return a comparison that is missing where the column is."""
    return f"{name} {_COMPARISONS[op]} {_literal(literal, logical_type, bound)}"


def _literal(literal: Literal, logical_type: LogicalType, bound: Bound) -> str:
    return bound.bind(literal_value(logical_type, literal))


def to_fixed(column: str, logical_type: LogicalType, fixed: FixedPoint) -> str:
    """Return `FixedPoint.to_fixed` of a column, as a 64-bit integer; missing stays missing."""
    lower, upper = f"{fixed.lower}::BIGINT", f"{fixed.upper}::BIGINT"
    if logical_type is LogicalType.INTEGER and fixed.exponent == 0:
        return clamp(column, lower, upper)
    inside = clamp(f"CAST({column} AS DOUBLE)", f"{fixed.lower_value!r}::DOUBLE", f"{fixed.upper_value!r}::DOUBLE")
    step = f"{float(10 ** abs(fixed.exponent))!r}::DOUBLE"
    scaled = f"{inside} * {step}" if fixed.exponent >= 0 else f"{inside} / {step}"
    return clamp(f"CAST(floor({scaled} + 0.5::DOUBLE) AS BIGINT)", lower, upper)


def clamp(column: str, lower: str, upper: str) -> str:
    """Clamp; `least` and `greatest` skip missing values, so those are kept missing by hand."""
    return f"CASE WHEN {column} IS NOT NULL THEN least(greatest({column}, {lower}), {upper}) END"
