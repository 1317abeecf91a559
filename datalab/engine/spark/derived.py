"""Derived columns as Spark expressions; what they mean is written in `datalab.engine.reference.derived`.

Times are taken apart in UTC from microseconds, so the time zone of the session plays no part. Nothing here can raise
because of a value: whole numbers are clamped before they are added, and no text is parsed.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import assert_never

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import LogicalType
from datalab.engine.counter import Names
from datalab.engine.spark.expressions import as_text, clamp, compared, known
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
MICROSECONDS_AN_HOUR = 3_600_000_000
FAR = 4 * 10**18
"""Microseconds from 1970, some 126,000 years: moments beyond it, which no calendar date has, count as at it."""
LAST_YEAR = 9999
"""Years up to here are written with four digits."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def derived(column: DerivedColumn, names: Names) -> Column:  # noqa: PLR0911 - a case each
    """Return a derived column as an expression over others."""
    match column.expression:
        case Band() as band:
            return _band(band, names)
        case Calendar(column=ref, period=period):
            return _period(_utc_date(names, ref), period)
        case Clock(column=ref, part=part):
            return _clock(names, ref, part)
        case Recode(column=ref, groups=groups):
            text = as_text(*names[ref])
            cases = F.when(text.isNull(), F.lit(None).cast("string"))
            for group in groups:
                cases = cases.when(text.isin(list(group)), F.lit(" or ".join(group)))
            return cases.otherwise(F.lit(OTHER))
        case Clamp() as held:
            return _clamped(column, held, names)
        case Linear() as linear:
            return _weighted_sum(linear, names)
        case DaysBetween(earlier=earlier, later=later):
            return _days(names, later) - _days(names, earlier)
        case _:
            assert_never(column.expression)


def within(window: Window, names: Names) -> Column:
    """Return the condition that two events lie in a window: each side of each comparison reads one of them."""
    other, earliest, latest = reach(window, names)
    return (other >= earliest) & (other <= latest)


def reach(window: Window, names: Names) -> tuple[Column, Column, Column]:
    """Return when the other event is, and from when to when it may be for the own one, as whole numbers."""
    exact = all(names[ref][1] is LogicalType.TIMESTAMP for ref in (window.own, window.other))
    step = MICROSECONDS_A_DAY if exact else 1
    own, other = (_microseconds(names[ref][0]) if exact else _days(names, ref) for ref in (window.own, window.other))
    least, most = (_whole(max(min(days * step, FAR), -FAR)) for days in (window.at_least, window.at_most))
    return other, own + least, own + most


def _whole(number: int) -> Column:
    return F.lit(number).cast("bigint")


def _microseconds(name: str) -> Column:
    return clamp(F.unix_micros(F.col(name)), _whole(-FAR), _whole(FAR))


def _days(names: Names, ref: ColumnRef) -> Column:
    """Return the day of a date or of a moment in UTC, as days from 1970."""
    name, logical_type = names[ref]
    if logical_type is LogicalType.DATE:
        return F.unix_date(F.col(name)).cast("bigint")
    moment, day = _microseconds(name), _whole(MICROSECONDS_A_DAY)
    return F.call_function("div", moment - F.pmod(moment, day), day)


def _utc_date(names: Names, ref: ColumnRef) -> Column:
    name, logical_type = names[ref]
    if logical_type is LogicalType.DATE:
        return F.col(name)
    return F.date_from_unix_date(_days(names, ref).cast("int"))


def _band(band: Band, names: Names) -> Column:
    name, logical_type = names[band.column]
    *lower, last = band_labels(band.edges)
    cases = F.when(F.col(name).isNull(), F.lit(None).cast("string"))
    for edge, label in zip(band.edges, lower, strict=True):
        cases = cases.when(compared(name, Operator.LT, edge, logical_type), F.lit(label))
    return cases.otherwise(F.lit(last))


def _period(day: Column, period: Period) -> Column:  # noqa: PLR0911 - a case each
    year = _digits(F.year(day), 4)
    match period:
        case Period.DAY:
            return day.cast("string")
        case Period.WEEK:
            week = _digits(F.weekofyear(day), 2)
            return F.concat(_digits(F.date_part(F.lit("YEAROFWEEK"), day), 4), F.lit("-W"), week)
        case Period.MONTH:
            return F.concat(year, F.lit("-"), _digits(F.month(day), 2))
        case Period.QUARTER:
            return F.concat(year, F.lit("-Q"), F.quarter(day).cast("string"))
        case Period.YEAR:
            return year
        case Period.ACADEMIC_YEAR:
            return _split_year(day, ACADEMIC_YEAR_BEGINS)
        case Period.FINANCIAL_YEAR:
            return _split_year(day, FINANCIAL_YEAR_BEGINS)
        case _:
            assert_never(period)


def _digits(number: Column, width: int) -> Column:
    """Return a whole number with leading zeros; one that is longer, or negative, as it is."""
    text = number.cast("string")
    return F.when((number >= 0) & (number <= LAST_YEAR), F.lpad(text, width, "0")).otherwise(text)


def _split_year(day: Column, begins: int) -> Column:
    year = F.year(day) - F.when(F.month(day) < begins, F.lit(1)).otherwise(F.lit(0))
    return F.concat(_digits(year, 4), F.lit("/"), _digits(F.pmod(year + 1, F.lit(100)), 2))


def _clock(names: Names, ref: ColumnRef, part: ClockPart) -> Column:
    match part:
        case ClockPart.HOUR:
            of_day = F.pmod(_microseconds(names[ref][0]), _whole(MICROSECONDS_A_DAY))
            return F.call_function("div", of_day, _whole(MICROSECONDS_AN_HOUR))
        case ClockPart.WEEKDAY:
            return _one_of(WEEKDAYS, F.weekday(_utc_date(names, ref)))
        case ClockPart.MONTH_OF_YEAR:
            return _one_of(MONTHS, F.month(_utc_date(names, ref)) - 1)
        case _:
            assert_never(part)


def _one_of(labels: tuple[str, ...], place: Column) -> Column:
    return F.get(F.array(*(F.lit(label) for label in labels)), place)


def _clamped(column: DerivedColumn, held: Clamp, names: Names) -> Column:
    name = F.col(names[held.column][0])
    if column.logical_type is LogicalType.INTEGER:
        ends = (math.ceil(held.lower), math.floor(held.upper))
        lower, upper = (_whole(max(min(end, _LARGEST), _SMALLEST)) for end in ends)
        return clamp(name, lower, upper)
    return clamp(name, F.lit(float(held.lower)), F.lit(float(held.upper)))


def _weighted_sum(linear: Linear, names: Names) -> Column:
    total = reduce(
        lambda sum_so_far, term: sum_so_far + F.lit(float(term.weight)) * F.col(names[term.column][0]).cast("double"),
        linear.terms,
        F.lit(float(linear.constant)),
    )
    return known(total, LogicalType.NUMBER)
