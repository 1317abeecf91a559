"""Every value that an author wrote into a question: what a reviewer looks at first.

A value can single somebody out (a time, an amount, a rare category), or carry a message; so each is shown, wherever it
stands, with what it does there (`datalab.release.clause`). Columns and names are no values: they are the
contracts' words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from datalab.query.columns import resolve
from datalab.query.model import (
    DEFAULT_BINS,
    Band,
    Calendar,
    Clamp,
    Clock,
    ColumnRef,
    DaysBetween,
    Derived,
    Join,
    Keep,
    Linear,
    Measure,
    Predicate,
    Quantile,
    Query,
    Question,
    Ratio,
    Recode,
    UnitRows,
)
from datalab.release.clause import clauses_of


def literals_of(query: Query) -> Iterator[tuple[str, str]]:
    """Yield each place of a query that holds values as its topic and a text that shows them."""
    dataset = query.dataset
    yield from _clauses(query.where, dataset, "condition", "Rows count where")
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
    partners = {
        Keep.PAIRS: f"Rows of {join.dataset} are joined where",
        Keep.ANY: f"Rows count that have a partner in {join.dataset} for which",
        Keep.NONE: f"Rows count that have no partner in {join.dataset} for which",
    }
    yield from _clauses(join.where, join.dataset, f"join {join.dataset}", partners[join.keep])
    if join.within is not None:
        own, other = resolve(join.within.own, dataset), resolve(join.within.other, join.dataset)
        least = "More than" if join.within.above else "At least"
        most = "fewer than" if join.within.below else "at most"
        yield (
            f"join {join.dataset}",
            f"{least} {join.within.at_least} and {most} {join.within.at_most} days from {own} to {other}.",
        )


def _measured(measure: Measure, dataset: str) -> Iterator[tuple[str, str]]:
    topic = f"figure {measure.name}"
    match measure:
        case Ratio(top=top, bottom=bottom, per=per):
            yield from _clauses(top.where, dataset, topic, "Above the line, rows count where")
            yield from _clauses(bottom.where, dataset, topic, "Below the line, rows count where")
            if per != 1:
                yield topic, f"It is stated per {per}."
        case UnitRows(level=level):
            yield topic, f"Its level is {_level(level)}."
        case Quantile(level=level, bins=bins, where=where):
            steps = "" if bins == DEFAULT_BINS else f", in {bins} steps"
            yield topic, f"Its level is {_level(level)}{steps}."
            yield from _clauses(where, dataset, topic, "Rows count where")
        case _:
            yield from _clauses(measure.where, dataset, topic, "Rows count where")


def _clauses(where: Predicate | None, dataset: str, topic: str, opening: str) -> Iterator[tuple[str, str]]:
    return ((topic, f"{opening} {clause.text}.") for clause in clauses_of(where, dataset))


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
