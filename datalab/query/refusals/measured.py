"""What is wrong with a question's measures."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import assert_never

from datalab.contract.published import PublishedColumn
from datalab.query.model import (
    ColumnRef,
    CountRows,
    CountUnits,
    Deviation,
    Keep,
    Mean,
    Measure,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.naming import default_measure_name
from datalab.query.narrowed import narrowed
from datalab.query.refusals.condition import condition_refusals
from datalab.query.refusals.derived import NUMERIC, input_refusals
from datalab.query.refusals.named import name_refusals
from datalab.query.refusals.scope import Scope
from datalab.query.written.measure import write_measure
from datalab.query.written.question import unqualified

MAX_MEASURES = 20
"""Most measures of one question."""
MIN_BINS, MAX_BINS = 2, 1_024
"""Into how many steps a range may be divided to find a quantile."""
MAX_STEPS = 4_096
"""Most steps of all quantiles of a question together: previews try every shape of rows over each of them."""
MAX_PER = 1_000_000
"""Largest number that a ratio is stated per."""


def measure_refusals(scope: Scope) -> Iterator[str]:
    """Yield what is wrong with the measures, their names and their conditions."""
    query = scope.query
    if not query.measures:
        yield "The question measures nothing. Count rows, count units, or take a sum or a mean."
    if len(query.measures) > MAX_MEASURES:
        yield f"The question has more than {MAX_MEASURES} measures. Ask in several questions."
    steps = sum(measure.bins for measure in query.measures if isinstance(measure, Quantile))
    if steps > MAX_STEPS:
        yield f"The quantiles divide their ranges into {steps:,} steps together. Ask for at most {MAX_STEPS:,}."
    for name, times in Counter(measure.name for measure in query.measures).items():
        if times > 1:
            yield f"{times} measure(s) are named {name!r}. Give each a name of its own."
    asked: set[str] = set()
    for measure in query.measures:
        yield from name_refusals(measure, default_measure_name(measure), "A figure", scope)
        meant = json.dumps(unqualified(write_measure(replace(measure, name="")), query.dataset), sort_keys=True)
        if meant in asked:
            yield f"{measure.name} asks again for what another measure asks for, and would be paid for twice. Drop it."
        asked.add(meant)
        yield from _measure_refusals(measure, scope)


def _measure_refusals(measure: Measure, scope: Scope) -> Iterator[str]:  # noqa: C901 - a case each
    match measure:
        case Ratio(top=top, bottom=bottom, per=per):
            yield from _measure_refusals(top, scope)
            yield from _measure_refusals(bottom, scope)
            if replace(top, name="") == replace(bottom, name="") or narrowed(measure, scope.query.dataset) == ():
                yield f"{measure.name} divides an amount by itself, which is always 1. Divide by another."
            if not 1 <= per <= MAX_PER:
                yield f"{measure.name} is stated per {per}. Choose a whole number from 1 to {MAX_PER}."
            return
        case UnitRows():
            yield from _unit_rows_refusals(measure, scope)
            return
        case CountUnits() if scope.public:
            yield f"{scope.query.dataset} is public reference data and has no units to count. Count rows."
        case Sum() | Mean() | Variance() | Deviation():
            yield from number_refusals(measure.column, scope)
        case Quantile():
            yield from number_refusals(measure.column, scope, measured="have no quantiles")
            yield from _level_refusals(measure)
            if not MIN_BINS <= measure.bins <= MAX_BINS:
                yield (
                    f"{measure.name} divides its range into {measure.bins} steps. Choose from {MIN_BINS} to {MAX_BINS}."
                )
        case CountRows() | CountUnits():
            pass
        case _:
            assert_never(measure)
    if measure.where is not None:
        yield from condition_refusals(measure.where, scope.find)


def _unit_rows_refusals(measure: UnitRows, scope: Scope) -> Iterator[str]:
    """Yield why rows of a unit cannot be counted.

    The figure is for choosing R of one dataset's rows. Pairs of a join are bounded by R before they are made, so how
    many there are says nothing of it.
    """
    yield from _level_refusals(measure)
    query = scope.query
    if scope.public:
        yield f"{query.dataset} is public reference data and has no units whose rows to count. Count rows."
    if query.group_by or query.tables:
        yield f"{measure.name} is about all rows of a unit and has no groups. Ask for it in a question of its own."
    if any(join.keep is Keep.PAIRS for join in query.joins):
        yield f"{measure.name} is about rows of one dataset, not of pairs. Ask for it without joins in pairs."


def _level_refusals(measure: Quantile | UnitRows) -> Iterator[str]:
    if not 0 < measure.level < 1:
        yield f"{measure.name} asks for a level that lies not between 0 and 1. Write 1/2 for the median."


def number_refusals(ref: ColumnRef, scope: Scope, *, measured: str = "cannot be summed") -> Iterator[str]:
    """Yield why a column cannot be measured: it is no number, or no bounds are stated that noise could hide.

    Args:
        ref: the column.
        scope: where it is looked for.
        measured: what values of other types cannot do.
    """
    column = scope.find(ref)
    if isinstance(column, str):
        yield column
        return
    if column.logical_type not in NUMERIC:
        yield f"{ref} holds {column.logical_type} values, which {measured}. Choose a number column."
        return
    if column.bounds is None:
        yield (
            f"The contract states no bounds for {ref}, so no noise could hide one value of it. "
            "Ask the custodian to state them."
        )
    elif not _is_range(column) and not _is_told(column.name, scope):
        yield f"The contract's bounds for {ref} are not a range of numbers. Ask the custodian to mend them."


def _is_told(name: str, scope: Scope) -> bool:
    """Return whether a derived column is refused for what it is made of, so that its bounds need no word."""
    return any(one.name == name and any(input_refusals(one, scope)) for one in scope.query.derive)


def _is_range(column: PublishedColumn) -> bool:
    bounds = column.bounds
    if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
        return False
    lower, upper = float(bounds.lower), float(bounds.upper)
    return math.isfinite(lower) and math.isfinite(upper) and lower < upper
