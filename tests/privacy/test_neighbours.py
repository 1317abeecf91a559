"""The promise that everything hangs on: one unit never moves a bounded vector by more than the plan states.

Here questions and tables are of any kind, at random; `test_worst_neighbours` goes for the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from attack import Tables, without
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neighbours import assert_counts_within, assert_within, laid_out, moved
from offences import TABLES, UNITS, offence, plan_of, question, questions, ref
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.bounds import Sensitivity, sensitivity
from datalab.privacy.plan import Engine, Plan
from datalab.query.model import Compare, CountRows, CountUnits, Mean, Operator, Question, Ratio, Sum


def assert_neighbours_within(plan: Plan, engine: Engine[Any], one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Fail where anything that an engine computes of two tables is further apart than the plan states."""
    listed = plan.with_values(("X", ""))
    assert_within(listed, engine.cells(listed, one), engine.cells(listed, other))
    assert_counts_within(plan, engine.counts(plan, one), engine.counts(plan, other))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), tables=TABLES, unit=UNITS)
def test_one_unit_moves_no_vector_further_than_stated(asked: Question, tables: Tables, unit: str) -> None:
    """Removing any unit keeps every vector within its L1, L2 and largest-cell sensitivity, whatever its values are."""
    assert_neighbours_within(plan_of(asked), ReferenceEngine(), tables, without(tables, unit))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), tables=TABLES, unit=UNITS)
def test_one_unit_moves_no_vector_further_than_stated_on_the_embedded_engine(
    *, asked: Question, tables: Tables, unit: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same promise holds of what the embedded engine computes."""
    plan = plan_of(asked)
    one, other = (tmp_path_factory.mktemp("neighbour") for _ in range(2))
    laid = laid_out(None, one, plan, tables, 0), laid_out(None, other, plan, without(tables, unit), 0)

    assert_neighbours_within(plan, EmbeddedEngine(scratch=one), *laid)


@pytest.mark.spark
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), tables=TABLES, unit=UNITS, buckets=st.sampled_from([0, 2]))
def test_one_unit_moves_no_vector_further_than_stated_on_spark(
    *,
    asked: Question,
    tables: Tables,
    unit: str,
    buckets: int,
    spark: SparkSession,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The same promise holds of what Spark computes."""
    plan = plan_of(asked)
    one, other = (tmp_path_factory.mktemp("neighbour") for _ in range(2))
    laid = laid_out(spark, one, plan, tables, buckets), laid_out(spark, other, plan, without(tables, unit), buckets)

    assert_neighbours_within(plan, SparkEngine(spark), *laid)


BY = [ref("kind"), ref("ward")]
HIGH = Compare(column=ref("minutes"), operator=Operator.GT, value=400)
WORST: list[dict[str, Any]] = [
    {"kind": kind, "ward": ward, "minutes": 500, "loss": 1e9}
    for kind in ("arson", "burglary", "theft")
    for ward in ("north", "south", None)
    for _ in range(9)
]


@pytest.mark.parametrize(
    ("rows_per_unit", "rows_per_cell"), [(1, 1), (4, 2), (5, 2), (12, 3), (9, 9), (81, 9), (100, 20)]
)
def test_stated_sensitivity_is_reached(rows_per_unit: int, rows_per_cell: int) -> None:
    """The bounds are tight: the worst unit moves counts, sums, means and shares by exactly as much."""
    rows_per_cell = min(rows_per_cell, 9)
    asked = question(
        CountRows(),
        CountUnits(),
        Sum(column=ref("minutes"), name="total"),
        Mean(column=ref("minutes"), name="minutes_mean"),
        Sum(column=ref("loss"), name="loss"),
        Ratio(top=CountRows(where=HIGH), bottom=CountRows(), name="share"),
        by=BY,
        rows_per_unit=rows_per_unit,
        rows_per_cell=rows_per_cell,
    )
    plan = plan_of(asked)
    rows = [offence("u1", **values) for values in WORST]
    full, empty = (ReferenceEngine().cells(plan, {"offences": table}) for table in (rows, []))

    assert {part.name: moved(part, full, empty) for part in plan.parts} == {
        part.name: part.sensitivity for part in plan.parts
    }


@settings(deadline=None)
@given(
    rows_per_unit=st.integers(1, 8),
    rows_per_cell=st.integers(1, 8),
    cells=st.integers(1, 4),
    magnitude=st.integers(1, 9),
)
def test_sensitivity_is_the_worst_of_all_ways_to_spread_rows(
    rows_per_unit: int, rows_per_cell: int, cells: int, magnitude: int
) -> None:
    """The formula equals a search over every way to put at most R rows into cells of at most cap."""
    spreads: list[tuple[int, ...]] = [()]
    for _ in range(cells):
        spreads = [(*s, k) for s in spreads for k in range(min(rows_per_cell, rows_per_unit - sum(s)) + 1)]

    stated = sensitivity(rows_per_unit=rows_per_unit, rows_per_cell=rows_per_cell, cells=cells, magnitude=magnitude)

    assert stated == Sensitivity(
        l1=max(sum(s) for s in spreads) * magnitude,
        l2_squared=max(sum(k * k for k in s) for s in spreads) * magnitude**2,
        linf=max(max(s) for s in spreads) * magnitude,
    )


@pytest.mark.parametrize("bound", ["rows_per_unit", "rows_per_cell"])
def test_a_bound_left_out_is_noticed(bound: str) -> None:
    """The promise above fails for an engine that forgets a bound: the test can tell."""
    plan = plan_of(question(CountRows(), by=BY, rows_per_unit=4, rows_per_cell=2))
    forgetful = (
        replace(plan, parts=tuple(replace(part, rows_per_unit=100) for part in plan.parts))
        if bound == "rows_per_unit"
        else replace(plan, parts=tuple(replace(part, rows_per_cell=100) for part in plan.parts))
    )
    rows = [offence("u1", **values) for values in WORST]
    full, empty = (ReferenceEngine().cells(forgetful, {"offences": table}) for table in (rows, []))

    with pytest.raises(AssertionError):
        assert_within(plan, full, empty)
