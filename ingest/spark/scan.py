"""The scan of published columns: what a contract does not declare stops the extract (`anonymise.undeclared`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import DateType, TimestampType

from anonymise.cells.days import CONSTANT, born_children, born_units
from anonymise.cells.positions import position_columns
from anonymise.undeclared import undeclared
from datalab.contract.generalisation import TopCode
from datalab.contract.model import UNIT_REF, Bounds, Column, Contract, LogicalType, Treatment
from datalab.contract.published import published_columns
from ingest.reporting.checks import Check, CheckKind, CheckResult

MOST: Final = 20_000
"""Distinct values of a column that are looked at: a share of a hundredth shows in far fewer."""
SHORT: Final = 10_000_000
"""No number that is looked for has fewer than eight digits."""
_WHOLE: Final = 1e17
"""Beyond it no number is somebody's."""

_DAYS: Final = (LogicalType.DATE, LogicalType.TIMESTAMP)
_MIDNIGHTS: Final = ("00:00:00", "01:00:00", "23:00:00")


def scan(rows: DataFrame, contract: Contract) -> tuple[CheckResult, ...]:
    """Look at the columns that leave values as they are, and whose values no contract lists.

    Listed values are compared with the list; numbers with a fraction identify nobody by their shape, but latitudes
    beside longitudes, nor do days, but those that no unit has two of and that span generations, or the ages of school:
    likely births, of which units are counted. Bands identify nobody; free text is redacted. A column of type `number`
    may hold whole ones alone, as one with gaps is often exported.

    Args:
        rows: de-identified rows.
        contract: what they were treated by.
    """
    results, numbers = [], {}
    for published in published_columns(contract):
        column = contract.column(published.name)
        if column is None or published.values is not None:
            continue
        if column.logical_type in _DAYS and column.treatment is Treatment.KEEP and UNIT_REF in rows.columns:
            results.append(_births(rows, column))
        if not _leaves_values(column):
            if _is_decimal(column):
                numbers[column.name] = _values(rows, column)
            continue
        values = _values(rows, column)
        found = undeclared(values)
        if found is None and _is_decimal(column):
            numbers[column.name] = values
        results.append(_result(column, found.kind if found else "", len(values), found.found if found else 0))
    results.extend(
        _result(column, "exact places", len(numbers[name]), found)
        for name, found in position_columns(numbers).items()
        if (column := contract.column(name)) is not None
    )
    return tuple(results)


def _births(rows: DataFrame, column: Column) -> CheckResult:
    """Judge whether a column of days or times is one of births, by the first and last day of each of some units.

    A birth that is held as a time has that of midnight, or of an hour off in summer; events have others.
    """
    cell = F.col(f"`{column.name}`")
    day, at = F.to_date(cell), F.date_format(cell, "HH:mm:ss")
    units = rows.where(day.isNotNull()).groupBy(UNIT_REF)
    found_in = units.agg(
        F.min(day).alias("first"), F.max(day).alias("last"), F.min(at.isin(*_MIDNIGHTS)).alias("is_whole")
    )
    seen = [(row["first"], row["last"], row["is_whole"]) for row in found_in.limit(MOST).collect()]
    days = [(first, last) for first, last, is_whole in seen if is_whole]
    today = datetime.now(UTC).date()
    found = born_units(days, today) or born_children(days, min(today, _latest_beside(rows, column) or date.min))
    return _result(column, "dates of birth", len(seen), found if len(days) >= CONSTANT * len(seen) else 0)


def _latest_beside(rows: DataFrame, column: Column) -> date | None:
    """Return the latest day in any other column of days or times, None where there is none."""
    others = [
        F.max(F.to_date(F.col(f"`{field.name}`")))
        for field in rows.schema
        if field.name != column.name and isinstance(field.dataType, DateType | TimestampType)
    ]
    latest = [day for day in rows.agg(*others).first() or () if day is not None] if others else []
    return max(latest, default=None)


def _values(rows: DataFrame, column: Column) -> list[str]:
    """Return distinct values of a column as text, blank ones left out."""
    cells = rows.select(_text(column).alias("cell")).dropna().distinct().limit(MOST)
    return [row.cell for row in cells.collect()]


def _result(column: Column, kind: str, checked: int, found: int) -> CheckResult:
    check = Check(kind=CheckKind.DECLARED, column=column.name, limit=Fraction(0), looks_like=kind if found else "")
    return check.judge(checked=checked, failed=found)


def _is_decimal(column: Column) -> bool:
    return column.logical_type is LogicalType.NUMBER and column.treatment is Treatment.KEEP


def _leaves_values(column: Column) -> bool:
    """Whether texts or numbers of the extract reach research as they are; top-coding leaves most."""
    kept = column.treatment is Treatment.KEEP or isinstance(column.generalisation, TopCode)
    numbers = column.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER) and not _is_short(column.bounds)
    return kept and (numbers or column.logical_type is LogicalType.STRING)


def _is_short(bounds: Bounds | None) -> bool:
    """Whether numbers within bounds have too few digits to be anybody's: percentages, minutes, counts."""
    ends = () if bounds is None else (bounds.lower, bounds.upper)
    return bool(ends) and all(isinstance(end, int | float) and abs(end) < SHORT for end in ends)


def _text(column: Column) -> Expression:
    """Return a cell as text, a whole number without the point and the power of ten that a double is written with."""
    cell = F.col(f"`{column.name}`")
    if column.logical_type is not LogicalType.NUMBER:
        return cell.cast("string")
    whole = (cell % 1 == 0) & (F.abs(cell) < _WHOLE)
    return F.when(whole, cell.cast("decimal(18,0)").cast("string")).otherwise(cell.cast("string"))
