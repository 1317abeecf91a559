"""Rows that have, or have not, a partner within days or another row of their unit: the same on every engine.

One very busy unit holds nothing up, and so is not noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offence_tables import SCHEMAS, Row, offence, plan_of, question, ref, visit, write
from offences import CONDITIONS, TABLES
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.plan import Engine
from datalab.privacy.table import TableRef
from datalab.query.model import Compare, CountRows, First, Join, Keep, On, Operator, Window

MANY = 100_000
"""Rows of one unit: pairs of them would be ten thousand million."""
TIMES = [("on", "seen_on"), ("at", "seen_at"), ("at", "seen_on"), ("on", "seen_at")]
AGAIN = [("on", "on"), ("at", "at"), ("at", "on"), ("on", "at")]
KEPT = st.sampled_from([Keep.ANY, Keep.NONE])
LENGTHS = st.integers(0, 30)


@dataclass(frozen=True)
class Laid:
    """Tables as they lie, and their rows."""

    rows: Mapping[str, list[Row]]
    files: Mapping[str, TableRef]


def _laid(folder: Path, tables: Mapping[str, list[Row]], *datasets: str) -> Laid:
    rows = {name: tables[name] for name in datasets}
    files = {
        name: TableRef(path=write(None, folder, name, some, buckets=0), buckets=0, schema=SCHEMAS[name])
        for name, some in rows.items()
    }
    return Laid(rows=rows, files=files)


def _counted(engine: Engine[Any], join: Join, tables: Mapping[str, Any]) -> tuple[int, ...]:
    plan = plan_of(question(CountRows(), joins=(join,), rows_per_unit=900, rows_per_cell=900))
    return engine.cells(plan, {source.dataset: tables[source.dataset] for source in plan.sources}).vectors["rows"]


def _open_or_not(draw: st.DrawFn, window: Window) -> Window:
    """Leave an end out of a window of days of the calendar, where it still has a day; moments have no such window."""
    if window.own.name.endswith("at") and window.other.name.endswith("at"):
        return window
    opened = replace(window, above=draw(st.booleans()), below=draw(st.booleans()))
    return opened if opened.closed().at_least <= opened.closed().at_most else window


@st.composite
def partners(draw: st.DrawFn) -> Join:
    """Draw a condition that an offence has, or has not, a visit within days."""
    own, other = draw(st.sampled_from(TIMES))
    least = draw(st.integers(-40, 40))
    window = _open_or_not(draw, Window(own=ref(own), other=ref(other), at_least=least, at_most=least + draw(LENGTHS)))
    on = draw(st.sampled_from([(), (On(own=ref("ward"), other=ref("ward")),)]))
    return Join(dataset="visits", keep=draw(KEPT), on=on, within=window)


@st.composite
def others(draw: st.DrawFn) -> Join:
    """Draw a condition that an offence has, or has not, another one of the same person; most windows hold itself."""
    own, other = draw(st.sampled_from(AGAIN))
    least = draw(st.integers(-6, 6))
    window = _open_or_not(draw, Window(own=ref(own), other=ref(other), at_least=least, at_most=least + draw(LENGTHS)))
    return Join(
        dataset="offences",
        keep=draw(KEPT),
        where=draw(st.none() | CONDITIONS),
        on=draw(st.sampled_from([(), *((On(own=ref(name), other=ref(name)),) for name in ("ward", "loss", "grade"))])),
        within=draw(st.sampled_from([None, window, window])),
        first=draw(st.sampled_from([None, None, First(column=ref("on")), First(column=ref("minutes"), last=True)])),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=TABLES, join=partners() | others())
def test_engines_agree_on_who_has_a_partner(
    *, tables: Mapping[str, list[Row]], join: Join, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Dates and moments, ties, missing ones, missing units, with and without columns that must agree: one count."""
    folder = tmp_path_factory.mktemp("partner")
    laid = _laid(folder, tables, "offences", "visits")

    found = _counted(EmbeddedEngine(scratch=folder), join, laid.files)

    assert found == _counted(ReferenceEngine(), join, laid.rows)


@pytest.mark.spark
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=TABLES, joins=st.tuples(partners(), others()))
def test_spark_agrees_on_who_has_a_partner(
    *,
    tables: Mapping[str, list[Row]],
    joins: tuple[Join, Join],
    spark: SparkSession,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Spark finds the same rows with a partner, and the same with another row of their unit."""
    laid = _laid(tmp_path_factory.mktemp("partner"), tables, "offences", "visits")
    for join in joins:
        assert _counted(SparkEngine(spark), join, laid.files) == _counted(ReferenceEngine(), join, laid.rows)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """One unit with very many rows in both tables, 333 or more a day for 300 days."""
    days = [date(2024, 1, 1) + timedelta(days=number % 300) for number in range(MANY)]
    tables = {
        "offences": [offence("u", on=day, minutes=number) for number, day in enumerate(days)],
        "visits": [visit("u", seen_on=day) for day in days],
    }
    return _laid(tmp_path_factory.mktemp("busy"), tables, "offences", "visits")


def _far_and_near(keep: Keep) -> Mapping[Join, int]:
    """Return conditions on the busy unit's rows, and how many of at most 900 kept rows meet them.

    Nobody has a partner a year later, the last day's rows have none on a later day, and every row has another one.
    """
    joins: dict[Join, int] = {}
    few = MANY // 300  # rows of the last day
    for least, without in ((1, few), (400, 900)):
        for dataset, other in (("visits", "seen_on"), ("offences", "on")):
            window = Window(own=ref("on"), other=ref(other), at_least=least, at_most=least + 100)
            kept = without if keep is Keep.NONE else 900 - (without if least > 1 else 0)
            # The partner's minutes are read, so that no two of the busy unit's rows are alike.
            where = Compare(column=ref("minutes"), operator=Operator.GE, value=0) if dataset == "offences" else None
            joins[Join(dataset=dataset, keep=keep, where=where, within=window)] = kept
    return joins


@pytest.mark.timeout(120)
@pytest.mark.parametrize("keep", [Keep.ANY, Keep.NONE])
def test_a_unit_with_very_many_rows_holds_nothing_up(busy: Laid, tmp_path: Path, keep: Keep) -> None:
    """A hundred thousand rows of one unit on both sides are looked at in order, not pair by pair."""
    for join, kept in _far_and_near(keep).items():
        assert _counted(EmbeddedEngine(scratch=tmp_path), join, busy.files) == (kept,)
    for join in (Join(dataset="offences", keep=keep), Join(dataset="visits", keep=keep)):
        kept = 900 if keep is Keep.ANY else 0
        assert _counted(EmbeddedEngine(scratch=tmp_path), join, busy.files) == (kept,)


@pytest.mark.spark
@pytest.mark.timeout(120)
def test_a_unit_with_very_many_rows_holds_spark_not_up(busy: Laid, spark: SparkSession) -> None:
    """The same on Spark, whose joins would look at ten thousand million pairs."""
    for join, kept in _far_and_near(Keep.NONE).items():
        if kept == 900:  # nobody is near, so that all pairs would be looked at
            assert _counted(SparkEngine(spark), join, busy.files) == (kept,)
