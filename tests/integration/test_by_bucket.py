"""Questions answered bucket by bucket on Spark."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from cluster_questions import PLANS, rows
from offences import SCHEMAS, Row, plan_of, question, ref, write
from pyarrow import parquet
from pyspark.sql import SparkSession

from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.by_bucket import handed_out, hands_out
from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.session import worker_folder
from datalab.engine.spark.spill import spill_folder
from datalab.errors import InternalError
from datalab.privacy.plan import Plan
from datalab.privacy.table import TableRef
from datalab.query.model import Join, On

pytestmark = pytest.mark.spark

JOINED = PLANS["a mean with a join within days"]
WARD_RATES = plan_of(
    question(by=(ref("kind"),), joins=(Join(dataset="rates", on=(On(own=ref("ward"), other=ref("ward")),)),))
)

PUBLIC: list[Row] = [{"ward": ward, "people": 9} for ward in ("north", "south")]


def laid(spark: SparkSession, folder: Path, plan: Plan, **buckets: int) -> dict[str, TableRef]:
    """Write the tables of a plan, each in so many buckets."""
    made = {**rows(), "rates": PUBLIC}
    return {
        name: TableRef(
            path=write(spark, folder, name, made[name], buckets=buckets[name]),
            buckets=buckets[name],
            schema=SCHEMAS[name],
        )
        for name in {source.dataset for source in plan.sources}
    }


@pytest.mark.parametrize(("offences", "visits", "by"), [(3, 3, 3), (3, 4, 0), (3, 0, 0), (0, 0, 0)])
def test_only_tables_in_the_same_buckets_are_handed_out(
    offences: int, visits: int, by: int, spark: SparkSession, tmp_path: Path
) -> None:
    """Tables of other numbers of buckets, or of none, are answered by rows that pass through Spark; with one answer."""
    tables = laid(spark, tmp_path, JOINED, offences=offences, visits=visits)

    assert hands_out(JOINED, tables) == by
    assert SparkEngine(spark).cells(JOINED, tables) == ReferenceEngine().cells(JOINED, rows())


def test_tables_that_are_not_joined_by_unit_are_not_handed_out(tmp_path: Path) -> None:
    """The partner of a row by columns alone may lie in any bucket, however tables are laid."""
    tables = {name: TableRef(path=tmp_path, buckets=3, schema=SCHEMAS[name]) for name in ("offences", "visits")}
    first, second = JOINED.sources
    assert second.link is not None
    by_columns = replace(JOINED, sources=(first, replace(second, link=replace(second.link, by_unit=False))))

    assert (hands_out(JOINED, tables), hands_out(by_columns, tables)) == (3, 0)


@pytest.mark.parametrize("tasks", [1, 2, 3, 5])
def test_each_bucket_is_one_tasks(tasks: int, spark: SparkSession, tmp_path: Path) -> None:
    """Every file of every table is read by one task, and a task reads the same buckets of all tables."""
    tables = laid(spark, tmp_path, JOINED, offences=5, visits=5)
    work = handed_out(JOINED, tables, 5, tasks)

    read = Counter(file for files in work for those in files.values() for file in those)
    assert len(work) == tasks
    assert read == Counter(file for table in tables.values() for file in table.path.resolve().glob("*.parquet"))
    for files in work:
        units = [set(parquet.read_table(file)["unit_id"].to_pylist()) for those in files.values() for file in those]
        elsewhere = [
            set(parquet.read_table(file)["unit_id"].to_pylist())
            for others in work
            if others is not files
            for those in others.values()
            for file in those
        ]
        assert not set().union(*units) & set().union(*elsewhere)


@pytest.mark.parametrize("name", ["part.parquet", "part-00000-a_00003.c000.parquet", "part-00000-a_x.c000.parquet"])
def test_a_file_without_its_buckets_number_is_refused(name: str, spark: SparkSession, tmp_path: Path) -> None:
    """A file that does not say which of the table's buckets it holds ends the question, and is not left out of it."""
    tables = laid(spark, tmp_path, JOINED, offences=3, visits=3)
    file = next(tables["visits"].path.glob("*.parquet"))
    file.rename(file.with_name(name))

    with pytest.raises(InternalError, match="could not compute"):
        SparkEngine(spark).cells(JOINED, tables)


def test_a_task_that_fails_tells_nothing_of_the_data(spark: SparkSession, tmp_path: Path) -> None:
    """Where a file holds another type than the contract says, the error quotes no value and has no cause that does."""
    tables = laid(spark, tmp_path, JOINED, offences=3, visits=3)
    file = next(tables["offences"].path.glob("*.parquet"))
    held = parquet.read_table(file)
    place = held.schema.get_field_index("on")
    parquet.write_table(held.set_column(place, "on", pa.array(["QXVALUE"] * len(held))), file)

    with pytest.raises(InternalError) as raised:
        SparkEngine(spark).cells(JOINED, tables)

    assert "QXVALUE" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_workers_spill_where_spark_does(spark: SparkSession) -> None:
    """A worker's spill lies in a folder that Spark made for its executor, and in no folder that others share."""

    def told(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            with spill_folder(worker_folder()) as folder:
                yield pa.RecordBatch.from_pydict({"folder": [str(folder)], "mode": [folder.stat().st_mode & 0o777]})

    (row,) = spark.range(1).mapInArrow(told, "folder string, mode long").collect()

    assert Path(row.folder).parent.name.startswith("blockmgr-")
    assert row.mode == 0o700
    assert not Path(row.folder).exists()


def test_what_a_killed_task_spilled_is_removed_by_the_next(tmp_path: Path) -> None:
    """A folder whose process is gone is removed when the next task starts; those of living processes stay."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    of_the_dead, of_the_living = tmp_path / f"embedded-{gone.pid}-a", tmp_path / f"embedded-{os.getppid()}-b"
    for folder in (of_the_dead, of_the_living):
        folder.mkdir()
        (folder / "duckdb_temp_storage-0.tmp").write_bytes(b"rows")

    with spill_folder(tmp_path) as folder:
        assert {one.name for one in tmp_path.iterdir()} == {folder.name, of_the_living.name}

    assert list(tmp_path.iterdir()) == [of_the_living]


def test_what_another_users_task_spilled_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may not be asked whether it lives does: its folder stays."""

    def refused(process: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refused)
    others = tmp_path / "embedded-1-a"
    others.mkdir()
    with spill_folder(tmp_path):
        assert others.is_dir()


def test_public_data_is_read_whole_by_every_task(spark: SparkSession, tmp_path: Path) -> None:
    """A join on public rates gives in buckets what the reference gives."""
    tables = laid(spark, tmp_path, WARD_RATES, offences=3, rates=0)

    assert hands_out(WARD_RATES, tables) == 3
    assert SparkEngine(spark).cells(WARD_RATES, tables) == ReferenceEngine().cells(
        WARD_RATES, {**rows(), "rates": PUBLIC}
    )
