"""The quality gate on Spark: the one door to Great Expectations, closed behind it.

Its default result format writes failing cells into results and reports. Here every result is asked for as BASIC with
`partial_unexpected_count` 0, and only counts of it are taken; its own reports are never rendered. Columns go in under
positional names, since a contract's names may hold what it reads as a path.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import below, which reads it

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.expectation import Expectation
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from datalab.contract.model import UNIT_REF, Contract
from datalab.errors import InternalError
from ingest.reporting.checks import Check, CheckKind, CheckResult, received_checks, treated_checks, unit_checks
from ingest.spark.typing import validity

RESULT_FORMAT: Final[Mapping[str, Any]] = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts, and no cell."""
_PLACE = "place"

# It logs the text of errors, which quote cells, and some of its loggers set a level of their own: nothing gets out.
logging.getLogger("great_expectations").propagate = False
logging.getLogger("great_expectations").addHandler(logging.NullHandler())


def check_received(rows: DataFrame, contract: Contract) -> tuple[CheckResult, ...]:
    """Check typed rows, with their validity columns, against what the contract says about an extract."""
    return _run(rows, received_checks(contract))


def check_treated(rows: DataFrame, contract: Contract) -> tuple[CheckResult, ...]:
    """Check de-identified rows, and how many each unit has."""
    results = _run(rows, treated_checks(contract))
    if not unit_checks(contract):
        return results
    units = rows.where(F.col(UNIT_REF).isNotNull()).groupBy(UNIT_REF).count()
    return results + _run(units.select(F.col("count").alias(UNIT_REF)), unit_checks(contract))


def _run(rows: DataFrame, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
    if not checks:
        return ()
    frame = rows.select(*(_subject(check).alias(f"c{place}") for place, check in enumerate(checks))).cache()
    try:
        return _results(frame, checks)
    finally:
        frame.unpersist()


def _results(frame: DataFrame, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_spark("rows", persist=False).add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    suite = gx.ExpectationSuite(name="contract")
    for place, check in enumerate(checks):
        suite.add_expectation(_expectation(check, f"c{place}", place))
    found = {}
    for result in batch.validate(suite, result_format=dict(RESULT_FORMAT)).results:
        if result.expectation_config is not None and result.expectation_config.meta is not None:
            found[result.expectation_config.meta[_PLACE]] = result.result
    return tuple(_judged(check, found.get(place)) for place, check in enumerate(checks))


def _subject(check: Check) -> Expression:
    """Return the column that a check looks at."""
    match check.kind:
        case CheckKind.PRESENT | CheckKind.VALID:
            return F.col(f"`{validity(check.column)}`")
        case CheckKind.LISTED:
            return F.col(f"`{check.column}`").cast("string")
        case CheckKind.UNIQUE | CheckKind.FEW_ROWS | CheckKind.COARSE | CheckKind.DECLARED:
            return F.col(f"`{check.column}`")
        case CheckKind.MASKED | CheckKind.MASKED_AS_READ | CheckKind.READ | CheckKind.SHARED | CheckKind.OWNED:
            raise InternalError("What is counted elsewhere is not counted again.")
        case _:
            assert_never(check.kind)


def _expectation(check: Check, column: str, place: int) -> Expectation:
    meta = {_PLACE: place}
    match check.kind:
        case CheckKind.PRESENT:
            return ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        case CheckKind.VALID:
            return ExpectColumnValuesToBeInSet(column=column, value_set=[True], meta=meta)
        case CheckKind.UNIQUE:
            return ExpectColumnValuesToBeUnique(column=column, meta=meta)
        case CheckKind.LISTED:
            return ExpectColumnValuesToBeInSet(column=column, value_set=list(check.values), meta=meta)
        case CheckKind.FEW_ROWS:
            return ExpectColumnValuesToBeBetween(column=column, max_value=check.most, meta=meta)
        case (
            CheckKind.COARSE
            | CheckKind.DECLARED
            | CheckKind.MASKED
            | CheckKind.MASKED_AS_READ
            | CheckKind.READ
            | CheckKind.SHARED
            | CheckKind.OWNED
        ):
            raise InternalError("What is counted elsewhere is not counted again.")
        case _:
            assert_never(check.kind)


def _judged(check: Check, result: Mapping[str, Any] | None) -> CheckResult:
    if result is None or "unexpected_count" not in result:
        raise InternalError(f"The check `{check.kind}` of column {check.column} could not be run.")
    if not result["element_count"]:
        return check.judge(checked=0, failed=0)  # of no rows it counts nothing, not even 0
    checked = int(result["element_count"]) - int(result.get("missing_count", 0))
    return check.judge(checked=checked, failed=int(result["unexpected_count"]))
