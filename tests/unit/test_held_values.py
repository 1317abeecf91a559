"""Values on the engines: held within their bounds before they are summed, and once more after."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import pytest
from offences import SCHEMAS, offence, plan_of, question, ref, write
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import LogicalType
from datalab.engine.embedded import coding
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.embedded.expressions import to_fixed
from datalab.engine.spark.expressions import to_fixed as spark_fixed
from datalab.privacy.bounds import fixed_point
from datalab.privacy.table import TableRef
from datalab.query.model import Mean, Sum, Variance

WHOLE, NUMBER = LogicalType.INTEGER, LogicalType.NUMBER
TYPES = {WHOLE: "BIGINT", NUMBER: "DOUBLE"}


HELD = pytest.mark.parametrize(
    ("lower", "upper", "kind", "values"),
    [
        (-20, 500, WHOLE, [-(2**63), -21, -20, 7, 500, 501, 2**63 - 1]),
        (0, 99.95, NUMBER, [-math.inf, -1e300, -0.001, 0.0, 1.234567, 99.95, 99.951, 1e300, math.inf]),
        (-0.5, 2.5, WHOLE, [-3, -1, 0, 2, 3, 2**62]),  # 2.5 is within the bounds, and no whole number
        (0, 10**12, WHOLE, [-5, 1, 10**12, 10**12 + 6, 10**18]),
        (10**9, 10**9 + 100, WHOLE, [-5, 10**9, 10**9 + 7, 10**9 + 101, 2**63 - 1]),
        (1000.0, 1000.001, NUMBER, [-math.inf, 1000.0, 1000.00049, 1000.001, 1000.0011, 1e300]),
    ],
)
SHARED = pytest.mark.parametrize(("shared", "centred"), [(True, False), (False, False), (True, True), (False, True)])


@HELD
@SHARED
def test_a_value_is_held_within_its_bounds(
    *, lower: float, upper: float, kind: LogicalType, values: list[float], shared: bool, centred: bool
) -> None:
    """The statement gives what the reference gives, within the bounds on both sides, and nothing for no value."""
    fixed = fixed_point(lower, upper, rows_per_cell=2, whole=kind is WHOLE, shared=shared, centred=centred)
    column = f"SELECT {to_fixed('v', kind, fixed)} FROM (SELECT unnest(?::{TYPES[kind]}[]) AS v)"  # noqa: S608 - a test's own text
    found = [value for (value,) in duckdb.connect().execute(column, [[*values, None]]).fetchall()]

    assert found == [*map(fixed.to_fixed, values), None]
    assert fixed.lower == min(found[:-1])
    assert fixed.upper == max(found[:-1])


@pytest.mark.spark
@HELD
@SHARED
def test_spark_holds_a_value_within_its_bounds(
    *,
    lower: float,
    upper: float,
    kind: LogicalType,
    values: list[float],
    shared: bool,
    centred: bool,
    spark: SparkSession,
) -> None:
    """The same on Spark."""
    fixed = fixed_point(lower, upper, rows_per_cell=2, whole=kind is WHOLE, shared=shared, centred=centred)
    columns = [F.lit(value).cast(TYPES[kind]) for value in [*values, None]]
    (found,) = spark.range(1).select(*(spark_fixed(column, kind, fixed) for column in columns)).collect()

    assert list(found) == [*map(fixed.to_fixed, values), None]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_is_held_where_a_value_was_not(sign: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Were values let through as they are, a unit whose rows are cut would add no more to a cell than is stated."""
    monkeypatch.setattr(coding, "to_fixed", lambda name, _, fixed: f"(CAST({name} AS BIGINT) * {10**fixed.exponent})")
    minutes = ref("minutes")
    measures = (
        Sum(column=minutes, name="sum"),
        Mean(column=minutes, name="mean"),
        Variance(column=minutes, name="spread"),
    )
    plan = plan_of(question(*measures, rows_per_unit=3, rows_per_cell=3))
    path = write(None, tmp_path, "offences", [offence("u1", minutes=sign * 10**4)] * 5, buckets=0)
    table = TableRef(path=path, buckets=0, schema=SCHEMAS["offences"])
    cells = EmbeddedEngine(scratch=tmp_path).cells(plan, {"offences": table}).vectors

    most = {part.name: 3 * part.magnitude for part in plan.parts}
    assert cells == {
        "sum": (sign * most["sum"],),
        "mean/values": (3,),
        "mean/sum": (sign * most["mean/sum"],),
        "spread/squares": (most["spread/squares"],),
    }
