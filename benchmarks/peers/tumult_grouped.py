"""Tumult's half of `benchmarks/grouped_aggregates.py`: run by an interpreter that has tmlt.analytics 0.21.

Reads its task as JSON from standard input and prints figures as one JSON line. It imports nothing of the lab: the two
environments need different versions of Spark.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention
from tmlt.analytics import AddRowsWithID, KeySet, MaxRowsPerID, PureDPBudget, QueryBuilder, RhoZCDPBudget, Session


def cpu_seconds() -> float:
    """Return CPU seconds used so far by this process and every process below it (Linux)."""
    parents, used = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(after_name[1])
        used[int(entry.name)] = (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    family = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(used.get(pid, 0.0) for pid in family)


def main() -> None:
    """Answer the two questions `runs` times and print medians and errors."""
    task = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    events = spark.read.parquet(task["path"])
    keys = KeySet.from_tuples([(r, m) for r in task["regions"] for m in task["months"]], ["region", "month"])
    bounded = QueryBuilder("events").enforce(MaxRowsPerID(task["rows_per_unit"])).groupby(keys)
    queries = {"count": bounded.count(name="answer"), "sum": bounded.sum("amount", 0, task["top"], name="answer")}
    truths = {"count": F.count("*"), "sum": F.sum("amount")}
    budget = RhoZCDPBudget(task["rho"]) if task["budget"] == "rho" else PureDPBudget(task["epsilon"])
    figures = []
    for what, query in queries.items():
        found = events.groupBy("region", "month").agg(truths[what].alias("answer")).collect()
        truth = {(row["region"], row["month"]): float(row["answer"]) for row in found}
        walls, cpus, rows = [], [], []
        for _ in range(task["runs"] + 1):
            session = Session.from_dataframe(budget, "events", events, protected_change=AddRowsWithID("unit_id"))
            wall, cpu = time.perf_counter(), cpu_seconds()
            rows = session.evaluate(query, budget).collect()
            walls.append(time.perf_counter() - wall)
            cpus.append(cpu_seconds() - cpu)
            session.stop()
        error = statistics.fmean(abs(row["answer"] - truth.get((row["region"], row["month"]), 0.0)) for row in rows)
        figures.append(
            {
                "system": f"Tumult 0.21, {task['budget']}",
                "what": what,
                "wall": statistics.median(walls[1:]),  # the first warms up
                "cpu": statistics.median(cpus[1:]),
                "error": error,
            }
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
