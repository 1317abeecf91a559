"""Starting Spark so that it keeps its secrets: no UI, no event log, spill encrypted and in a folder of our own."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from contextlib import closing
from pathlib import Path

from pyspark.sql import SparkSession

from datalab.engine.spark.archive import archive_options
from datalab.errors import SettingsError

LOOPBACK = "127.0.0.1"
REACH_SECONDS = 5
"""Seconds for a master to take a connection: Spark itself would try for a minute, and then blame its own context."""
GRANT_SECONDS = 60
"""Seconds for a cluster to grant a first executor: Spark itself would wait for ever, and its warnings are off."""


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
        memory: Java heap of the driver, and of each executor of a cluster, such as `2g`.
        shuffle_partitions: partitions of a shuffle.
        java_options: further options of the driver's Java.

    Raises:
        SettingsError: if a `spark://` master cannot be reached, or grants no executor within `GRANT_SECONDS`.
    """
    _check_reached(master)
    # Python workers must be this interpreter, or they lack our packages.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.appName(name).master(master)
    if _on_this_machine(master):
        os.environ["SPARK_LOCAL_IP"] = LOOPBACK  # or Spark takes the address of an outside interface
        builder = builder.config("spark.driver.host", LOOPBACK).config("spark.driver.bindAddress", LOOPBACK)
    # Else executors on other machines have to reach the driver: SPARK_LOCAL_IP or spark-defaults.conf says where.
    builder = (
        builder.config("spark.driver.memory", memory)
        # Spark's own 1 GB may be more than a worker has: then no executor ever starts.
        .config("spark.executor.memory", memory)
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
        # An executor's log lies on its worker and quotes rows that fail. The driver's level does not hold there, and
        # with spark.executor.syncLogLevel.enabled it was found not to either (Spark 4.3.0): so there is no log at all.
        .config("spark.executor.extraJavaOptions", "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider")
        .config("spark.sql.maxMetadataStringLength", "20")
        .config("spark.sql.debug.maxToStringFields", "5")
        .config(
            "spark.driver.extraJavaOptions",
            f"-Djava.io.tmpdir={_folder(scratch / 'java')} {archive_options()} {java_options}",
        )
    )
    try:
        session = builder.getOrCreate()
    except Exception:
        if not master.startswith("spark://"):
            raise
        raise _unusable(master, "What answers there refused this session, or is no Spark master.") from None
    session.sparkContext.setLogLevel("OFF")
    _await_executor(session, master)
    return session


def worker_folder() -> Path:
    """Return, in a worker of a session, the folder that Spark gives its executor, which is its user's alone.

    Raises:
        ValueError: outside a worker of Spark's.
    """
    first = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    if not first:
        raise ValueError("Spark gave this worker no folder.")
    return Path(first)


def _on_this_machine(master: str) -> bool:
    return master.startswith(("local", f"spark://{LOOPBACK}:", "spark://localhost:"))


def _check_reached(master: str) -> None:
    """Check that one of the addresses of a standalone cluster takes a connection."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        parts = re.fullmatch(r"\[?([^\[\]]+)\]?:(\d{1,5})", address)
        if parts is None or int(parts[2]) > 65535:  # noqa: PLR2004 - the greatest port
            raise _unusable(master, "An address of a standalone cluster is spark://HOST:PORT.")
        try:
            with closing(socket.create_connection((parts[1], int(parts[2])), timeout=REACH_SECONDS)):
                return
        except OSError:
            continue
    raise _unusable(master, "Nothing answers there.")


def _await_executor(session: SparkSession, master: str) -> None:
    """Wait until a standalone cluster has granted an executor; ends the session where it grants none."""
    if not master.startswith("spark://"):
        return
    end = time.monotonic() + GRANT_SECONDS
    known = session.sparkContext._jsc.sc()  # noqa: SLF001 - Python has no door to this
    while known.getExecutorMemoryStatus().size() < 2:  # noqa: PLR2004 - the driver counts as one
        if time.monotonic() > end:
            session.stop()
            raise _unusable(
                master,
                f"It granted no executor in {GRANT_SECONDS} seconds: no worker has a free core and enough memory.",
            )
        time.sleep(0.1)


def _unusable(master: str, why: str) -> SettingsError:
    return SettingsError(
        f"The Spark cluster {master} cannot be used.",
        why=why,
        remedy="Start the cluster or correct spark_master in lab.toml or DATALAB_SPARK_MASTER; spark_memory must fit "
        "its workers. local[*] needs no cluster.",
    )


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
