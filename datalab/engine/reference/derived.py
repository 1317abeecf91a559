"""Derived values of one row in memory; where an input is missing, so is what is worked out of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.engine.condition import holds
from datalab.privacy.plan import DerivedColumn
from datalab.query.labels import MONTHS, OTHER, WEEKDAYS, band_labels, period_label
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    Compare,
    DaysBetween,
    Linear,
    Operator,
    Recode,
)

Row = Mapping[ColumnRef, object]
"""One row, joined where the question joins; columns with their dataset named."""


def derived_value(column: DerivedColumn, row: Row) -> object:  # noqa: PLR0911 - a case each
    """Return the value of a derived column in one row; None where it is missing."""
    match column.expression:
        case Band() as band:
            return _band(band, row)
        case Calendar(column=ref, period=period):
            day = utc_date(row[ref])
            return None if day is None else period_label(day, period)
        case Clock(column=ref, part=part):
            return _clock(row[ref], part)
        case Recode() as recode:
            return _recoded(recode, label(row[recode.column]))
        case Clamp() as clamp:
            return _clamped(column, clamp, row)
        case Linear() as linear:
            return _weighted_sum(linear, row)
        case DaysBetween(earlier=earlier, later=later):
            first, last = utc_date(row[earlier]), utc_date(row[later])
            return None if first is None or last is None else (last - first).days
        case _:
            assert_never(column.expression)


def known(value: object) -> object:
    """Return the value, or None for numbers that are none; moments in UTC."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def label(value: object) -> str | None:
    """Return a value as the text that groups are listed by."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def utc_date(value: object) -> date | None:
    """Return the day of a date or of a moment in UTC."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _band(band: Band, row: Row) -> str | None:
    if row[band.column] is None:
        return None
    reached = [edge for edge in band.edges if holds(Compare(column=band.column, operator=Operator.GE, value=edge), row)]
    return band_labels(band.edges)[len(reached)]


def _clock(value: object, part: ClockPart) -> int | str | None:
    day = utc_date(value)
    if day is None:
        return None
    match part:
        case ClockPart.HOUR:
            return value.hour if isinstance(value, datetime) else None
        case ClockPart.WEEKDAY:
            return WEEKDAYS[day.weekday()]
        case ClockPart.MONTH_OF_YEAR:
            return MONTHS[day.month - 1]
        case _:
            assert_never(part)


def _recoded(recode: Recode, text: str | None) -> str | None:
    if text is None:
        return None
    return next((" or ".join(values) for values in recode.groups if text in values), OTHER)


def _clamped(column: DerivedColumn, clamp: Clamp, row: Row) -> float | int | None:
    value = row[clamp.column]
    if not isinstance(value, int | float):
        return None
    if column.logical_type is LogicalType.INTEGER:
        return min(max(int(value), math.ceil(clamp.lower)), math.floor(clamp.upper))
    return min(max(float(value), float(clamp.lower)), float(clamp.upper))


def _weighted_sum(linear: Linear, row: Row) -> float | None:
    total = float(linear.constant)
    for term in linear.terms:
        value = row[term.column]
        if not isinstance(value, int | float):
            return None
        total += float(term.weight) * float(value)
    return total if math.isfinite(total) else None
