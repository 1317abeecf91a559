"""OpenDP Polars 0.16 on the common questions: run by an interpreter that has it; the task is JSON on standard input.

Rows are truncated to R a person (`truncate_per_group`); its `truncate_num_groups` keeps no group or fails (measured
in 0.16.0), so no bound a cell is stated, as for the other peers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import opendp.prelude as dp
import polars as pl
from measure import Values, run_all

dp.enable_features("contrib", "honest-but-curious")
CELLS = ("region", "month")
CANDIDATES = 65  # as many as the lab's bins have edges
CANNOT: Mapping[str, str] = {
    "variance": "its expressions are len, count, null_count, n_unique, sum, mean, quantile and median",
    "join": "a query starts at one private frame; a join is read only with a frame of public keys",
}


class Polars:
    """A context a question, for a context's budget is spent once."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        self._task = task
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
        }

    def _context(self, *, queries: int, delta: float | None = None) -> Any:  # noqa: ANN401 - opendp has no types
        loss = {"epsilon": self._task["epsilon"]} | ({} if delta is None else {"delta": delta})
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


def _values(answer: pl.DataFrame, by: tuple[str, ...]) -> dict[str, float | None]:
    return {"|".join(row[column] for column in by): row["answer"] for row in answer.to_dicts()}


def main() -> None:
    """Read the task and answer it."""
    task = json.load(sys.stdin)
    run_all("OpenDP Polars 0.16", Polars(task).questions(), CANNOT, task)


if __name__ == "__main__":
    main()
