"""The scan of published columns: what a contract does not declare stops the extract (`anonymise.undeclared`)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from anonymise.undeclared import undeclared
from datalab.contract.generalisation import TopCode
from datalab.contract.model import Bounds, Column, Contract, LogicalType, Treatment
from datalab.contract.published import published_columns
from ingest.reporting.checks import Check, CheckKind, CheckResult

MOST: Final = 20_000
"""Distinct values of a column that are looked at: a share of a hundredth shows in far fewer."""
SHORT: Final = 10_000_000
"""No number that is looked for has fewer than eight digits."""
_WHOLE: Final = 1e17
"""Beyond it no number is somebody's."""


def scan(rows: DataFrame, contract: Contract) -> tuple[CheckResult, ...]:
    """Look at the columns that leave values as they are, and whose values no contract lists.

    Listed values are compared with the list; numbers with a fraction, days and bands identify nobody by their shape;
    free text is redacted. A column of type `number` may hold whole ones alone, as one with gaps is often exported.

    Args:
        rows: de-identified rows.
        contract: what they were treated by.
    """
    results = []
    for published in published_columns(contract):
        column = contract.column(published.name)
        if column is None or published.values is not None or not _leaves_values(column):
            continue
        cells = rows.select(_text(column).alias("cell")).dropna().distinct().limit(MOST)
        values = [row.cell for row in cells.collect()]
        found = undeclared(values)
        check = Check(
            kind=CheckKind.DECLARED, column=published.name, limit=Fraction(0), looks_like=found.kind if found else ""
        )
        results.append(check.judge(checked=len(values), failed=found.found if found else 0))
    return tuple(results)


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
