"""What a literal of a question means for a column of a given type."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.query.model import Literal

EXACT = 2**53
"""Beyond this, fractional numbers cannot tell neighbouring whole numbers apart."""
LiteralValue = str | int | float | bool | date | datetime
"""A literal as engines compare it; timestamps carry UTC."""


def literal_value(logical_type: LogicalType, literal: Literal) -> LiteralValue:
    """Return the literal as a value of the column's type.

    Dates are written `2024-01-31`, timestamps as ISO 8601; one without an offset is UTC.

    Raises:
        ValueError: if the literal is not of that type.
    """
    match logical_type:
        case LogicalType.STRING if isinstance(literal, str):
            return literal
        case LogicalType.BOOLEAN if isinstance(literal, bool):
            return literal
        case LogicalType.INTEGER if isinstance(literal, int | float) and not isinstance(literal, bool):
            return int(literal) if _finite(literal) == int(literal) and abs(literal) < EXACT else literal
        case LogicalType.NUMBER if isinstance(literal, int | float) and not isinstance(literal, bool):
            return float(_finite(literal))
        case LogicalType.DATE if isinstance(literal, str):
            return date.fromisoformat(literal)
        case LogicalType.TIMESTAMP if isinstance(literal, str):
            return _moment(literal)
        case (
            LogicalType.STRING
            | LogicalType.BOOLEAN
            | LogicalType.INTEGER
            | LogicalType.NUMBER
            | LogicalType.DATE
            | LogicalType.TIMESTAMP
        ):
            message = f"not a {logical_type.value}"
            raise ValueError(message)
        case _:
            assert_never(logical_type)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        message = "not finite"
        raise ValueError(message)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        message = "outside the calendar"
        raise ValueError(message) from None


HOW_TO_WRITE = {
    LogicalType.STRING: 'a text, such as "burglary"',
    LogicalType.BOOLEAN: "true or false",
    LogicalType.INTEGER: "a whole number",
    LogicalType.NUMBER: "a number",
    LogicalType.DATE: 'a date, such as "2024-01-31"',
    LogicalType.TIMESTAMP: 'a date and time, such as "2024-01-31T12:00:00"',
}
"""How a literal of each type is written."""
