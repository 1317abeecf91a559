"""What is wrong with a question's joins, and with which row of each unit is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.derive import inputs_of
from datalab.query.model import MAX_WINDOW, ColumnRef, First, Join, Keep, On, Window
from datalab.query.refusals.condition import condition_refusals
from datalab.query.refusals.derived import TIMES, moved_refusals
from datalab.query.refusals.scope import Scope

JOINABLE = frozenset({PrivacyUnit.PERSON, PrivacyUnit.HOUSEHOLD})
"""Units that stand in several datasets; a record stands in one, and public data has none."""
ORDERED = frozenset({LogicalType.INTEGER, LogicalType.NUMBER, LogicalType.DATE, LogicalType.TIMESTAMP})
"""Types of which one value comes before another."""
MAX_PAIRS = 5
"""Most columns that one join may be on."""
EXAMPLES = 3
"""Listed values that a refusal shows of a column."""


def join_refusals(scope: Scope, max_joins: int) -> Iterator[str]:
    """Yield what is wrong with the joins, their conditions and their windows."""
    query = scope.query
    if len(query.joins) > max_joins:
        yield f"The question joins {len(query.joins)} datasets; the lab allows {max_joins}. Join fewer."
    for name, times in Counter(scope.datasets).items():
        if times > (2 if name == query.dataset else 1):
            yield (
                f"{name} stands {times} times in the question. Join each dataset once; the question's own may decide "
                "once more which rows are kept."
            )
    if query.first is not None:
        yield from _first_refusals(query.first, query.dataset, scope)
    before = {query.dataset}
    for join in query.joins:
        yield from _unit_refusals(join, scope)
        yield from _partner_refusals(join, scope)
        if len(join.on) > MAX_PAIRS:
            yield f"{join.dataset} is joined on {len(join.on)} columns; {MAX_PAIRS} are allowed. Name fewer."
        for pair in join.on:
            yield from _pair_refusals(pair, join, before, scope)
        if join.within is not None:
            yield from _window_refusals(join.within, join, before, scope)
        if join.keep is Keep.PAIRS:
            before.add(join.dataset)


def _partner_refusals(join: Join, scope: Scope) -> Iterator[str]:
    def find(ref: ColumnRef) -> PublishedColumn | str:
        return scope.find_within(join.dataset, ref)

    if join.where is not None:
        yield from condition_refusals(join.where, find)
    if join.first is not None:
        yield from _first_refusals(join.first, join.dataset, scope)


def _unit_refusals(join: Join, scope: Scope) -> Iterator[str]:
    own, unit, other = scope.query.dataset, scope.own.privacy_unit, scope.contracts[join.dataset].privacy_unit
    if join.dataset == own:
        if unit not in JOINABLE:
            yield f"In {own} ({unit}) no two rows are known to be about the same person. Leave the join to itself out."
        elif join.keep is Keep.PAIRS:
            yield (
                f"{own} is joined to itself in pairs, whose columns could be of either row. Keep the rows that have "
                "another one of the same unit (having), or have none (without)."
            )
    elif other is PrivacyUnit.PUBLIC:
        if not join.on:
            yield (
                f"{own} ({unit}) and {join.dataset} ({other}) have no common person or household to be joined on. "
                f'Say on which columns: on={{"column of {own}": "column of {join.dataset}"}}.'
            )
    elif unit is PrivacyUnit.PUBLIC:
        yield (
            f"{own} ({unit}) and {join.dataset} ({other}) have no common person or household to be joined on. "
            f"Ask about {join.dataset}, and join {own} to it."
        )
    elif unit is not other or unit not in JOINABLE:
        yield (
            f"{own} ({unit}) and {join.dataset} ({other}) have no common person or household to be "
            "joined on. Ask about them in two questions."
        )


def _first_refusals(first: First, dataset: str, scope: Scope) -> Iterator[str]:
    if scope.contracts[dataset].privacy_unit is PrivacyUnit.PUBLIC:
        yield f"{dataset} is public reference data and has no units of which to keep one row. Filter it instead."
    column = scope.find_within(dataset, first.column)
    if isinstance(column, str):
        yield column
    elif column.logical_type not in ORDERED:
        yield f"{first.column} holds {column.logical_type} values, none of which is the first. Choose a date or number."


def _own(ref: ColumnRef, before: set[str], scope: Scope) -> PublishedColumn | str:
    """Return a column of the rows so far: of a contract, or derived of the question's own dataset alone."""
    resolved = resolve(ref, scope.query.dataset)
    if resolved.dataset in scope.datasets and resolved.dataset not in before:
        return (
            f"{ref} is not among the rows that are joined to: {resolved.dataset} comes later, or keeps rows only. "
            "Name a column of the question's dataset or of an earlier join."
        )
    if resolved.dataset == scope.query.dataset:
        for derived in scope.query.derive:
            inputs = {resolve(one, scope.query.dataset).dataset for one in inputs_of(derived.expression)}
            if derived.name == ref.name and inputs != {scope.query.dataset}:
                return f"{ref.name} is worked out after joining, and cannot be joined on. Join on a contract's column."
    return scope.find(ref)


def _pair_refusals(pair: On, join: Join, before: set[str], scope: Scope) -> Iterator[str]:
    own, other = _own(pair.own, before, scope), scope.find_within(join.dataset, pair.other)
    if isinstance(own, str) or isinstance(other, str):
        yield from (one for one in (own, other) if isinstance(one, str))
    elif own.logical_type is not other.logical_type:
        yield (
            f"{pair.own} ({own.logical_type}) and {pair.other} of {join.dataset} ({other.logical_type}) are of two "
            "types and never equal. Join on columns of one type."
        )
    elif own.moved != other.moved:
        yield from moved_refusals(((pair.own, own), (pair.other, other)))
    elif own.values is not None and other.values is not None and not set(own.values) & set(other.values):
        yield (
            f"{pair.own} (such as {_examples(own)}) and {pair.other} of {join.dataset} (such as {_examples(other)}) "
            "have no listed value in common and never meet. Join on columns that are listed alike, or ask their "
            "custodians to list them so."
        )


def _examples(column: PublishedColumn) -> str:
    """Return some values that a contract lists: they are public."""
    return ", ".join(repr(value) for value in (column.values or ())[:EXAMPLES]) or "none"


def _are_moments(*columns: PublishedColumn | str) -> bool:
    return all(not isinstance(one, str) and one.logical_type is LogicalType.TIMESTAMP for one in columns)


def _window_refusals(window: Window, join: Join, before: set[str], scope: Scope) -> Iterator[str]:
    own, other = _own(window.own, before, scope), scope.find_within(join.dataset, window.other)
    for ref, column in ((window.own, own), (window.other, other)):
        if isinstance(column, str):
            yield column
        elif column.logical_type not in TIMES:
            yield f"{ref} holds {column.logical_type} values, between which no days lie. Choose a date or timestamp."
    yield from moved_refusals(((window.own, own), (window.other, other)))
    if (window.above or window.below) and _are_moments(own, other):
        yield (
            f"{window.own} and {window.other} are moments, and of moments more than or fewer than so many days are no "
            "whole days more or less. Write at least and at most, in SQL >= and <=; or compare with a date."
        )
    closed = window.closed()
    if closed.at_least > closed.at_most:
        least, most = "more than" if window.above else "at least", "fewer than" if window.below else "at most"
        yield (
            f"No days are {least} {window.at_least} and {most} {window.at_most}. "
            + (
                "Leave an end in, or widen the window."
                if window.above or window.below
                else "Write the lower number first."
            )
        )
    if max(abs(closed.at_least), abs(closed.at_most)) > MAX_WINDOW:
        yield f"A window reaches at most {MAX_WINDOW} days. State a shorter one."
