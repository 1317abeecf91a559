"""The scan of published columns: what a contract does not declare stops the extract (`anonymise.undeclared`)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from anonymise.undeclared import undeclared
from datalab.contract.model import Contract, LogicalType, Treatment
from datalab.contract.published import published_columns
from ingest.reporting.checks import Check, CheckKind, CheckResult

MOST: Final = 20_000
"""Distinct values of a column that are looked at: a share of a hundredth shows in far fewer."""


def scan(rows: DataFrame, contract: Contract) -> tuple[CheckResult, ...]:
    """Look at the kept columns whose values no contract lists.

    Listed values are compared with the list; numbers with a fraction, days and bands identify nobody by their shape;
    free text is redacted.

    Args:
        rows: de-identified rows.
        contract: what they were treated by.
    """
    results = []
    for published in published_columns(contract):
        column = contract.column(published.name)
        kept = column is not None and column.treatment is Treatment.KEEP
        if not kept or published.values is not None or published.logical_type not in (
            LogicalType.STRING, LogicalType.INTEGER,
        ):  # fmt: skip
            continue
        cells = rows.select(F.col(f"`{published.name}`").cast("string").alias("cell")).dropna().distinct().limit(MOST)
        values = [row.cell for row in cells.collect()]
        found = undeclared(values)
        check = Check(
            kind=CheckKind.DECLARED, column=published.name, limit=Fraction(0), looks_like=found.kind if found else ""
        )
        results.append(check.judge(checked=len(values), failed=found.found if found else 0))
    return tuple(results)
