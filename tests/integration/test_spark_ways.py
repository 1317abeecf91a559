"""The ways in which Spark bounds a round: all rows in order, or apart those of units that bounds may cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyspark.sql import DataFrame, SparkSession

from datalab.engine.counter import names_of, rounds
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark import engine as spark_engine
from datalab.engine.spark.aggregate import Aggregates
from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.rows import rows_of
from datalab.privacy.table import TableRef
from datalab.query.model import CountRows, Mean, Question, Sum

pytestmark = pytest.mark.spark

KINDS = ("arson", "burglary", "theft")
WARDS = ("north", "south", None)
MEASURES = (CountRows(), Sum(column=ref("minutes"), name="sum"), Mean(column=ref("minutes"), name="mean"))


def many(units: int) -> list[Row]:
    """Make units of which some are within all bounds, some fill a cell, some have many rows, and one has no name."""
    rows = []
    for number in range(units):
        cells = range(number % 5) if number % 3 else [number % 4] * (number % 7)
        unit = f"u{number}" if number else None
        rows += [offence(unit, kind=KINDS[i % 3], ward=WARDS[i % 2], minutes=number - i) for i in cells]
    return [*rows, *(offence(None, kind=KINDS[i % 3], ward=None, minutes=i) for i in range(9))]


ROWS = many(60)
ASKED = [
    question(*MEASURES, by=[ref("kind"), ref("ward")], rows_per_unit=most, rows_per_cell=cap)
    for most, cap in ((4, 1), (4, 2), (3, 3), (100, 2), (100, 100))
] + [question(*MEASURES, rows_per_unit=3, rows_per_cell=3)]


@pytest.fixture(scope="module")
def tables(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, TableRef]:
    """Write the rows as views lie."""
    path = write(spark, tmp_path_factory.mktemp("ways"), "offences", ROWS, buckets=2)
    return {"offences": TableRef(path=path, buckets=2, schema=SCHEMAS["offences"])}


@pytest.mark.parametrize("most_apart", [0, 200_000])
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rows_per_unit}-{asked.rows_per_cell}")
def test_every_way_counts_the_same(
    asked: Question,
    most_apart: int,
    *,
    spark: SparkSession,
    tables: dict[str, TableRef],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counts, sums and means are the reference's, whether units beyond bounds are told apart or all put in order."""
    monkeypatch.setattr(spark_engine, "MOST_APART", most_apart)
    plan = replace(plan_of(asked), salt=5)

    assert SparkEngine(spark).cells(plan, tables) == ReferenceEngine().cells(plan, {"offences": ROWS})


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rows_per_unit}-{asked.rows_per_cell}")
def test_no_unit_beyond_a_bound_is_missed(asked: Question, spark: SparkSession, tables: dict[str, TableRef]) -> None:
    """Units that a bound cuts are all told apart, with their rows; of those that are safe most are not."""
    plan = plan_of(asked)
    names, (parts,) = names_of(plan), rounds(plan)
    rows = rows_of(plan, {"offences": spark.read.parquet(str(tables["offences"].path))}, names)
    found = dict(map(tuple, Aggregates(plan=plan, names=names).perhaps_beyond(parts, rows).collect()))
    by = [name for name in ("kind", "ward") if plan.keys]
    cells = Counter((row["unit_id"], *(row[name] for name in by)) for row in ROWS)
    of_unit = Counter(row["unit_id"] for row in ROWS)
    cut = {cell[0] for cell, rows in cells.items() if rows > asked.rows_per_cell}
    cut |= {unit for unit, rows in of_unit.items() if rows > asked.rows_per_unit}

    assert cut <= set(found)
    assert len(set(found) - cut) <= 3
    assert found == {unit: of_unit[unit] for unit in found}


@pytest.mark.parametrize(("rows_per_cell", "ways"), [(100, ["whole"]), (2, ["apart", "whole", "of"])])
def test_only_units_that_bounds_may_cut_are_put_in_order(
    rows_per_cell: int,
    ways: list[str],
    *,
    spark: SparkSession,
    tables: dict[str, TableRef],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no bound cuts, no row is grouped by unit and cell; where some do, only rows of those units are."""
    taken: list[tuple[str, int]] = []
    for way in ("whole", "apart", "of"):
        monkeypatch.setattr(Aggregates, way, noted(way, taken))
    plan = plan_of(question(CountRows(), by=[ref("kind")], rows_per_unit=100, rows_per_cell=rows_per_cell))

    SparkEngine(spark).cells(plan, tables)

    assert [way for way, _ in taken] == ways
    assert all(rows < len(ROWS) for way, rows in taken if way == "of")


def noted(way: str, taken: list[tuple[str, int]]) -> object:
    """Return a way that notes its name and how many rows it is given."""
    original = getattr(Aggregates, way)

    def called(self: Aggregates, parts: object, rows: DataFrame, *rest: object, **named: object) -> DataFrame:
        taken.append((way, rows.count()))
        frame: DataFrame = original(self, parts, rows, *rest, **named)
        return frame

    return called
