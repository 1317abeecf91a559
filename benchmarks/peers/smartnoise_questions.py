"""SmartNoise SQL 1.0.10 on the common questions: run by an interpreter that has it; the task is JSON on standard input.

It runs on Spark, its quickest way here. Its noise is discrete Laplace at the task's epsilon, its thresholds at the
task's delta; it has no zCDP. A cell that no row falls into is absent, for it knows no list of groups.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import snsql
from measure import Values, run_all
from pyspark.sql import SparkSession

CELLS = ("region", "period")
CANNOT: Mapping[str, str] = {
    "median": "its rewriter has no rule for percentiles (private_rewriter.py: SUM, COUNT, AVG, VAR and STD)",
    "join": "its validator refuses: Support for JOIN queries is currently disabled",
}


class SmartNoise:
    """A reader a question, for a reader remembers what it spent."""

    def __init__(self, spark: SparkSession, task: Mapping[str, Any]) -> None:
        self._spark = spark
        self._task = task
        # `month` is a word of its grammar, and a table's name has two parts.
        spark.sql("CREATE DATABASE IF NOT EXISTS lab")
        spark.sql(
            "CREATE TABLE lab.events (unit_id STRING, region STRING, month STRING, amount BIGINT, code STRING) "
            f"USING parquet LOCATION '{task['events']}'"
        )
        spark.sql("CREATE VIEW lab.e AS SELECT unit_id, region, month AS period, amount, code FROM lab.events")

    def questions(self) -> dict[str, Callable[[int], Values]]:
        """Return what it can be asked."""
        figures = {
            "count": "COUNT(*)",
            "sum": "SUM(amount)",
            "mean": "AVG(amount)",
            "variance": "VAR(amount)",
            "units": "COUNT(DISTINCT unit_id)",
        }
        return {name: self._by(figure, CELLS) for name, figure in figures.items()} | {
            "unknown_keys": self._by("COUNT(*)", ("code",), censor=True),
            "marginals": self._marginals,
        }

    def _by(self, figure: str, by: tuple[str, ...], *, censor: bool = False) -> Callable[[int], Values]:
        return lambda _: self._ask(figure, by, epsilon=self._task["epsilon"], censor=censor)

    def _marginals(self, _: int) -> Values:
        half = self._task["epsilon"] / 2
        return self._ask("COUNT(*)", ("region",), epsilon=half) | self._ask("COUNT(*)", ("period",), epsilon=half)

    def _ask(
        self, figure: str, by: tuple[str, ...], *, epsilon: float, censor: bool = False
    ) -> dict[str, float | None]:
        columns = {name: {"type": "string"} for name in ("region", "period", "code")}
        columns["unit_id"] = {"type": "string", "private_id": True}
        columns["amount"] = {"type": "int", "lower": 0, "upper": self._task["top"]}
        bounds = {"max_ids": self._task["rows_per_unit"], "censor_dims": censor, "clamp_counts": False, "rows": 1}
        metadata = {"": {"lab": {"e": {**bounds, **columns}}}}
        # A SUM, an AVG or a VAR asks several sums and counts, each at the epsilon given: the whole is divided by them.
        several = {"AVG(amount)": 2, "VAR(amount)": 3}.get(figure, 1)
        privacy = snsql.Privacy(epsilon=epsilon / several, delta=self._task["delta"])
        reader = snsql.from_connection(self._spark, engine="spark", privacy=privacy, metadata=metadata)
        listed = ", ".join(by)
        rows = reader.execute(f"SELECT {listed}, {figure} AS answer FROM lab.e GROUP BY {listed}")  # noqa: S608 - constants
        found = rows[1:] if isinstance(rows, list) else [tuple(row) for row in rows.collect()]
        return {"|".join(row[: len(by)]): None if row[-1] is None else float(row[-1]) for row in found}


def main() -> None:
    """Read the task and answer it."""
    task = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", task["memory"])
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", task["scratch"])
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    run_all("SmartNoise SQL 1.0.10", SmartNoise(spark, task).questions(), CANNOT, task)


if __name__ == "__main__":
    main()
