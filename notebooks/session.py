"""A researcher's own Spark session on the project's view, in the sandbox: the one place where notebooks touch Spark.

Master, memory and the rest come from `spark-defaults.conf` of the sandbox, so the same notebook runs on local cores, on
a standalone cluster and on Kubernetes. Where the sandbox started Spark ahead, each notebook has a session of its own in
that one Java process (docs/adr/0020-spark-started-ahead.md); otherwise a notebook starts its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from py4j.java_gateway import GatewayParameters, JavaGateway
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import DataFrame, SparkSession

__all__ = ["DataFrame", "SparkSession", "open_session", "warm_up"]

GATEWAY = "DATALAB_SPARK_GATEWAY"
"""Variable that names the file with port and secret of the Java process that was started ahead."""
PORT, SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"

PATIENCE, LOOK = 60.0, 0.1
"""Seconds that a notebook waits for Java to start, and between two looks."""


def open_session(tables: Mapping[str, Path]) -> SparkSession:
    """Return the session, with a named table for each folder of Parquet files; a second call returns the same."""
    spark = _present() or _ahead() or SparkSession.builder.appName("lab").getOrCreate()
    known = {table.name for table in spark.catalog.listTables()}
    for name, folder in tables.items():
        if name not in known:
            spark.read.parquet(str(folder)).createOrReplaceTempView(name)
    return spark


def warm_up(tables: Mapping[str, Path]) -> None:
    """Have Java load what the first questions of a notebook need: Parquet, grouping, a join, rows to Python."""
    spark = open_session(tables)
    numbers = spark.range(2000).selectExpr("id", "id % 7 as k")
    numbers.groupBy("k").count().join(numbers, "k").orderBy("id").limit(5).toPandas()
    for name in tables:
        table = spark.table(name)
        table.groupBy(table.columns[0]).count().limit(20).collect()


def _present() -> SparkSession | None:
    """Return this notebook's session, if it has one whose Java process lives and was not stopped."""
    spark = SparkSession._instantiatedSession  # noqa: SLF001 - nothing public tells without a call to Java
    try:
        if spark is not None and not spark.sparkContext._jsc.sc().isStopped():  # noqa: SLF001 - as above
            return spark
    except (Py4JError, OSError, AttributeError):  # its Java process ended
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    SparkSession._instantiatedSession = None  # noqa: SLF001
    SparkContext._active_spark_context = None  # noqa: SLF001
    return None


def _ahead() -> SparkSession | None:
    """Return a new session in the Java process that was started ahead; None where there is none (any more)."""
    file = Path(os.environ.get(GATEWAY, "/nowhere"))
    for _ in range(int(PATIENCE / LOOK)):
        if not file.with_name("starting").is_file():
            break
        time.sleep(LOOK)
    if not file.is_file():
        return None
    port, secret = file.read_text().split()
    held = SparkContext._gateway  # noqa: SLF001
    if held is None and not _lives(int(port), secret):
        return None
    if held is not None and held.gateway_parameters.auth_token != secret:
        return None  # this notebook has a Java process of its own
    os.environ[PORT], os.environ[SECRET] = port, secret
    try:
        gateway = held or launch_gateway()  # type: ignore[no-untyped-call]
        context = gateway.jvm.org.apache.spark.SparkContext.getOrCreate()
        java = gateway.jvm.org.apache.spark.api.java.JavaSparkContext.fromSparkContext(context)
        SparkContext._ensure_initialized(gateway=gateway)  # noqa: SLF001 - as SparkContext itself does
        shared = SparkContext(conf=SparkConf(_jvm=gateway.jvm, _jconf=context.getConf()), gateway=gateway, jsc=java)
        default = gateway.jvm.org.apache.spark.sql.classic.SparkSession.builder().getOrCreate()
        return SparkSession(shared, jsparkSession=default.newSession())
    finally:
        del os.environ[PORT], os.environ[SECRET]  # a Java that this process starts later is its own


def _lives(port: int, secret: str) -> bool:
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=secret))
    try:
        gateway.jvm.System.currentTimeMillis()
    except (Py4JError, OSError):
        return False
    finally:
        gateway.close()
    return True
