"""Conditions, values and fixed-point numbers as Spark expressions.

None of them can raise because of a value: there is no cast from text, no division by a column, and every number is
clamped before it is scaled.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import assert_never

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import LogicalType
from datalab.engine.counter import Names
from datalab.privacy.bounds import FixedPoint
from datalab.query.literal import literal_value
from datalab.query.model import (
    AllOf,
    AnyOf,
    Compare,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Operator,
    Predicate,
)

SPARK_TYPES: Mapping[LogicalType, str] = {
    LogicalType.STRING: "string",
    LogicalType.INTEGER: "bigint",
    LogicalType.NUMBER: "double",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "timestamp",
    LogicalType.BOOLEAN: "boolean",
}
"""Spark type of each logical type in a view."""
_COMPARISONS: Mapping[Operator, Callable[[Column, Column], Column]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


def known(column: Column, logical_type: LogicalType) -> Column:
    """Return the column with numbers that are none (NaN, infinities) as missing values."""
    if logical_type is not LogicalType.NUMBER:
        return column
    return F.when(F.isnan(column) | (F.abs(column) == F.lit(math.inf)), F.lit(None)).otherwise(column)


def condition(predicate: Predicate, names: Names) -> Column:
    """Return a condition as a two-valued expression: a missing value compares false."""
    match predicate:
        case Compare(column=ref, operator=op, value=literal):
            name, logical_type = names[ref]
            return F.coalesce(compared(name, op, literal, logical_type), F.lit(False))  # noqa: FBT003 - a literal column
        case IsIn(column=ref, values=literals):
            name, logical_type = names[ref]
            values = [_literal(literal, logical_type) for literal in literals]
            return F.coalesce(F.col(name).isin(values), F.lit(False)) if values else F.lit(False)  # noqa: FBT003 - a literal column
        case IsMissing(column=ref):
            return F.col(names[ref][0]).isNull()
        case Not(predicate=inner):
            return ~condition(inner, names)
        case AllOf(predicates=terms):
            return reduce(operator.and_, (condition(term, names) for term in terms), F.lit(True))  # noqa: FBT003 - a literal column
        case AnyOf(predicates=terms):
            return reduce(operator.or_, (condition(term, names) for term in terms), F.lit(False))  # noqa: FBT003 - a literal column
        case _:
            assert_never(predicate)


def compared(name: str, op: Operator, literal: Literal, logical_type: LogicalType) -> Column:
    """Return a comparison that is missing where the column is."""
    return _COMPARISONS[op](F.col(name), _literal(literal, logical_type))


def as_text(name: str, logical_type: LogicalType) -> Column:
    """Return a value as the text that groups are listed by."""
    return F.col(name) if logical_type is LogicalType.STRING else F.col(name).cast("string")


def _literal(literal: Literal, logical_type: LogicalType) -> Column:
    value = literal_value(logical_type, literal)
    if logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP):
        # Through text: Python's converters go by the hybrid calendar of java.sql, which differs before 1582.
        return F.lit(str(value)).cast(SPARK_TYPES[logical_type])
    if isinstance(value, int) and not isinstance(value, bool):
        return F.lit(value).cast("bigint")
    return F.lit(value)


def to_fixed(column: Column, logical_type: LogicalType, fixed: FixedPoint) -> Column:
    """Return `FixedPoint.to_fixed` of a column, as a 64-bit integer; missing stays missing."""
    if logical_type is LogicalType.INTEGER and fixed.exponent == 0:
        return clamp(column, F.lit(fixed.lower).cast("bigint"), F.lit(fixed.upper).cast("bigint"))
    inside = clamp(column.cast("double"), F.lit(fixed.lower_value), F.lit(fixed.upper_value))
    step = F.lit(float(10 ** abs(fixed.exponent)))
    scaled = inside * step if fixed.exponent >= 0 else inside / step
    return clamp(F.floor(scaled + F.lit(0.5)), F.lit(fixed.lower).cast("bigint"), F.lit(fixed.upper).cast("bigint"))


def clamp(column: Column, lower: Column, upper: Column) -> Column:
    """Clamp; `least` and `greatest` skip missing values, so those are kept missing by hand."""
    return F.when(column.isNotNull(), F.least(F.greatest(column, lower), upper))
