"""What is public of a derived column: its type, its groups and its bounds, from those of the columns it is made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import assert_never

from datalab.contract.model import Bounds, LogicalType, Role
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.labels import band_labels, clock_labels, period_labels, recode_labels
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Query,
    Recode,
)
from datalab.query.schema import ViewSchema

LARGEST = Fraction(10) ** 300
"""Beyond this a weighted sum has no bounds: doubles end soon after."""
MAX_DAYS_LISTED = 1_000
"""Up to so many different numbers of days are groups of their own."""
_NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
_TIMES = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})


def inputs_of(expression: Expression) -> Iterator[ColumnRef]:
    """Yield the columns that an expression reads."""
    match expression:
        case Band(column=ref) | Calendar(column=ref) | Clock(column=ref) | Recode(column=ref) | Clamp(column=ref):
            yield ref
        case Linear(terms=terms):
            yield from (term.column for term in terms)
        case DaysBetween(earlier=earlier, later=later):
            yield earlier
            yield later
        case _:
            assert_never(expression)


def derived_schemas(query: Query, schemas: Mapping[str, ViewSchema]) -> Mapping[str, ViewSchema]:
    """Return the schemas with the question's derived columns added to its own dataset's.

    A derived column whose inputs are unknown, or not of a type that it can be made of, is left out; so is one that has
    the name of a column.
    """
    own = schemas.get(query.dataset)
    if own is None:
        return schemas
    columns = {column.name: column for column in own.columns}
    for derived in query.derive:
        made = published(derived, query.dataset, schemas)
        if made is not None and derived.name not in columns:
            columns[derived.name] = made
    return {**schemas, query.dataset: replace(own, columns=tuple(columns.values()))}


def published(derived: Derived, dataset: str, schemas: Mapping[str, ViewSchema]) -> PublishedColumn | None:
    """Return what is public of a derived column, or None where it cannot be made.

    Args:
        derived: the column.
        dataset: the question's own dataset.
        schemas: those of the contracts, without derived columns.
    """
    found = []
    for ref in inputs_of(derived.expression):
        named = resolve(ref, dataset)
        schema = schemas.get(named.dataset or "")
        column = schema.column(named.name) if schema is not None else None
        if column is None or column.role is Role.FREE_TEXT or not column.askable:
            return None
        found.append(column)
    made = _made(derived.expression, found) if found else None
    if made is None:
        return None
    logical_type, values, bounds = made
    return PublishedColumn(
        name=derived.name,
        logical_type=logical_type,
        role=found[0].role,
        values=values,
        bounds=bounds,
        unit=bounds.unit if bounds is not None else "",
        nullable=any(column.nullable for column in found),
        description="",
        moved=None if isinstance(derived.expression, DaysBetween) else found[0].moved,
    )


_Made = tuple[LogicalType, tuple[str, ...] | None, Bounds | None]


def _made(expression: Expression, found: list[PublishedColumn]) -> _Made | None:  # noqa: PLR0911 - a case each
    column = found[0]
    match expression:
        case Band(edges=edges) if column.logical_type in _NUMBERS and edges and all(map(math.isfinite, edges)):
            return LogicalType.STRING, band_labels(edges), None
        case Calendar(period=period) if column.logical_type in _TIMES and column.bounds is not None:
            lower, upper = _day(column.bounds.lower), _day(column.bounds.upper)
            values = period_labels(lower, upper, period) if lower is not None and upper is not None else None
            return None if values is None else (LogicalType.STRING, values, None)
        case Clock(part=part) if column.logical_type in _TIMES:
            if part is ClockPart.HOUR:
                timed = column.logical_type is LogicalType.TIMESTAMP
                return (LogicalType.INTEGER, clock_labels(part), None) if timed else None
            return LogicalType.STRING, clock_labels(part), None
        case Recode() if column.logical_type is LogicalType.STRING and column.values is not None:
            return LogicalType.STRING, recode_labels(expression, column.values), None
        case Clamp() if column.logical_type in _NUMBERS:
            return column.logical_type, None, _clamped(expression, column)
        case Linear() if all(one.logical_type in _NUMBERS for one in found):
            return LogicalType.NUMBER, None, _combined(expression, found)
        case DaysBetween() if all(one.logical_type in _TIMES for one in found):
            bounds = _days(*found)
            return LogicalType.INTEGER, _listed(bounds), bounds
        case _:
            return None


def _day(moment: float | date) -> date | None:
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date) else None


def _clamped(clamp: Clamp, column: PublishedColumn) -> Bounds:
    lower, upper, unit = clamp.lower, clamp.upper, column.unit
    if column.bounds is not None and not isinstance(column.bounds.lower, date):
        lower = max(lower, column.bounds.lower)
        unit = column.bounds.unit
    if column.bounds is not None and not isinstance(column.bounds.upper, date):
        upper = min(upper, column.bounds.upper)
    return Bounds(lower=lower, upper=upper, unit=unit)


def _combined(linear: Linear, found: list[PublishedColumn]) -> Bounds | None:
    low = high = Fraction(linear.constant)
    for term, column in zip(linear.terms, found, strict=True):
        bounds = column.bounds
        if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
            return None
        ends = sorted(Fraction(term.weight) * Fraction(end) for end in (bounds.lower, bounds.upper))
        low, high = low + ends[0], high + ends[1]
    units = {column.bounds.unit for column in found if column.bounds is not None}
    if max(abs(low), abs(high)) > LARGEST:
        return None
    return Bounds(lower=float(low), upper=float(high), unit=units.pop() if len(units) == 1 else "")


def _days(earlier: PublishedColumn, later: PublishedColumn) -> Bounds | None:
    if earlier.bounds is None or later.bounds is None:
        return None
    ends = [_day(one) for one in (earlier.bounds.lower, earlier.bounds.upper, later.bounds.lower, later.bounds.upper)]
    first, last, begins, ends_at = ends
    if first is None or last is None or begins is None or ends_at is None:
        return None
    return Bounds(lower=(begins - last).days, upper=(ends_at - first).days, unit="days")


def _listed(bounds: Bounds | None) -> tuple[str, ...] | None:
    if bounds is None or not isinstance(bounds.lower, int) or not isinstance(bounds.upper, int):
        return None
    span = range(bounds.lower, bounds.upper + 1)
    return tuple(map(str, span)) if len(span) <= MAX_DAYS_LISTED else None
