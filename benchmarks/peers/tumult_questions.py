"""Tumult Analytics 0.21 on the common questions: run by an interpreter that has it; the task is JSON on standard input.

What it can express was read in its `QueryBuilder`, and every question here ran. It has no bound a cell beside the bound
a person that ties sums and counts (`MaxRowsPerID`), so it is given that one alone; at that bound its noise is least
under pure epsilon. It is asked under the lab's own zCDP budget as well, where it has no unlisted values.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from measure import Values, divided, largest, run_all
from pyspark.sql import DataFrame, SparkSession
from tmlt.analytics import (
    AddRowsWithID,
    ApproxDPBudget,
    BinningSpec,
    ColumnDescriptor,
    ColumnType,
    KeySet,
    MaxRowsPerID,
    PureDPBudget,
    QueryBuilder,
    RhoZCDPBudget,
    Session,
)
from tmlt.analytics.query_builder import Query

BEYOND = 2**40
"""An edge above every amount."""
CANNOT: Mapping[str, str] = {"unknown_keys": "groups are found out under approximate epsilon alone"}


class Tumult:
    """A session a question, for a session's budget is spent once."""

    def __init__(self, spark: SparkSession, task: Mapping[str, Any], *, concentrated: bool) -> None:
        self._task = task
        self._concentrated = concentrated
        self._events = spark.read.parquet(task["events"])
        self._visits = spark.read.parquet(task["visits"])
        cells = [(region, month) for region in task["regions"] for month in task["months"]]
        self._cells = KeySet.from_tuples(cells, ["region", "month"])

    def questions(self) -> dict[str, Callable[[int], Values]]:
        """Return what it can be asked."""
        top = self._task["top"]
        bounded = self._bounded().groupby(self._cells)
        by_cell: dict[str, Query] = {
            "count": bounded.count(name="answer"),
            "sum": bounded.sum("amount", 0, top, name="answer"),
            "mean": bounded.average("amount", 0, top, name="answer"),
            "variance": bounded.variance("amount", 0, top, name="answer"),
            "deviation": bounded.stdev("amount", 0, top, name="answer"),
            "median": bounded.median("amount", 0, top, name="answer"),
            "units": bounded.count_distinct(["unit_id"], name="answer"),
            "share": self._share(),
            "filtered": self._kept(QueryBuilder("events").filter(f"amount >= {self._task['large']}"))
            .groupby(self._cells)
            .count(name="answer"),
        }
        found_out = {} if self._concentrated else {"unknown_keys": self._unknown_keys}
        return {
            **{name: self._asking(query, ("region", "month")) for name, query in by_cell.items()},
            **found_out,
            "marginals": self._marginals,
            "rate": self._rate,
            "most_frequent": self._most_frequent,
            "histogram": self._asking(self._histogram(), ("band",)),
            "derived": self._asking(self._derived(), ("region", "quarter")),
            "unit_rows": self._asking(self._unit_rows(), ()),
            "join": self._asking(self._joined(within=False), ("kind",)),
            "window_join": self._asking(self._joined(within=True), ("kind",)),
            "repeat": self._asking(self._repeat(), ("region", "month")),
        }

    def _share(self) -> Query:
        """The mean of a column that is 1 for a large amount: less noise than two counts."""
        large = BinningSpec([0, self._task["large"], BEYOND], names=[0, 1], right=False)
        marked = self._kept(QueryBuilder("events").bin_column("amount", large, name="large"))
        return marked.groupby(self._cells).average("large", 0, 1, name="answer")

    def _histogram(self) -> Query:
        bands = BinningSpec([0, *self._task["bands"], BEYOND], names=self._task["band_labels"], right=False)
        cut = self._kept(QueryBuilder("events").bin_column("amount", bands, name="band"))
        return cut.groupby(KeySet.from_dict({"band": self._task["band_labels"]})).count(name="answer")

    def _derived(self) -> Query:
        firsts = [date.fromisoformat(first) for first in self._task["quarter_edges"]]
        quarters = BinningSpec(firsts, names=self._task["quarters"], right=False)
        cut = self._kept(QueryBuilder("events").bin_column("happened", quarters, name="quarter"))
        keys = KeySet.from_dict({"region": self._task["regions"], "quarter": self._task["quarters"]})
        return cut.groupby(keys).count(name="answer")

    def _unit_rows(self) -> Query:
        whole = ColumnDescriptor(ColumnType.INTEGER, allow_null=False)
        counted = QueryBuilder("events").flat_map_by_id(_rows_of_one, new_column_types={"rows": whole})
        high = self._task["rows_per_unit"]
        return counted.enforce(MaxRowsPerID(1)).quantile("rows", self._task["level"], 0, high, name="answer")

    def _repeat(self) -> Query:
        """Rows with another one soon after, by a function over each person's rows: a join would count pairs."""
        most, text = self._task["within"], ColumnDescriptor(ColumnType.VARCHAR, allow_null=False)

        def repeated(rows: list[Any]) -> list[Any]:
            days = sorted(row["happened"].toordinal() for row in rows)
            near = [bisect_right(days, day + most) - bisect_left(days, day) for day in days]
            kept = {day for day, many in zip(days, near, strict=True) if many > 1}
            return [
                {"region": row["region"], "month": row["month"]} for row in rows if row["happened"].toordinal() in kept
            ]

        found = QueryBuilder("events").flat_map_by_id(repeated, new_column_types={"region": text, "month": text})
        return self._kept(found).groupby(self._cells).count(name="answer")

    def _joined(self, *, within: bool) -> Query:
        pairs = QueryBuilder("events").join_private("visits", join_columns=["unit_id"])
        if within:
            pairs = pairs.filter(f"datediff(seen, happened) BETWEEN 0 AND {self._task['within']}")
        return self._kept(pairs).groupby(KeySet.from_dict({"kind": self._task["kinds"]})).count(name="answer")

    def _budget(self, share: int = 1) -> PureDPBudget | RhoZCDPBudget:
        """Return one of so many equal shares of the whole."""
        if self._concentrated:
            return RhoZCDPBudget(self._task["rho"] / share)
        return PureDPBudget(self._task["epsilon"] / share)

    def _kept(self, rows: QueryBuilder) -> QueryBuilder:
        return rows.enforce(MaxRowsPerID(self._task["rows_per_unit"]))

    def _bounded(self) -> QueryBuilder:
        return self._kept(QueryBuilder("events"))

    def _session(self, budget: PureDPBudget | ApproxDPBudget | RhoZCDPBudget) -> Session:
        builder = Session.Builder().with_privacy_budget(budget).with_id_space("people")
        for name, table in (("events", self._events), ("visits", self._visits)):
            builder = builder.with_private_dataframe(
                name, table, protected_change=AddRowsWithID("unit_id", id_space="people")
            )
        return builder.build()

    def _asking(self, query: Query, by: tuple[str, ...]) -> Callable[[int], Values]:
        def ask(_: int) -> Values:
            budget = self._budget()
            session = self._session(budget)
            answer = _values(session.evaluate(query, budget), by)
            session.stop()
            return answer

        return ask

    def _unknown_keys(self, _: int) -> Values:
        """Half for the groups, half for their counts; the groups need a delta, so the whole is approximate."""
        half, delta = self._task["epsilon"] / 2, self._task["delta"]
        session = self._session(ApproxDPBudget(2 * half, delta))
        found = session.evaluate(self._bounded().get_groups(["code"]), ApproxDPBudget(half, delta))
        keys = KeySet.from_dataframe(found)
        counted = session.evaluate(self._bounded().groupby(keys).count(name="answer"), ApproxDPBudget(half, 0))
        answer = _values(counted, ("code",))
        session.stop()
        return answer

    def _marginals(self, _: int) -> Values:
        session = self._session(self._budget())
        answer: dict[str, float | None] = {}
        for column in ("region", "month"):
            keys = KeySet.from_dict({column: self._task[f"{column}s"]})
            query = self._bounded().groupby(keys).count(name="answer")
            answer |= _values(session.evaluate(query, self._budget(2)), (column,))
        session.stop()
        return answer

    def _rate(self, _: int) -> Values:
        session, half = self._session(self._budget()), self._budget(2)
        bounded = self._bounded().groupby(self._cells)
        above = session.evaluate(bounded.sum("amount", 0, self._task["top"], name="answer"), half)
        below = session.evaluate(bounded.count_distinct(["unit_id"], name="answer"), half)
        answer = divided(_values(above, ("region", "month")), _values(below, ("region", "month")), 0)
        session.stop()
        return answer

    def _most_frequent(self, number: int) -> Values:
        keys = KeySet.from_dict({"region": self._task["regions"]})
        counts = self._asking(self._bounded().groupby(keys).count(name="answer"), ("region",))
        return largest(counts(number), self._task["most"])


def _rows_of_one(rows: list[Any]) -> list[Any]:
    return [{"rows": len(rows)}]


def _values(answer: DataFrame, by: tuple[str, ...]) -> dict[str, float | None]:
    return {"|".join(row[column] for column in by): float(row["answer"]) for row in answer.collect()}


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
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    for system, concentrated in (("Tumult Analytics 0.21", False), ("Tumult Analytics 0.21, zCDP", True)):
        run_all(system, Tumult(spark, task, concentrated=concentrated).questions(), CANNOT, task)


if __name__ == "__main__":
    main()
