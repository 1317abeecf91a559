"""Every value that an author wrote into a question: what a reviewer looks at first.

A value can single somebody out (a time, an amount, a rare category), or carry a message; so each is shown, wherever it
stands. Columns and names are no values: they are the contracts' words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from datalab.query.columns import resolve
from datalab.query.model import (
    DEFAULT_BINS,
    AllOf,
    AnyOf,
    Band,
    Calendar,
    Clamp,
    Clock,
    ColumnRef,
    Compare,
    DaysBetween,
    Derived,
    IsIn,
    IsMissing,
    Join,
    Linear,
    Measure,
    Not,
    Predicate,
    Quantile,
    Query,
    Question,
    Ratio,
    Recode,
    UnitRows,
)


def literals_of(query: Query) -> Iterator[tuple[str, str]]:
    """Yield each place of a query that holds values as its topic and a text that shows them."""
    dataset = query.dataset
    yield from _conditions(query.where, dataset, "condition")
    for derived in query.derive:
        yield from _derived(derived, dataset)
    for join in query.joins:
        yield from _joined(join, dataset)
    for measure in query.measures:
        yield from _measured(measure, dataset)
    for place, table in enumerate(query.tables, start=1):
        if table.weight != 1:
            yield "tables", f"Table {place} has the weight {table.weight}."
    if query.top is not None:
        yield "cells", f"Only the {query.top} largest cells are answered."


def _conditions(predicate: Predicate | None, dataset: str, topic: str) -> Iterator[tuple[str, str]]:
    match predicate:
        case None:
            return
        case Compare(column=ref, operator=operator, value=value):
            yield topic, f"{resolve(ref, dataset)} is compared ({operator.value}) with {value!r}."
        case IsIn(column=ref, values=values):
            yield topic, f"{resolve(ref, dataset)} is one of {', '.join(repr(value) for value in values)}."
        case IsMissing(column=ref):
            yield topic, f"{resolve(ref, dataset)} is missing."
        case Not(predicate=inner):
            yield from _conditions(inner, dataset, topic)
        case AllOf(predicates=terms) | AnyOf(predicates=terms):
            for term in terms:
                yield from _conditions(term, dataset, topic)
        case _:
            assert_never(predicate)


def _derived(derived: Derived, dataset: str) -> Iterator[tuple[str, str]]:
    topic = f"derived {derived.name}"

    def named(ref: ColumnRef) -> ColumnRef:
        return resolve(ref, dataset)

    match derived.expression:
        case Band(column=ref, edges=edges):
            yield topic, f"{named(ref)} is cut at {', '.join(map(repr, edges))}."
        case Recode(column=ref, groups=groups):
            merged = "; ".join(", ".join(map(repr, group)) for group in groups)
            yield topic, f"{named(ref)} is merged: {merged}."
        case Clamp(column=ref, lower=lower, upper=upper):
            yield topic, f"{named(ref)} is held between {lower!r} and {upper!r}."
        case Linear(terms=terms, constant=constant):
            parts = [f"{term.weight!r} times {named(term.column)}" for term in terms]
            yield topic, f"It is {' plus '.join([repr(constant), *parts] if constant else parts)}."
        case Calendar() | Clock() | DaysBetween():
            return
        case _:
            assert_never(derived.expression)


def _joined(join: Join, dataset: str) -> Iterator[tuple[str, str]]:
    yield from _conditions(join.where, join.dataset, "condition")
    if join.within is not None:
        own, other = resolve(join.within.own, dataset), resolve(join.within.other, join.dataset)
        yield (
            f"join {join.dataset}",
            f"At least {join.within.at_least} and at most {join.within.at_most} days from {own} to {other}.",
        )


def _measured(measure: Measure, dataset: str) -> Iterator[tuple[str, str]]:
    topic = f"figure {measure.name}"
    match measure:
        case Ratio(top=top, bottom=bottom, per=per):
            yield from _conditions(top.where, dataset, topic)
            yield from _conditions(bottom.where, dataset, topic)
            if per != 1:
                yield topic, f"It is stated per {per}."
        case UnitRows(level=level):
            yield topic, f"Its level is {_level(level)}."
        case Quantile(level=level, bins=bins, where=where):
            steps = "" if bins == DEFAULT_BINS else f", in {bins} steps"
            yield topic, f"Its level is {_level(level)}{steps}."
            yield from _conditions(where, dataset, topic)
        case _:
            yield from _conditions(measure.where, dataset, topic)


def _level(level: Fraction) -> str:
    return str(level)


def bare(question: Question) -> Question:
    """Return a question without its values, price and title: two that are alike then differ in nothing else."""
    query = question.query
    joins = tuple(replace(join, where=None, within=None) for join in query.joins)
    tables = tuple(replace(table, weight=1) for table in query.tables)
    measures = tuple(map(_bare_measure, query.measures))
    return replace(
        question,
        query=replace(
            query, where=None, joins=joins, tables=tables, measures=measures, derive=(), top=None, nonnegative=False
        ),
        rho=Fraction(0),
        rows_per_unit=0,
        rows_per_cell=0,
        title="",
    )


def _bare_measure(measure: Measure) -> Measure:
    match measure:
        case Ratio(top=top, bottom=bottom):
            return replace(measure, top=replace(top, where=None), bottom=replace(bottom, where=None), per=1, name="")
        case UnitRows():
            return replace(measure, level=Fraction(1, 2), name="")
        case Quantile():
            return replace(measure, level=Fraction(1, 2), bins=DEFAULT_BINS, where=None, name="")
        case _:
            return replace(measure, where=None, name="")
