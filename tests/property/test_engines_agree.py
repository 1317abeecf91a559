"""Spark and the embedded engine against the reference: random tables, random questions, the same integers."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offences import OFFENCE_ROWS, SCHEMAS, VISIT_ROWS, Row, plan_of, questions, write
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.embedded.row_hash import row_hashes
from datalab.engine.order import row_hash
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.table import TableRef
from datalab.query.model import Question

SPARK_EXAMPLES = 12
"""Each costs a Spark job or two."""


@pytest.mark.spark
@settings(max_examples=SPARK_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), offences=OFFENCE_ROWS, visits=VISIT_ROWS, buckets=st.sampled_from([0, 3]))
def test_spark_agrees_with_the_reference(
    *,
    asked: Question,
    offences: list[Row],
    visits: list[Row],
    buckets: int,
    spark: SparkSession,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Both engines give the same vectors for any table and question, also where bounds choose between rows."""
    folder: Path = tmp_path_factory.mktemp("agree")
    rows = {"offences": offences, "visits": visits}
    plan = plan_of(asked)
    tables = {
        source.dataset: TableRef(
            path=write(spark, folder, source.dataset, rows[source.dataset], buckets=buckets),
            buckets=buckets,
            schema=SCHEMAS[source.dataset],
        )
        for source in plan.sources
    }

    assert SparkEngine(spark).cells(plan, tables) == ReferenceEngine().cells(plan, rows)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), offences=OFFENCE_ROWS, visits=VISIT_ROWS)
def test_the_embedded_engine_agrees_with_the_reference(
    *, asked: Question, offences: list[Row], visits: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both give the same vectors for any table and question, also where bounds choose between rows."""
    folder: Path = tmp_path_factory.mktemp("agree")
    rows = {"offences": offences, "visits": visits}
    plan = plan_of(asked)
    tables = {
        source.dataset: TableRef(
            path=write(None, folder, source.dataset, rows[source.dataset], buckets=0),
            buckets=0,
            schema=SCHEMAS[source.dataset],
        )
        for source in plan.sources
    }

    assert EmbeddedEngine(scratch=folder, threads=2).cells(plan, tables) == ReferenceEngine().cells(plan, rows)


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
