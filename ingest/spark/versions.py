"""On Spark: an extract's people to the spine, its rows to a dataset version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import SparkSession

from anonymise.spark.linkage import link
from anonymise.spine import LinkageReport
from ingest.spark.treating import Treated
from ingest.spark.write import write_table


def link_people(
    spark: SparkSession, treated: Treated, *, key_space: str, generation: int, previous: Path | None, out: Path
) -> LinkageReport:
    """Write the generation of the spine that knows the extract's people."""
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return link(spark, treated.rows, key_space=key_space, generation=generation, previous=previous, out=out)


def write_rows(
    treated: Treated, *, columns: Sequence[str], base: Path | None, folder: Path, unit: str | None, buckets: int
) -> int:
    """Write a version: the rows of the version it adds to, if any, and the treated ones; published columns only.

    Returns:
        Rows written.
    """
    names = (*((unit,) if unit else ()), *columns)
    rows = treated.rows.select(*(f"`{name}`" for name in names))
    if base is not None:
        rows = rows.sparkSession.read.parquet(str(base)).unionByName(rows)
    return write_table(rows, folder, unit=unit, buckets=buckets)
