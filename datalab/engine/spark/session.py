"""Starting Spark so that it keeps its secrets: no UI, no event log, spill encrypted and in a folder of our own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession


def open_session(
    name: str,
    *,
    scratch: Path,
    master: str = "local[*]",
    memory: str = "2g",
    shuffle_partitions: int = 4,
    java_options: str = "",
) -> SparkSession:
    """Start (or return this process's) Spark session.

    Args:
        name: what the session is for, as Spark's own messages show it.
        scratch: existing folder, readable by this process's user only; shuffle spill and warehouse go there.
        master: any Spark master.
        memory: Java heap of the driver, such as `2g`.
        shuffle_partitions: partitions of a shuffle.
        java_options: further options of the driver's Java.
    """
    # Python workers must be this interpreter, or they lack our packages.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    if master.startswith("local"):
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # or Spark takes the address of an outside interface
    session = (
        SparkSession.builder.appName(name)
        .master(master)
        .config("spark.driver.memory", memory)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", shuffle_partitions)
        .config("spark.default.parallelism", shuffle_partitions)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
        .config("spark.local.dir", str(scratch / "spark"))
        # A plan or a metric that is shown or kept is a way out (law 1); spill is plaintext unless encrypted.
        .config("spark.ui.enabled", "false")
        .config("spark.eventLog.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.io.encryption.enabled", "true")
        .config("spark.sql.maxMetadataStringLength", "20")
        .config("spark.sql.debug.maxToStringFields", "5")
        .config("spark.driver.extraJavaOptions", f"-Djava.io.tmpdir={_folder(scratch / 'java')} {java_options}")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
