"""A process that answers questions on a Spark master and prints their cells as JSON; run by `test_cluster.py`.

Arguments: address of the master, a folder of tables, and a folder of its own. A process is needed since there is one
Spark session in each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cluster_questions import QUESTIONS
from offences import SCHEMAS, plan_of

from datalab.engine.spark.engine import SparkEngine
from datalab.engine.spark.session import open_session
from datalab.privacy.table import TableRef


def main(master: str, tables: Path, scratch: Path) -> None:
    """Answer every question and print the vectors of each."""
    session = open_session("cluster test", scratch=scratch, master=master, memory="1g")
    try:
        engine = SparkEngine(session)
        for name, asked in QUESTIONS.items():
            plan = plan_of(asked)
            laid = {
                source.dataset: TableRef(path=tables / source.dataset, buckets=0, schema=SCHEMAS[source.dataset])
                for source in plan.sources
            }
            print(json.dumps({"question": name, "vectors": engine.cells(plan, laid).vectors}), flush=True)  # noqa: T201 - how it answers
        workers = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
        print(json.dumps({"workers": workers}), flush=True)  # noqa: T201 - as above
    finally:
        session.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
