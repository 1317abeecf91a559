"""An operator's process on a cluster; run by `test_cluster.py`, one JSON document out.

Arguments: address of the Spark master, memory of its executors, an empty folder, seconds to wait for an executor. It
has a process of its own because a process has one Spark, and that of the tests is local.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from cluster_questions import PLANS, rows
from offences import SCHEMAS, write
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from datalab.engine.spark import session as sessions
from datalab.engine.spark.engine import SparkEngine
from datalab.errors import SettingsError
from datalab.privacy.table import TableRef

BUCKETS = 4
WORKERS = 2
WAIT_SECONDS = 60


def main() -> None:
    """Open a session as the lab does, ask, and report cells and who computed them; or the error of an operator."""
    master, memory, place, patience = sys.argv[1:]
    sessions.GRANT_SECONDS = int(patience)
    folder = Path(place)
    try:
        session = sessions.open_session("release", scratch=folder, master=master, memory=memory)
    except SettingsError as error:
        sys.stdout.write(json.dumps({"error": str(error)}))
        return
    await_workers(session)
    engine, made = SparkEngine(session), rows()
    tables = {
        dataset: TableRef(
            path=write(session, folder, dataset, made[dataset], buckets=BUCKETS),
            buckets=BUCKETS,
            schema=SCHEMAS[dataset],
        )
        for dataset in made
    }
    cells = {
        name: engine.cells(plan, {source.dataset: tables[source.dataset] for source in plan.sources}).vectors
        for name, plan in PLANS.items()
    }
    failed = fail(session, tables["offences"].path)
    store = session.sparkContext._jsc.sc().statusStore()
    known = store.executorList(True)  # noqa: FBT003 - Java's own signature
    executors = [known.apply(place) for place in range(known.size())]
    tasks = {one.id(): one.completedTasks() for one in executors if one.id() != "driver"}
    session.stop()
    document = {"cells": {name: dict(vectors) for name, vectors in cells.items()}, "tasks": tasks, "failed": failed}
    sys.stdout.write(json.dumps(document))


def await_workers(session: SparkSession) -> None:
    """Wait until both workers have an executor: the session goes on with the first."""
    end = time.monotonic() + WAIT_SECONDS
    while session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() <= WORKERS:
        assert time.monotonic() < end, "The second worker granted no executor."
        time.sleep(0.1)


def fail(session: SparkSession, path: Path) -> str:
    """Make an executor fail over a value, so that Spark's message quotes it; return that message."""
    try:
        session.read.parquet(str(path)).selectExpr("sum(cast(code AS int))").collect()
    except PySparkException as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
