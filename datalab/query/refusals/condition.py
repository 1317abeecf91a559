"""What is wrong with a condition, given the columns it may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.contract.published import PublishedColumn
from datalab.query.characters import MAX_LITERAL, unreadable
from datalab.query.literal import HOW_TO_WRITE, LiteralValue, literal_value
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Operator,
    Predicate,
)

SAMENESS = frozenset({Operator.EQ, Operator.NE})
"""Operators that need no order."""
SHOWN = 10
"""Most categories listed in a refusal."""

Find = Callable[[ColumnRef], PublishedColumn | str]
"""Finds a column, or says why it cannot be asked about."""


def condition_refusals(predicate: Predicate, find: Find) -> Iterator[str]:
    """Yield what is wrong with a condition: unknown columns, literals that can never match, an order that is none."""
    match predicate:
        case Compare() | IsIn() | IsMissing():
            column = find(predicate.column)
            if isinstance(column, str):
                yield column
            elif not isinstance(predicate, IsMissing):
                yield from _test_refusals(predicate, column)
        case Not(predicate=inner):
            yield from condition_refusals(inner, find)
        case AllOf(predicates=terms) | AnyOf(predicates=terms):
            if not terms:
                yield "A condition that joins others with 'all' or 'any' is empty. Give it at least one, or drop it."
            for term in terms:
                yield from condition_refusals(term, find)
        case _:
            assert_never(predicate)


def _test_refusals(test: Compare | IsIn, column: PublishedColumn) -> Iterator[str]:
    match test:
        case Compare(column=ref, operator=operator, value=value):
            yield from _order_refusals(ref, column, operator)
            yield from _literal_refusals(ref, column, value, exactly=operator in SAMENESS)
        case IsIn(column=ref, values=values):
            if not values:
                yield f"The list of values for {ref} is empty. Name at least one."
            for value in values:
                yield from _literal_refusals(ref, column, value, exactly=True)
        case _:
            assert_never(test)


def _order_refusals(ref: ColumnRef, column: PublishedColumn, operator: Operator) -> Iterator[str]:
    if operator in SAMENESS:
        return
    if column.logical_type is LogicalType.BOOLEAN:
        yield f"{ref} is true or false and has no order. Compare with eq or ne."
    if column.logical_type is LogicalType.STRING and column.values is None:
        yield f"{ref} is a text without listed categories and has no order. Compare with eq, ne or in."


def _literal_refusals(ref: ColumnRef, column: PublishedColumn, value: Literal, *, exactly: bool) -> Iterator[str]:
    """Refuse a literal of another type, or one that the column can never hold."""
    try:
        meant = literal_value(column.logical_type, value)
    except ValueError:
        yield f"{ref} is compared with something that is not of its type. Write {HOW_TO_WRITE[column.logical_type]}."
        return
    if isinstance(value, str) and column.values is None:
        for fault in unreadable(value, MAX_LITERAL):
            yield f"{ref} is compared with a text that a reviewer could not read as it is: {fault}."
    if column.values is not None and (exactly or column.logical_type is LogicalType.STRING):
        text = str(meant).lower() if isinstance(meant, bool) else str(meant)
        if text not in column.values:
            listed = ", ".join(column.values[:SHOWN]) + (", ..." if len(column.values) > SHOWN else "")
            yield f"{ref} never holds {text!r}. Its values are: {listed}."
    elif column.bounds is not None:
        lower, upper = column.bounds.lower, column.bounds.upper
        within = _within(meant, lower) and _within(upper, meant)
        if exactly and not within:
            yield f"{ref} lies between {lower} and {upper}; the value asked for does not."
        elif not exactly and not (_within(_moved(meant, 1), lower) and _within(upper, _moved(meant, -1))):
            yield (
                f"{ref} lies between {lower} and {upper}; compared with a value beyond that, it is always so or never. "
                "Choose one within, or leave the condition out."
            )


def _moved(value: LiteralValue, steps: int) -> object:
    """Return the next value: of dates the next day, of numbers that which is 1 greater."""
    if isinstance(value, str | bool):
        return value
    try:
        return value + timedelta(days=steps) if isinstance(value, date) else value + steps
    except OverflowError:  # the calendar ends there, and no bounds reach so far
        return value


def _within(larger: object, smaller: object) -> bool:
    """Whether larger >= smaller, where both are numbers or both are dates; True where they cannot be compared."""
    if isinstance(larger, int | float) and isinstance(smaller, int | float):
        return larger >= smaller
    if isinstance(larger, date) and isinstance(smaller, date):
        return _day(larger) >= _day(smaller)
    return True


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
