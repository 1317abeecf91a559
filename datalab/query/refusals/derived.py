"""What is wrong with a question's derived columns."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import assert_never

from datalab.contract.model import RESERVED_COLUMNS, LogicalType
from datalab.contract.published import PublishedColumn
from datalab.query.derive import inputs_of
from datalab.query.labels import MAX_LABELS, recode_labels
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Recode,
)
from datalab.query.naming import default_column_name
from datalab.query.refusals.named import name_refusals
from datalab.query.refusals.scope import Scope

MAX_DERIVED = 20
"""Most derived columns of one question."""
MAX_TERMS = 20
"""Most terms of a weighted sum."""
NUMERIC = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
"""Types that can be calculated with."""
TIMES = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})
"""Types that lie on the calendar."""


def derived_refusals(scope: Scope) -> Iterator[str]:
    """Yield what is wrong with derived columns: at least one refusal for each that cannot be made."""
    query = scope.query
    if len(query.derive) > MAX_DERIVED:
        yield f"The question derives {len(query.derive)} columns; {MAX_DERIVED} are allowed. Derive fewer."
    for name, times in Counter(derived.name for derived in query.derive).items():
        if times > 1:
            yield f"{times} derived columns are named {name!r}. Give each a name of its own."
        elif name in RESERVED_COLUMNS or scope.own.column(name) is not None:
            yield f"{query.dataset} has a column called {name} already. Give the derived column another name."
    for derived in query.derive:
        yield from name_refusals(derived, default_column_name(derived.expression), "A derived column", scope)
        faults = list(input_refusals(derived, scope))
        yield from faults or _unmade(derived, scope)


def input_refusals(derived: Derived, scope: Scope) -> Iterator[str]:
    """Yield why a derived column cannot be made of its inputs."""
    columns = []
    for ref in inputs_of(derived.expression):
        column = scope.find_stated(ref)
        if isinstance(column, str):
            yield column
        else:
            columns.append((ref, column))
    if len(columns) == len(tuple(inputs_of(derived.expression))):
        yield from _expression_refusals(derived.expression, columns)


def _unmade(derived: Derived, scope: Scope) -> Iterator[str]:
    if scope.schemas[scope.query.dataset].column(derived.name) is None:
        yield f"{derived.name} cannot be worked out of the contract's columns. Leave it out."


_Inputs = list[tuple[ColumnRef, PublishedColumn]]


def _expression_refusals(expression: Expression, inputs: _Inputs) -> Iterator[str]:  # noqa: C901 - a case each
    match expression:
        case Band():
            yield from _of_type(inputs, NUMERIC, "cut into bands", "Choose a number column.")
            yield from _band_refusals(expression, inputs[0][1])
        case Calendar():
            yield from _of_type(inputs, TIMES, "put on the calendar", "Choose a date.")
            yield from _calendar_refusals(expression, inputs[0][1])
        case Clock(column=ref, part=part):
            yield from _of_type(inputs, TIMES, "put on the clock", "Choose a date.")
            if part is ClockPart.HOUR and inputs[0][1].logical_type is LogicalType.DATE:
                yield f"{ref} is a date and has no hour. Choose a timestamp, or its weekday."
        case Recode():
            yield from _recode_refusals(expression, inputs[0][1])
        case Clamp():
            yield from _of_type(inputs, NUMERIC, "held in a range", "Choose a number column.")
            yield from _clamp_refusals(expression, inputs[0][1])
        case Linear(terms=terms):
            yield from _of_type(inputs, NUMERIC, "added up", "Choose number columns.")
            if not 1 <= len(terms) <= MAX_TERMS:
                yield f"A weighted sum has from 1 to {MAX_TERMS} terms. Name as many columns."
            weightless = [term.column for term in terms if not term.weight]
            yield from (f"{ref} has the weight 0 and adds nothing. Leave it out." for ref in weightless)
        case DaysBetween(earlier=earlier, later=later):
            yield from _of_type(inputs, TIMES, "counted from in days", "Choose two dates.")
            yield from moved_refusals(inputs)
            if earlier == later:
                yield f"From {earlier} to itself no days pass. Choose two dates."
        case _:
            assert_never(expression)


def moved_refusals(columns: Iterable[tuple[ColumnRef, PublishedColumn | str]]) -> Iterator[str]:
    """Yield that dates cannot be compared which are moved by different days, or of which some are not moved."""
    found = [(ref, column) for ref, column in columns if not isinstance(column, str)]
    if len({column.moved for _, column in found}) > 1:
        ref = next(ref for ref, column in found if column.moved is not None)
        yield (
            f"Dates of {ref} are moved by a secret number of days of each unit, and those that they are compared with "
            "by another or by none, so no interval between them is true. Compare dates of one dataset."
        )


def _of_type(inputs: _Inputs, types: frozenset[LogicalType], what: str, remedy: str) -> Iterator[str]:
    for ref, column in inputs:
        if column.logical_type not in types:
            yield f"{ref} holds {column.logical_type} values, which cannot be {what}. {remedy}"


def _band_refusals(band: Band, column: PublishedColumn) -> Iterator[str]:
    ref, edges = band.column, band.edges
    if not edges:
        yield f"The bands of {ref} have no edge. State at least one."
    if any(low >= high for low, high in itertools.pairwise(edges)):
        yield f"The edges of the bands of {ref} do not rise. Write each once, from the lowest up."
    bounds = column.bounds
    if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
        return
    if not all(bounds.lower <= edge <= bounds.upper for edge in edges):
        yield (
            f"{ref} lies between {bounds.lower} and {bounds.upper}, and an edge of its bands does not. "
            "Cut within the range."
        )


def _calendar_refusals(calendar: Calendar, column: PublishedColumn) -> Iterator[str]:
    if column.logical_type not in TIMES:
        return
    if column.bounds is None:
        yield (
            f"The contract states no bounds for {calendar.column}, so its periods cannot be listed. "
            "Ask the custodian to state them."
        )
    elif _too_long(calendar, column):
        yield f"{calendar.column} spans more than {MAX_LABELS} such periods. Choose a longer period."


def _too_long(calendar: Calendar, column: PublishedColumn) -> bool:
    """Whether the periods are too many to list: those of a day are the shortest, and 366 of them make a year."""
    bounds = column.bounds
    if bounds is None or not isinstance(bounds.lower, date) or not isinstance(bounds.upper, date):
        return False
    days = bounds.upper.toordinal() - bounds.lower.toordinal() + 1
    shortest = {"day": 1, "week": 7, "month": 28, "quarter": 90}.get(calendar.period.value, 365)
    return days // shortest > MAX_LABELS


def _recode_refusals(recode: Recode, column: PublishedColumn) -> Iterator[str]:
    ref, groups = recode.column, recode.groups
    if column.logical_type is not LogicalType.STRING or column.values is None:
        yield f"The contract lists no categories of {ref} that could be merged. Choose a column with categories."
        return
    if not groups or not all(groups):
        yield f"A group of categories of {ref} is empty. Name at least one category in each."
    for value, times in Counter(value for group in groups for value in group).items():
        if value not in column.values:
            yield f"{ref} never holds {value!r}. Merge categories that the contract lists."
        elif times > 1:
            yield f"{value!r} stands {times} times in the groups of {ref}. Put each category into one group."
    labels = recode_labels(recode, column.values)
    if groups and all(groups) and len(set(labels)) < len(labels):
        yield f"Two groups of categories of {ref} would be called alike. Merge others."


def _clamp_refusals(clamp: Clamp, column: PublishedColumn) -> Iterator[str]:
    ref, bounds = clamp.column, column.bounds
    if column.logical_type not in NUMERIC:
        return
    if not clamp.lower < clamp.upper:
        yield f"The range that {ref} is held in is none. Write its lower end first."
    if column.logical_type is LogicalType.INTEGER and any(end != int(end) for end in (clamp.lower, clamp.upper)):
        yield f"{ref} holds whole numbers, and the range it is held in does not end at one. Write whole numbers."
    if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
        yield f"The contract states no bounds for {ref} to be held within. Ask the custodian to state them."
    elif not (bounds.lower <= clamp.lower and clamp.upper <= bounds.upper):
        yield f"{ref} lies between {bounds.lower} and {bounds.upper}. Hold it within that."
