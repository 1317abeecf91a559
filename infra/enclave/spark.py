"""Spark's settings for a sandbox, by its cores and memory: the same for two cores and for 64."""

from __future__ import annotations

from datalab.engine.spark.archive import archive_options
from infra.enclave.specification import Limits

MIB = 1 << 20
BESIDE_JVM = 1024 * MIB
"""What JupyterLab, a kernel and Python's own tables need beside Spark's heap."""
FEW_CORES = 2
PARTITIONS_A_CORE = 2
LARGEST_HEAP = 31 * 1024
"""MiB: above, Java's pointers double in size."""


def spark_defaults(limits: Limits) -> str:
    """Return the text of spark-defaults.conf."""
    cores = max(1, int(limits.cpu))
    spare = (limits.memory - BESIDE_JVM) // MIB
    heap = min(LARGEST_HEAP, max(512, spare // 2, spare - 16 * 1024))
    settings = {
        "spark.master": f"local[{cores}]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": f"{heap}m",
        "spark.driver.maxResultSize": f"{max(256, heap // 4)}m",
        "spark.default.parallelism": str(cores * PARTITIONS_A_CORE),
        "spark.sql.shuffle.partitions": str(cores * PARTITIONS_A_CORE),
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": "/tmp/spark/warehouse",  # noqa: S108 - the sandbox's own
        "spark.local.dir": "/tmp/spark",  # noqa: S108
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.jars.packages": "",
        "spark.driver.extraJavaOptions": " ".join(
            (
                "-Djava.io.tmpdir=/tmp",
                "-Djava.net.preferIPv4Stack=true",
                "-XX:-UsePerfData",
                f"-XX:ActiveProcessorCount={cores}",
                f"-XX:ParallelGCThreads={min(cores, 16)}",
                # The second compiler takes a core for minutes before it gives anything back.
                "-XX:TieredStopAtLevel=1" if cores <= FEW_CORES else f"-XX:CICompilerCount={min(cores, 4)}",
                *archive_options().split(),
            )
        ),
    }
    return "".join(f"{name:<45} {value}\n" for name, value in settings.items() if value)
