"""SmartNoise SQL 1.0.10 on the common questions: run by an interpreter that has it; the task is JSON on standard input.

It runs on Spark, its quickest way here. Its noise is discrete Laplace at the task's epsilon, its thresholds at the
task's delta; it has no zCDP. A cell that no row falls into is absent, for it knows no list of groups.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import snsql
from measure import Values, divided, run_all
from pyspark.sql import SparkSession

CELLS = ("region", "period")
NO_JOIN = 'its validator refuses: "Support for JOIN queries is currently disabled"'
CANNOT: Mapping[str, str] = {
    "median": "its rewriter has no rule for percentiles (private_rewriter.py: SUM, COUNT, AVG, VAR and STD)",
    "unit_rows": 'refuses: "Support for subqueries is currently disabled", and has no percentiles',
    "join": NO_JOIN,
    "window_join": NO_JOIN,
    "repeat": NO_JOIN,
}


class SmartNoise:
    """A reader a question, for a reader remembers what it spent."""

    def __init__(self, spark: SparkSession, task: Mapping[str, Any]) -> None:
        self._spark = spark
        self._task = task
        # `month` is a word of its grammar, and a table's name has two parts.
        spark.sql("CREATE DATABASE IF NOT EXISTS lab")
        spark.sql(
            "CREATE TABLE lab.events (unit_id STRING, region STRING, month STRING, amount BIGINT, code STRING, "
            "happened DATE) "
            f"USING parquet LOCATION '{task['events']}'"
        )
        spark.sql(
            "CREATE VIEW lab.e AS SELECT unit_id, region, month AS period, amount, code, happened FROM lab.events"
        )

    def questions(self) -> dict[str, Callable[[int], Values]]:
        """Return what it can be asked."""
        figures = {
            "count": "COUNT(*)",
            "sum": "SUM(amount)",
            "mean": "AVG(amount)",
            "variance": "VAR(amount)",
            "deviation": "STDDEV(amount)",
            "units": "COUNT(DISTINCT unit_id)",
        }
        regions = _Wanted(by=("region",), rest=f"ORDER BY answer DESC LIMIT {self._task['most']}")
        return {name: self._by(_Wanted(figure=figure)) for name, figure in figures.items()} | {
            "unknown_keys": self._by(_Wanted(by=("code",)), censor=True),
            "marginals": self._marginals,
            "share": self._share,
            "rate": self._rate,
            "histogram": self._by(_Wanted(by=(self._band(),))),
            "most_frequent": self._by(regions),
            "filtered": self._by(self._large()),
            "derived": self._by(_Wanted(by=("region", self._quarter()))),
        }

    def _large(self) -> _Wanted:
        return _Wanted(where=f"WHERE amount >= {self._task['large']}")

    def _band(self) -> str:
        *labels, last = self._task["band_labels"]
        below = zip(self._task["bands"], labels, strict=True)
        return _case([(f"amount < {edge}", label) for edge, label in below], last)

    def _quarter(self) -> str:
        """Its EXTRACT knows no quarter, so dates are compared."""
        *labels, last = self._task["quarters"]
        ends = zip(self._task["quarter_edges"][1:], labels, strict=False)
        return _case([(f"happened < '{end}'", label) for end, label in ends], last)

    def _by(self, wanted: _Wanted, *, censor: bool = False) -> Callable[[int], Values]:
        return lambda _: self._ask(wanted, censor=censor)

    def _marginals(self, _: int) -> Values:
        return self._ask(_Wanted(by=("region",)), queries=2) | self._ask(_Wanted(by=("period",)), queries=2)

    def _share(self, _: int) -> Values:
        """Two counts: it has no sum of an expression."""
        return divided(self._ask(self._large(), queries=2), self._ask(_Wanted(), queries=2), 0, 1)

    def _rate(self, _: int) -> Values:
        people = self._ask(_Wanted(figure="COUNT(DISTINCT unit_id)"), queries=2)
        return divided(self._ask(_Wanted(figure="SUM(amount)"), queries=2), people, 0)

    def _ask(self, wanted: _Wanted, *, queries: int = 1, censor: bool = False) -> dict[str, float | None]:
        """Ask one of so many queries that share the epsilon."""
        columns: dict[str, dict[str, Any]] = {name: {"type": "string"} for name in ("region", "period", "code")}
        columns["unit_id"] = {"type": "string", "private_id": True}
        columns["amount"] = {"type": "int", "lower": 0, "upper": self._task["top"]}
        columns["happened"] = {"type": "datetime"}
        bounds = {"max_ids": self._task["rows_per_unit"], "censor_dims": censor, "clamp_counts": False, "rows": 1}
        metadata = {"": {"lab": {"e": {**bounds, **columns}}}}
        # A SUM, an AVG or a VAR asks several sums and counts, each at the epsilon given: the whole is divided by them.
        several = queries * {"AVG(amount)": 2, "VAR(amount)": 3, "STDDEV(amount)": 3}.get(wanted.figure, 1)
        privacy = snsql.Privacy(epsilon=self._task["epsilon"] / several, delta=self._task["delta"])
        reader = snsql.from_connection(self._spark, engine="spark", privacy=privacy, metadata=metadata)
        rows = reader.execute(wanted.sql())
        found = rows[1:] if isinstance(rows, list) else [tuple(row) for row in rows.collect()]
        return {"|".join(row[:-1]): None if row[-1] is None else float(row[-1]) for row in found}


@dataclass(frozen=True)
class _Wanted:
    """One SELECT."""

    figure: str = "COUNT(*)"
    by: tuple[str, ...] = CELLS
    where: str = ""
    rest: str = ""

    def sql(self) -> str:
        """Return the text; an expression to group by is written twice, for no name is known there."""
        shown = ", ".join(f"{group} AS g{place}" if " " in group else group for place, group in enumerate(self.by))
        groups = ", ".join(self.by)
        return f"SELECT {shown}, {self.figure} AS answer FROM lab.e {self.where} GROUP BY {groups} {self.rest}"  # noqa: S608 - constants


def _case(tried: list[tuple[str, str]], other: str) -> str:
    return "CASE " + " ".join(f"WHEN {test} THEN '{label}'" for test, label in tried) + f" ELSE '{other}' END"


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
