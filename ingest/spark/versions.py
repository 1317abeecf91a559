"""On Spark: an extract's people to the spine, its rows to a dataset version."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import Column as Expression
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from anonymise.linkage.spine import LinkageReport
from anonymise.spark.linkage import link
from datalab.contract.model import Contract
from datalab.contract.published import PublishedColumn, published_columns
from ingest.spark.treating import Treated
from ingest.spark.write import write_table


def link_people(
    spark: SparkSession, treated: Treated, *, key_space: str, generation: int, previous: Path | None, out: Path
) -> LinkageReport:
    """Write the generation of the spine that knows the extract's people."""
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return link(spark, treated.rows, key_space=key_space, generation=generation, previous=previous, out=out)


def write_rows(
    treated: Treated, *, contract: Contract, base: Path | None, folder: Path, unit: str | None, buckets: int
) -> int:
    """Write a version: the rows of the version it adds to, if any, and the treated ones; published columns only.

    A value that is not one of its column's public ones becomes missing; the quality gate has let its share through.

    Returns:
        Rows written.
    """
    chosen = [F.col(unit)] if unit else []
    chosen += [_listed(column) for column in published_columns(contract)]
    rows = treated.rows.select(*chosen)
    if base is not None:
        rows = rows.sparkSession.read.parquet(str(base)).unionByName(rows)
    return write_table(rows, folder, unit=unit, buckets=buckets)


def _listed(column: PublishedColumn) -> Expression:
    cell = F.col(f"`{column.name}`")
    if column.values is None:
        return cell
    return F.when(cell.cast("string").isin(*column.values), cell).alias(column.name)
