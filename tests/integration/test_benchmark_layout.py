"""The benchmark of growth writes tables itself, as Spark would have laid them out."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

ROWS, HEAVY, BUCKETS = 4_000, 500, 4
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.spark
def test_people_lie_in_spark_s_own_buckets_and_in_order(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file holds the people of one of Spark's buckets, sorted; the heavy person has so many rows more."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    made = import_module("events").Made(folder=tmp_path, rows=ROWS, heavy=HEAVY, buckets=BUCKETS)

    import_module("person_layout").write_by_person(made)
    rows = spark.read.parquet(str(made.laid("events"))).select(
        "unit_id", F.expr(f"pmod(hash(unit_id), {BUCKETS})").alias("bucket"), F.input_file_name().alias("file")
    )
    found = rows.collect()

    assert len(found) == ROWS + HEAVY
    assert max(count for _, count in rows.groupBy("unit_id").count().collect()) > HEAVY
    assert {row["bucket"] for row in found} == set(range(BUCKETS))
    assert all(f"_{row['bucket']:05d}.c000." in row["file"] for row in found)
    for file in made.laid("events").iterdir():
        units = [row["unit_id"] for row in spark.read.parquet(str(file)).coalesce(1).collect()]
        assert units == sorted(units)
