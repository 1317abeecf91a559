"""The common questions: what each is in the lab's builder, in SQL on the raw rows, and which figures an answer gives.

A question that the builder cannot say yet raises AttributeError when it is made; the benchmark then says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import duckdb
from events import Made

from datalab.privacy.answer import Answer
from datalab.query.build import Asking, ask, col, days, quarter, total, units
from datalab.query.model import Question

CELLS = ("region", "month")
BANDS = (25, 50, 100, 200, 400)
"""Edges of a histogram of amounts."""
LARGE = 200
"""An amount from here on is large: about a fifth are."""
MOST = 5
"""So many of the 30 regions are told, by their rows."""
LEVEL = "0.95"
"""Of the rows of a unit."""
WITHIN = 30
"""Days from an event to a visit of the same person."""
FEW_CELLS = ("join", "window_join", "histogram", "most_frequent", "unit_rows")
"""Where a person may have many rows in one cell, a bound a cell would cut them."""
ALL = "(all)"
"""What an answer shows for a column that a cell adds up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What every side spends and how it bounds a person."""

    of: int = 1
    """How many questions share what follows: each is asked for its equal part, by each side's own composition."""
    whole_rho: Fraction = Fraction("0.0244")
    """About epsilon 1 at the delta."""
    whole_epsilon: float = 1.0
    """For a side that has no zCDP."""
    whole_delta: Fraction = Fraction(1, 10**6)
    rows_per_unit: int = 36
    rows_per_cell: int = 3
    """The lab's second bound, which no peer can state beside the first; not where cells are few."""

    @property
    def rho(self) -> Fraction:
        """What one question spends; zCDP adds up (Bun and Steinke 2016, lemma 2.3)."""
        return self.whole_rho / self.of

    @property
    def epsilon(self) -> float:
        """The same under pure epsilon, which adds up too."""
        return self.whole_epsilon / self.of

    @property
    def delta(self) -> Fraction:
        """The same of delta."""
        return self.whole_delta / self.of

    def spend(self, name: str, number: int) -> Question:
        """Finish a question; another number is another question, at a budget that differs by a millionth."""
        return QUESTIONS[name]().spend(
            rho=self.rho * (1 + Fraction(number, 10**6)),
            rows_per_unit=self.rows_per_unit,
            rows_per_cell=None if name in FEW_CELLS else self.rows_per_cell,
        )


def count() -> Asking:
    """Rows by region and month."""
    return ask("events").group_by(*CELLS).count_rows()


def summed() -> Asking:
    """The sum of an amount by region and month."""
    return ask("events").group_by(*CELLS).sum("amount")


def mean() -> Asking:
    """The mean amount by region and month."""
    return ask("events").group_by(*CELLS).mean("amount")


def variance() -> Asking:
    """The variance of an amount by region and month."""
    return ask("events").group_by(*CELLS).variance("amount")


def median() -> Asking:
    """The median amount by region and month."""
    return ask("events").group_by(*CELLS).median("amount")


def people() -> Asking:
    """Distinct people by region and month."""
    return ask("events").group_by(*CELLS).count_units()


def unknown_keys() -> Asking:
    """Rows by a code whose values nobody lists."""
    return ask("events").discover("code").count_rows()


def marginals() -> Asking:
    """Two tables of one budget: rows by region, and rows by month."""
    return ask("events").tables(("region",), ("month",)).count_rows()


def join() -> Asking:
    """Pairs of an event and a visit of one person, by the kind of visit."""
    return ask("events").join("visits").group_by("visits.kind").count_rows()


def deviation() -> Asking:
    """The standard deviation of an amount by region and month."""
    return ask("events").group_by(*CELLS).deviation("amount")


def share() -> Asking:
    """The share of large amounts by region and month."""
    return ask("events").group_by(*CELLS).share(col("amount") >= LARGE)


def rate() -> Asking:
    """The amount a person by region and month."""
    return ask("events").group_by(*CELLS).ratio(top=total("amount"), bottom=units())


def histogram() -> Asking:
    """Rows by bands of an amount."""
    return ask("events").histogram("amount", *BANDS)


def most_frequent() -> Asking:
    """The regions with most rows."""
    return ask("events").group_by("region").count_rows().most_frequent(MOST)


def unit_rows() -> Asking:
    """How many rows 95 of 100 people do not exceed."""
    return ask("events").unit_rows(LEVEL)


def filtered() -> Asking:
    """Rows of a large amount by region and month."""
    return ask("events").where(col("amount") >= LARGE).group_by(*CELLS).count_rows()


def derived() -> Asking:
    """Rows by region and the quarter of a date."""
    return ask("events").group_by("region", quarter("happened")).count_rows()


def window_join() -> Asking:
    """Pairs of an event and a visit of the same person within 30 days after it, by the kind of visit."""
    within = days("happened", "seen", 0, WITHIN)
    return ask("events").join("visits", within=within).group_by("visits.kind").count_rows()


def repeat() -> Asking:
    """Rows with another row of the same person within 30 days after, by region and month."""
    return ask("events").having("events", within=days("happened", "happened", 0, WITHIN)).group_by(*CELLS).count_rows()


QUESTIONS: Mapping[str, Callable[[], Asking]] = {
    "count": count,
    "sum": summed,
    "mean": mean,
    "variance": variance,
    "median": median,
    "units": people,
    "unknown_keys": unknown_keys,
    "marginals": marginals,
    "join": join,
    "deviation": deviation,
    "share": share,
    "rate": rate,
    "histogram": histogram,
    "most_frequent": most_frequent,
    "unit_rows": unit_rows,
    "filtered": filtered,
    "derived": derived,
    "window_join": window_join,
    "repeat": repeat,
}
_BY_CELL = "SELECT region || '|' || month, {figure} FROM events GROUP BY ALL"
BAND_LABELS = (
    f"below {BANDS[0]}",
    *(f"{low} to below {high}" for low, high in itertools.pairwise(BANDS)),
    f"{BANDS[-1]} and over",
)
_BANDS = (
    f"[{', '.join(map(repr, BAND_LABELS))}][list_count(list_filter({list(BANDS)}, lambda edge: edge <= amount)) + 1]"
)
_RAW: Mapping[str, str] = {
    "count": _BY_CELL.format(figure="count(*)"),
    "sum": _BY_CELL.format(figure="sum(amount)"),
    "mean": _BY_CELL.format(figure="avg(amount)"),
    "variance": _BY_CELL.format(figure="var_pop(amount)"),
    "median": _BY_CELL.format(figure="median(amount)"),
    "units": _BY_CELL.format(figure="count(DISTINCT unit_id)"),
    "unknown_keys": "SELECT code, count(*) FROM events GROUP BY ALL",
    "marginals": "SELECT region, count(*) FROM events GROUP BY ALL "
    "UNION ALL SELECT month, count(*) FROM events GROUP BY ALL",
    "join": "SELECT kind, count(*) FROM events JOIN visits USING (unit_id) GROUP BY ALL",
    "deviation": _BY_CELL.format(figure="stddev_pop(amount)"),
    "share": _BY_CELL.format(figure=f"avg((amount >= {LARGE})::INT)"),
    "rate": _BY_CELL.format(figure="sum(amount) / count(DISTINCT unit_id)"),
    "histogram": f"SELECT {_BANDS}, count(*) FROM events GROUP BY ALL",  # noqa: S608 - constants
    "most_frequent": "SELECT region, count(*) FROM events GROUP BY ALL",
    "unit_rows": f"SELECT '', quantile_cont(n, {LEVEL}) FROM (SELECT count(*) AS n FROM events GROUP BY unit_id)",  # noqa: S608 - constants
    "filtered": f"SELECT region || '|' || month, count(*) FROM events WHERE amount >= {LARGE} GROUP BY ALL",  # noqa: S608 - constants
    "derived": "SELECT region || '|' || year(happened) || '-Q' || quarter(happened), count(*) FROM events GROUP BY ALL",
    "window_join": "SELECT kind, count(*) FROM events JOIN visits USING (unit_id) "  # noqa: S608 - constants
    f"WHERE seen - happened BETWEEN 0 AND {WITHIN} GROUP BY ALL",
    "repeat": "SELECT region || '|' || month, count(*) FROM (SELECT *, count(*) OVER (PARTITION BY unit_id ORDER BY "  # noqa: S608 - constants
    f"happened RANGE BETWEEN CURRENT ROW AND INTERVAL {WITHIN} DAYS FOLLOWING) AS near FROM events) "
    "WHERE near > 1 GROUP BY ALL",
}


def truths(made: Made, wanted: tuple[str, ...], *, laid: bool = False) -> dict[str, dict[str, float]]:
    """Return what the raw rows say: nothing bounded, nothing clamped, nothing noised."""
    with duckdb.connect() as connection:
        for dataset in ("events", "visits"):
            folder = made.laid(dataset) if laid else made.plain(dataset)
            if folder.is_dir():
                connection.execute(f"CREATE VIEW {dataset} AS FROM read_parquet('{folder}/*.parquet')")
        return {
            name: {cell: float(value) for cell, value in connection.execute(_RAW[name]).fetchall()} for name in wanted
        }


def figures(answer: Answer) -> dict[str, float | None]:
    """Return an answer's first figure by its groups, without the columns that a cell adds up."""
    return {"|".join(key for key in cell.keys if key != ALL): cell.estimates[0].value for cell in answer.cells}
