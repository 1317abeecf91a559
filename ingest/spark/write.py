"""Writing a table into a zone: Parquet, bucketed and sorted by unit, complete or absent.

Spark writes buckets only through its table catalog, but the files carry their bucket's number in their names. So the
table is declared at the place it is written to, and forgotten; a reader declares it again with `CREATE TABLE ...
CLUSTERED BY (unit) SORTED BY (unit) INTO n BUCKETS LOCATION`. One file a bucket: only then does a scan keep the order.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.sql import DataFrame

from ingest.durable import sync_folder, sync_tree


def write_table(rows: DataFrame, folder: Path, *, unit: str | None, buckets: int) -> int:
    """Write rows to a folder that does not exist yet.

    Args:
        rows: the table.
        folder: takes its name when everything in it has reached the disk.
        unit: column whose rows belong together; None for reference data.
        buckets: how many buckets by unit; not used without a unit.

    Returns:
        How many rows were written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        if unit is None:
            rows.write.parquet(str(aside), compression="zstd")
        else:
            _write_buckets(rows, aside, unit, buckets)
        for extra in (*aside.glob("_SUCCESS"), *aside.glob(".*.crc")):
            extra.unlink()
        sync_tree(aside)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(folder.parent)
    return sum(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))


def _write_buckets(rows: DataFrame, aside: Path, unit: str, buckets: int) -> None:
    table = f"written_{secrets.token_hex(8)}"
    session = rows.sparkSession
    try:
        (
            rows.repartition(buckets, unit)
            .write.format("parquet")
            .bucketBy(buckets, unit)
            .sortBy(unit)
            .options(path=str(aside), compression="zstd")
            .saveAsTable(table)
        )
    finally:
        session.sql(f"DROP TABLE IF EXISTS {table}")  # an external table: its files stay
