"""A researcher's own Spark session on the project's view, in the sandbox: the one place where notebooks touch Spark.

Master, memory and the rest come from `spark-defaults.conf` of the sandbox, so the same notebook runs on local cores, on
a standalone cluster and on Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

__all__ = ["DataFrame", "SparkSession", "open_session"]


def open_session(tables: Mapping[str, Path]) -> SparkSession:
    """Return the session, with a named table for each folder of Parquet files; a second call returns the same."""
    spark = SparkSession.builder.appName("lab").getOrCreate()
    known = {table.name for table in spark.catalog.listTables()}
    for name, folder in tables.items():
        if name not in known:
            spark.read.parquet(str(folder)).createOrReplaceTempView(name)
    return spark
