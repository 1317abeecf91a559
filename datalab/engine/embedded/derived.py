"""Derived columns as DuckDB expressions; what they mean is written in `datalab.engine.reference.derived`.

Times are taken apart in UTC from microseconds, so the time zone of the connection plays no part, and days and
microseconds are compared as whole numbers that cannot overflow.
"""

from __future__ import annotations

import math
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.engine.counter import Names
from datalab.engine.embedded.expressions import Bound, as_text, clamp, compared
from datalab.privacy.plan import DerivedColumn
from datalab.query.labels import (
    ACADEMIC_YEAR_BEGINS,
    FINANCIAL_YEAR_BEGINS,
    MONTHS,
    OTHER,
    WEEKDAYS,
    band_labels,
)
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    DaysBetween,
    Linear,
    Operator,
    Period,
    Recode,
    Window,
)

MICROSECONDS_A_DAY = 86_400_000_000
FAR = 4 * 10**18
"""Microseconds from 1970, some 126,000 years: moments beyond it, which no calendar date has, count as at it."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def derived(column: DerivedColumn, names: Names, bound: Bound) -> str:  # noqa: PLR0911 - a case each
    """Return a derived column as an expression over others."""
    match column.expression:
        case Band(column=ref, edges=edges):
            name, logical_type = names[ref]
            *lower, last = band_labels(edges)
            cases = [
                f"WHEN {compared(name, Operator.LT, edge, logical_type, bound)} THEN {bound.bind(label)}"
                for edge, label in zip(edges, lower, strict=True)
            ]
            return f"CASE WHEN {name} IS NULL THEN NULL {' '.join(cases)} ELSE {bound.bind(last)} END"
        case Calendar(column=ref, period=period):
            return _period(utc_date(*names[ref]), period)
        case Clock(column=ref, part=part):
            return _clock(names[ref], part, bound)
        case Recode(column=ref, groups=groups):
            text = as_text(*names[ref])
            cases = [f"WHEN {text} IN ({bound.all(group)}) THEN {bound.bind(' or '.join(group))}" for group in groups]
            return f"CASE WHEN {text} IS NULL THEN NULL {' '.join(cases)} ELSE {bound.bind(OTHER)} END"
        case Clamp() as held:
            return _clamped(column, held, names, bound)
        case Linear() as linear:
            return _weighted_sum(linear, names, bound)
        case DaysBetween(earlier=earlier, later=later):
            return f"CAST({utc_date(*names[later])} - {utc_date(*names[earlier])} AS BIGINT)"
        case _:
            assert_never(column.expression)


def within(window: Window, names: Names) -> str:
    """Return the condition that two events lie in a window: each side of each comparison reads one of them."""
    other, earliest, latest = reach(window, names)
    return f"{other} >= {earliest} AND {other} <= {latest}"


def reach(window: Window, names: Names) -> tuple[str, str, str]:
    """Return when the other event is, and from when to when it may be for the own one, as whole numbers."""
    exact = all(names[ref][1] is LogicalType.TIMESTAMP for ref in (window.own, window.other))
    step = MICROSECONDS_A_DAY if exact else 1
    own, other = (_microseconds(names[ref][0]) if exact else _days(names, ref) for ref in (window.own, window.other))
    least, most = (max(min(days * step, FAR), -FAR) for days in (window.at_least, window.at_most))
    return other, f"{own} + ({least})::BIGINT", f"{own} + ({most})::BIGINT"


def utc_date(name: str, logical_type: LogicalType) -> str:
    """Return the day of a date or of a moment in UTC."""
    return name if logical_type is LogicalType.DATE else f"CAST({_utc(name)} AS DATE)"


def _utc(name: str) -> str:
    return f"make_timestamp(epoch_us({name}))"


def _microseconds(name: str) -> str:
    return clamp(f"epoch_us({name})", f"({-FAR})::BIGINT", f"({FAR})::BIGINT")


def _days(names: Names, ref: ColumnRef) -> str:
    return f"CAST({utc_date(*names[ref])} - DATE '1970-01-01' AS BIGINT)"


def _period(day: str, period: Period) -> str:  # noqa: PLR0911 - a case each
    match period:
        case Period.DAY:
            return f"strftime({day}, '%Y-%m-%d')"
        case Period.WEEK:
            return f"strftime({day}, '%G-W%V')"
        case Period.MONTH:
            return f"strftime({day}, '%Y-%m')"
        case Period.QUARTER:
            return f"strftime({day}, '%Y') || '-Q' || quarter({day})"
        case Period.YEAR:
            return f"strftime({day}, '%Y')"
        case Period.ACADEMIC_YEAR:
            return _split_year(day, ACADEMIC_YEAR_BEGINS)
        case Period.FINANCIAL_YEAR:
            return _split_year(day, FINANCIAL_YEAR_BEGINS)
        case _:
            assert_never(period)


def _split_year(day: str, begins: int) -> str:
    year = f"(year({day}) - CASE WHEN month({day}) < {begins} THEN 1 ELSE 0 END)"
    return f"lpad(CAST({year} AS VARCHAR), 4, '0') || '/' || lpad(CAST(({year} + 1) % 100 AS VARCHAR), 2, '0')"


def _clock(column: tuple[str, LogicalType], part: ClockPart, bound: Bound) -> str:
    day = utc_date(*column)
    match part:
        case ClockPart.HOUR:
            return f"CAST(hour({_utc(column[0])}) AS BIGINT)"
        case ClockPart.WEEKDAY:
            return f"CAST({bound.bind(list(WEEKDAYS))} AS VARCHAR[])[isodow({day})]"
        case ClockPart.MONTH_OF_YEAR:
            return f"CAST({bound.bind(list(MONTHS))} AS VARCHAR[])[month({day})]"
        case _:
            assert_never(part)


def _clamped(column: DerivedColumn, held: Clamp, names: Names, bound: Bound) -> str:
    name = names[held.column][0]
    if column.logical_type is LogicalType.INTEGER:
        ends = [max(min(end, _LARGEST), _SMALLEST) for end in (math.ceil(held.lower), math.floor(held.upper))]
        lower, upper = (f"CAST({bound.bind(end)} AS BIGINT)" for end in ends)
    else:
        lower, upper = (f"CAST({bound.bind(float(end))} AS DOUBLE)" for end in (held.lower, held.upper))
    return clamp(name, lower, upper)


def _weighted_sum(linear: Linear, names: Names, bound: Bound) -> str:
    total = f"CAST({bound.bind(float(linear.constant))} AS DOUBLE)"
    for term in linear.terms:
        weight = f"CAST({bound.bind(float(term.weight))} AS DOUBLE)"
        total = f"({total} + {weight} * CAST({names[term.column][0]} AS DOUBLE))"
    return f"CASE WHEN isfinite({total}) THEN {total} END"
