"""Spark and the embedded engine against the reference: random tables, random questions, the same integers."""

from __future__ import annotations

import itertools
import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offences import SCHEMAS, TABLES, Row, offence, plan_of, question, questions, ref, write
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.engine.embedded import kept
from datalab.engine.embedded.arrays import drawn_rows, numbered
from datalab.engine.embedded.arrays.row_hash import CellHashes, order_hashes, row_hashes
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.order import cell_hash, order_hash, row_hash
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.plan import Cells, Engine, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import Compare, Operator, Quantile, Question

SPARK_EXAMPLES = 12
"""Each costs a Spark job or two."""
ZONES = ["UTC", "Asia/Kolkata", "America/New_York"]


def computed(engine: Engine[Any], plan: Plan, tables: Mapping[str, Any]) -> tuple[Cells, Mapping[str, int]]:
    """Return what an engine computes of a plan: units by unlisted value, and cells with two of those as groups."""
    return engine.cells(plan.with_values(("X", "")), tables), engine.counts(plan, tables)


def laid_out(
    spark: Any, folder: Path, plan: Plan, tables: Mapping[str, list[Row]], buckets: int
) -> dict[str, TableRef]:
    """Write the tables that a plan reads."""
    laid: dict[str, TableRef] = {}
    for source in {source.dataset: source for source in plan.sources}.values():
        many = buckets if source.has_units else 0
        path = write(spark, folder, source.dataset, tables[source.dataset], buckets=many)
        laid[source.dataset] = TableRef(path=path, buckets=many, schema=SCHEMAS[source.dataset])
    return laid


@pytest.mark.spark
@settings(max_examples=SPARK_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), tables=TABLES, buckets=st.sampled_from([0, 3]), zone=st.sampled_from(ZONES))
def test_spark_agrees_with_the_reference(
    *,
    asked: Question,
    tables: Mapping[str, list[Row]],
    buckets: int,
    zone: str,
    spark: SparkSession,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Both engines give the same integers for any table, question and time zone of the session."""
    plan = plan_of(asked)
    laid = laid_out(spark, tmp_path_factory.mktemp("agree"), plan, tables, buckets)
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        assert computed(SparkEngine(spark), plan, laid) == computed(ReferenceEngine(), plan, tables)
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


@contextmanager
def sized(most: int, batch: int) -> Iterator[None]:
    """Number the units of at most so many rows, and take about so many rows at once."""
    with ExitStack() as patched:
        for where, name, size in ((kept, "MOST_ROWS", most), (numbered, "BATCH", batch), (drawn_rows, "BLOCK", batch)):
            patched.enter_context(patch.object(where, name, size))
        yield


NUMBERED = st.sampled_from([0, kept.MOST_ROWS])
BATCHES = st.sampled_from([1, 3, 100])


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), tables=TABLES, most=NUMBERED, batch=BATCHES)
def test_the_embedded_engine_agrees_with_the_reference(
    *, asked: Question, tables: Mapping[str, list[Row]], most: int, batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both give the same integers for any table and question, also where bounds choose between rows.

    Whether units are numbered or not, and however many of their rows are handed out at once.
    """
    plan, folder = plan_of(asked), tmp_path_factory.mktemp("agree")
    laid = laid_out(None, folder, plan, tables, 0)

    with sized(most, batch):
        found = computed(EmbeddedEngine(scratch=folder, threads=2), plan, laid)

    assert found == computed(ReferenceEngine(), plan, tables)


@st.composite
def crowded(draw: st.DrawFn) -> tuple[Question, list[Row]]:
    """Draw quantiles of a table in which most people have more rows than may count, in a cell or in all."""
    limit = draw(st.integers(1, 8))
    column = ref(draw(st.sampled_from(["minutes", "loss"])))
    asked = question(
        Quantile(
            column=column, name=f"{column.name}_median", level=Fraction(1, 2), bins=draw(st.sampled_from([3, 64]))
        ),
        Quantile(column=ref("minutes"), name="minutes", level=Fraction(1, 4), where=Compare(
            column=ref("grade"), operator=Operator.LT, value=3)),
        by=draw(st.sampled_from([[], [ref("kind")], [ref("kind"), ref("ward")]])),
        rows_per_unit=limit,
        rows_per_cell=draw(st.integers(1, limit)),
    )  # fmt: skip
    rows = st.builds(
        offence,
        unit=st.sampled_from(["u1", "u1", "u1", "u2", "u2", "u3", None]),
        kind=st.sampled_from(["theft", "theft", "arson"]),
        ward=st.sampled_from(["north", "south", None]),
        grade=st.integers(1, 4),
        minutes=st.sampled_from([10, 10, 100, 300, None]),
    )
    return asked, draw(st.lists(rows, min_size=10, max_size=60))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=crowded(), most=NUMBERED, batch=BATCHES, salt=st.integers(-(2**63), 2**63 - 1))
def test_rows_that_are_drawn_are_those_of_the_reference(
    *, made: tuple[Question, list[Row]], most: int, batch: int, salt: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where people have more rows than may count, both draw the same ones, of cells and in all, for every filter."""
    plan, folder = replace(plan_of(made[0]), salt=salt), tmp_path_factory.mktemp("drawn")
    tables = {"offences": made[1]}
    laid = laid_out(None, folder, plan, tables, 0)

    with sized(most, batch):
        found = EmbeddedEngine(scratch=folder, threads=2).cells(plan, laid)

    assert found == ReferenceEngine().cells(plan, tables)


BOUNDS = st.integers(1, 12).flatmap(lambda most: st.tuples(st.just(most), st.integers(1, most)))
SALTS = st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    asked=st.lists(questions(joined=False) | questions(), min_size=1, max_size=2),
    turns=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), BOUNDS, SALTS), min_size=3, max_size=6),
    tables=st.lists(TABLES, min_size=1, max_size=2),
)
def test_an_engine_that_keeps_rows_agrees_with_the_reference(
    *,
    asked: list[Question],
    turns: list[tuple[int, int, tuple[int, int], int]],
    tables: list[Mapping[str, list[Row]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One engine gives the same integers however often, and with whatever other bounds and order, it is asked."""
    folder = tmp_path_factory.mktemp("again")
    engine, reference = EmbeddedEngine(scratch=folder, threads=2), ReferenceEngine()
    lying = -1
    for which, of_tables, (rows_per_unit, rows_per_cell), salt in turns:
        question = replace(asked[which % len(asked)], rows_per_unit=rows_per_unit, rows_per_cell=rows_per_cell)
        plan, wanted = replace(plan_of(question), salt=salt), (of_tables == 0) % len(tables)
        if wanted != lying:
            rewritten(folder, tables[wanted])
            lying = wanted
        laid = {
            one.dataset: TableRef(path=folder / one.dataset, buckets=0, schema=SCHEMAS[one.dataset])
            for one in plan.sources
        }

        assert computed(engine, plan, laid) == computed(reference, plan, tables[wanted])


def rewritten(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write tables where others lay."""
    for dataset, rows in tables.items():
        shutil.rmtree(folder / dataset, ignore_errors=True)
        write(None, folder, dataset, rows, buckets=0)


@given(
    salt=st.integers(-(2**63), 2**63 - 1),
    rows=st.lists(
        st.tuples(
            st.none() | st.text(max_size=70),
            st.none() | st.booleans(),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(),
            st.none() | st.dates(),
            st.none() | st.datetimes(timezones=st.just(UTC)),
            st.none() | st.text(max_size=3),
        ),
        max_size=6,
    ),
)
def test_the_hash_of_columns_is_the_hash_of_each_row(salt: int, rows: list[tuple[object, ...]]) -> None:
    """Whole columns are hashed to the numbers that `row_hash` gives row by row, whatever is missing."""
    kinds = [pa.string(), pa.bool_(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us", "UTC"), pa.string()]
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]

    assert row_hashes(salt, columns, len(rows)).tolist() == [row_hash(salt, row) for row in rows]
    assert order_hashes(salt, columns, len(rows)).tolist() == [order_hash(salt, row) for row in rows]


@given(
    salt=st.integers(-(2**63), 2**63 - 1),
    units=st.lists(st.none() | st.text(max_size=40), min_size=1, max_size=4),
    labels=st.lists(st.lists(st.none() | st.text(max_size=40), min_size=1, max_size=4), max_size=3),
)
def test_the_hash_of_a_cell_goes_on_from_that_of_its_unit(
    salt: int, units: list[str | None], labels: list[list[str | None]]
) -> None:
    """Cells hash to the numbers that `cell_hash` gives of the unit and its labels, whatever is missing."""
    cells = list(itertools.product(*labels))
    pairs = list(itertools.product(units, range(len(cells))))
    begun = row_hashes(salt, [pa.array([unit for unit, _ in pairs], pa.string())], len(pairs))
    places = np.array([place for _, place in pairs], dtype=np.int64)
    strides = [math.prod(map(len, labels[i + 1 :])) for i in range(len(labels))]

    found = CellHashes(labels, strides).of(begun, places)

    assert found.tolist() == [cell_hash(salt, unit, cells[place]) for unit, place in pairs]


@pytest.mark.spark
def test_row_hash_is_spark_s(spark: SparkSession) -> None:
    """The reference's order is Spark's xxhash64, for every type, missing values and texts of every length."""
    texts = ["", "a", "ü", "x" * 4, "x" * 7, "x" * 8, "x" * 31, "x" * 32, "x" * 33, "x" * 100]
    for salt, text in zip([0, 1, -1, 2**63 - 1, -(2**63), 42, 7, 8, 9, 10], texts, strict=True):
        frame = spark.range(1).select(
            F.xxhash64(
                F.lit(salt).cast("bigint"),
                F.lit(text),
                F.lit(None).cast("string"),
                F.lit(-5).cast("bigint"),
                F.lit(1.5),
                F.lit(-0.0),
                F.lit(float("nan")),
                F.lit(True),  # noqa: FBT003 - a literal column
                F.lit("1969-12-30").cast("date"),
                F.lit("1950-01-01 01:02:03.000004+00:00").cast("timestamp"),
            ).alias("hash"),
            F.lit("1969-12-30").cast("date").alias("day"),
            F.lit("1950-01-01 01:02:03.000004+00:00").cast("timestamp").alias("moment"),
        )
        row = frame.collect()[0]
        values = (text, None, -5, 1.5, -0.0, float("nan"), True, row["day"], row["moment"].astimezone())

        assert row_hash(salt, values) == row["hash"]
