"""Measures in English."""

from __future__ import annotations

from typing import assert_never

from datalab.query.explain.words import Words
from datalab.query.model import (
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    Predicate,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.naming import MEDIAN

_OF_COLUMN: dict[type[Mean | Variance | Deviation], str] = {
    Mean: "mean",
    Variance: "population variance",
    Deviation: "population standard deviation",
}


def measure_sentence(measure: Measure, words: Words) -> str:
    """Return what a figure is, as one sentence."""
    return f"{measure.name}: {_measured(measure, words)}."


def _measured(measure: Measure, words: Words) -> str:
    match measure:
        case CountRows() | CountUnits():
            return _amount(measure, words)
        case Sum():
            return f"{_amount(measure, words)}; a missing value adds nothing"
        case Mean(column=ref, where=where) | Variance(column=ref, where=where) | Deviation(column=ref, where=where):
            return f"the {_OF_COLUMN[type(measure)]} of {words.bounded(ref)}, over the rows that have a value" + _only(
                where, words
            )
        case Quantile():
            return _quantile(measure, words)
        case Ratio(top=top, bottom=bottom, per=per):
            stated = f", for every {per:,}" if per != 1 else ""
            return f"({_amount(top, words)}) divided by ({_amount(bottom, words)}){stated}"
        case UnitRows(level=level):
            return f"the number of rows that {level} of the {words.many} do not exceed"
        case _:
            assert_never(measure)


def _only(where: Predicate | None, words: Words) -> str:
    """Return which rows a measure looks at: those that also meet its own condition."""
    return words.where(where, " and where ")


def _amount(amount: CountRows | CountUnits | Sum, words: Words) -> str:
    match amount:
        case CountRows(where=where):
            return f"the number of rows{words.where(where)}"
        case CountUnits(where=where):
            return f"the number of different {words.many}{words.where(where, ' with a row where ')}"
        case Sum(column=ref, where=where):
            return f"the sum of {words.bounded(ref)}{words.where(where, ', over the rows where ')}"
        case _:
            assert_never(amount)


def _quantile(quantile: Quantile, words: Words) -> str:
    level, bounded = quantile.level, words.bounded(quantile.column)
    what = f"the median of {bounded}" if level == MEDIAN else f"the value below which {level} lie, of {bounded}"
    rows = f"over the rows that have a value{_only(quantile.where, words)}"
    return f"{what}, {rows}; to within one step of that range, of at most {quantile.bins} equal ones"
