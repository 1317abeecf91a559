"""OpenDP Polars 0.16 on the common questions: run by an interpreter that has it; the task is JSON on standard input.

Rows are truncated to R a person (`truncate_per_group`); its `truncate_num_groups` keeps no group or fails (measured
in 0.16.0), so no bound a cell is stated, as for the other peers. It has no variance (`std()` is "not recognized"), but
sums of squares: variance and deviation are made of a count and the sums of what amounts differ from the middle of their
range, and of its squares, asked at once. A share and a rate are made of two figures so. It is asked under the lab's
own zCDP budget as well.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

import opendp.prelude as dp
import polars as pl
from measure import Values, divided, largest, run_all

dp.enable_features("contrib", "honest-but-curious")
CELLS = ("region", "month")
CANDIDATES = 65  # as many as the lab's bins have edges
NO_JOIN = 'refuses: "A step in your query is not recognized at this time: INNER JOIN"; only frames of public keys join'
CANNOT: Mapping[str, str] = {
    "join": NO_JOIN,
    "window_join": NO_JOIN,
    "repeat": NO_JOIN,
}


class Polars:
    """A context a question, for a context's budget is spent once."""

    def __init__(self, task: Mapping[str, Any], *, concentrated: bool) -> None:
        self._task = task
        self._concentrated = concentrated
        self._events = pl.scan_parquet(task["events"] + "/*.parquet")
        listed = [(region, month) for region in task["regions"] for month in task["months"]]
        self._cells = pl.LazyFrame(listed, schema=list(CELLS), orient="row")

    def questions(self) -> dict[str, Callable[[int], Values]]:
        """Return what it can be asked."""
        amount, top = pl.col("amount").fill_null(0), self._task["top"]
        candidates = [top * place / (CANDIDATES - 1) for place in range(CANDIDATES)]
        by_cell: dict[str, pl.Expr] = {
            "count": dp.len(),
            "sum": amount.dp.sum((0, top)),
            "mean": amount.dp.mean((0, top)),
            "median": amount.cast(pl.Float64).dp.median(candidates),
            "units": pl.col("unit_id").dp.n_unique(),
        }
        return {name: self._cells_of(figure) for name, figure in by_cell.items()} | {
            "unknown_keys": self._unknown_keys,
            "marginals": self._marginals,
            "variance": self._variance,
            "deviation": self._deviation,
            "share": self._share,
            "rate": self._rate,
            "histogram": self._histogram,
            "most_frequent": self._most_frequent,
            "unit_rows": self._unit_rows,
            "filtered": self._filtered,
            "derived": self._derived,
        }

    def _context(self, *, queries: int, delta: float | None = None) -> Any:  # noqa: ANN401 - opendp has no types
        spent = {"rho": self._task["rho"]} if self._concentrated else {"epsilon": self._task["epsilon"]}
        loss = spent | ({} if delta is None else {"delta": delta})
        return dp.Context.compositor(
            data=self._events,
            privacy_unit=dp.unit_of(contributions=1, identifier="unit_id"),
            privacy_loss=dp.loss_of(**loss),
            split_evenly_over=queries,
            margins=[dp.polars.Margin(by=list(by), max_length=200_000_000) for by in (CELLS, ("region",), ("month",))]
            + [dp.polars.Margin(max_length=200_000_000)],
        )

    def _bounded(self, context: Any) -> Any:  # noqa: ANN401 - as above
        return context.query().truncate_per_group(self._task["rows_per_unit"])

    def _cells_of(self, figure: pl.Expr) -> Callable[[int], Values]:
        def ask(_: int) -> Values:
            grouped = self._bounded(self._context(queries=1)).group_by(*CELLS).agg(figure.alias("answer"))
            return _values(grouped.with_keys(self._cells).release().collect(), CELLS)

        return ask

    def _unknown_keys(self, _: int) -> Values:
        query = self._bounded(self._context(queries=1, delta=self._task["delta"])).group_by("code")
        return _values(query.agg(dp.len().alias("answer")).release().collect(), ("code",))

    def _marginals(self, _: int) -> Values:
        context = self._context(queries=2)
        answer: dict[str, float | None] = {}
        for column in CELLS:
            keys = pl.LazyFrame({column: self._task[f"{column}s"]})
            query = self._bounded(context).group_by(column).agg(dp.len().alias("answer"))
            answer |= _values(query.with_keys(keys).release().collect(), (column,))
        return answer

    def _moments(self, rows: Any, *figures: pl.Expr) -> pl.DataFrame:  # noqa: ANN401 - as above
        grouped = rows.group_by(*CELLS).agg(*figures)
        answer: pl.DataFrame = grouped.with_keys(self._cells).release().collect()
        return answer

    def _variance(self, _: int) -> Values:
        middle = self._task["top"] / 2
        centred = pl.col("amount").clip(0, self._task["top"]) - int(middle)
        rows = self._bounded(self._context(queries=1)).with_columns((centred * centred).alias("square"))
        answer = self._moments(
            rows,
            pl.col("square").fill_null(0).dp.sum((0, int(middle**2))).alias("squares"),
            centred.fill_null(0).dp.sum((-int(middle), int(middle))).alias("sum"),
            dp.len(signed=True).alias("rows"),
        )
        rows = _values(answer, CELLS, "rows")
        squares, means = divided(_values(answer, CELLS, "squares"), rows), divided(_values(answer, CELLS, "sum"), rows)
        # As the lab does: what noise carries beyond the largest variance that the range allows is cut.
        return {cell: min(max(squares[cell] - means[cell] ** 2, 0), middle**2) for cell in squares}

    def _deviation(self, number: int) -> Values:
        return {cell: math.sqrt(value or 0) for cell, value in self._variance(number).items()}

    def _share(self, _: int) -> Values:
        large = (pl.col("amount") >= self._task["large"]).cast(pl.Int64).fill_null(0).dp.sum((0, 1)).alias("large")
        answer = self._moments(self._bounded(self._context(queries=1)), large, dp.len(signed=True).alias("rows"))
        return divided(_values(answer, CELLS, "large"), _values(answer, CELLS, "rows"), 0, 1)

    def _rate(self, _: int) -> Values:
        total = pl.col("amount").fill_null(0).dp.sum((0, self._task["top"])).alias("sum")
        units = pl.col("unit_id").dp.n_unique().alias("units")
        answer = self._moments(self._bounded(self._context(queries=1)), total, units)
        return divided(_values(answer, CELLS, "sum"), _values(answer, CELLS, "units"), 0)

    def _histogram(self, _: int) -> Values:
        labels = self._task["band_labels"]
        cut = pl.col("amount").cut(self._task["bands"], labels=labels, left_closed=True).alias("band")
        keys = pl.LazyFrame({"band": pl.Series(labels, dtype=pl.Categorical)})
        query = self._bounded(self._context(queries=1)).with_columns(cut).group_by("band")
        return _values(query.agg(dp.len().alias("answer")).with_keys(keys).release().collect(), ("band",))

    def _most_frequent(self, _: int) -> Values:
        keys = pl.LazyFrame({"region": self._task["regions"]})
        query = self._bounded(self._context(queries=1)).group_by("region").agg(dp.len().alias("answer"))
        return largest(_values(query.with_keys(keys).release().collect(), ("region",)), self._task["most"])

    def _unit_rows(self, _: int) -> Values:
        people = self._context(queries=1).query().group_by("unit_id").agg(pl.len().alias("rows"))
        candidates = [float(rows) for rows in range(self._task["rows_per_unit"] + 1)]
        level = pl.col("rows").cast(pl.Float64).dp.quantile(self._task["level"], candidates)
        return _values(people.select(level.alias("answer")).release().collect(), ())

    def _filtered(self, _: int) -> Values:
        kept = self._context(queries=1).query().filter(pl.col("amount") >= self._task["large"])
        bounded = kept.truncate_per_group(self._task["rows_per_unit"])
        return _values(self._moments(bounded, dp.len().alias("answer")), CELLS)

    def _derived(self, _: int) -> Values:
        day, by = pl.col("happened"), ("region", "year", "quarter")
        rows = self._bounded(self._context(queries=1))
        parts = rows.with_columns(day.dt.year().alias("year"), day.dt.quarter().alias("quarter"))
        quarters = [(int(label[:4]), int(label[-1])) for label in self._task["quarters"]]
        listed = [(region, *quarter) for region in self._task["regions"] for quarter in quarters]
        keys = pl.LazyFrame(listed, schema={"region": pl.String, "year": pl.Int32, "quarter": pl.Int8}, orient="row")
        answer = parts.group_by(*by).agg(dp.len().alias("answer")).with_keys(keys).release().collect()
        return {f"{row['region']}|{row['year']}-Q{row['quarter']}": row["answer"] for row in answer.to_dicts()}


def _values(answer: pl.DataFrame, by: tuple[str, ...], figure: str = "answer") -> dict[str, float | None]:
    return {"|".join(row[column] for column in by): row[figure] for row in answer.to_dicts()}


def main() -> None:
    """Read the task and answer it."""
    task = json.load(sys.stdin)
    for system, concentrated in (("OpenDP Polars 0.16", False), ("OpenDP Polars 0.16, zCDP", True)):
        run_all(system, Polars(task, concentrated=concentrated).questions(), CANNOT, task)


if __name__ == "__main__":
    main()
