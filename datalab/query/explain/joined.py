"""Joins in English."""

from __future__ import annotations

from typing import assert_never

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.query.explain.words import UNITS, Words, counted
from datalab.query.model import First, Join, Keep, Window


def join_sentences(join: Join, words: Words) -> tuple[str, ...]:
    """Return what becomes of the rows and their partners."""
    partner = _partner(join, words)
    first = () if join.first is None else (first_sentence(join.first, join.dataset, words),)
    if join.dataset == words.dataset:
        first = () if join.first is None else (_only_other(join.first, words),)
    match join.keep:
        case Keep.PAIRS:
            left = f"rows of {words.dataset} without a partner are left out."
            return (f"Each is paired with every {partner}; {left}", *first)
        case Keep.ANY:
            return (f"Only those are kept that have at least one {partner}.", *first)
        case Keep.NONE:
            return (f"Only those are kept that have no {partner}.", *first)
        case _:
            assert_never(join.keep)


def _partner(join: Join, words: Words) -> str:
    where = words.where(join.where, dataset=join.dataset)
    public = words.schemas[join.dataset].privacy_unit is PrivacyUnit.PUBLIC
    met = [] if public else [f"of the same {words.one}"]
    met += [f"with the same {words.name(pair.other, join.dataset)} as {words.name(pair.own)}" for pair in join.on]
    if join.within is not None:
        met.append(_window(join.within, join.dataset, words))
    other = "other " * (join.dataset == words.dataset)
    return f"{other}row of {join.dataset}{where} {' and '.join(met)}".rstrip()


def _window(window: Window, dataset: str, words: Words) -> str:
    least, most = "more than" if window.above else "at least", "fewer than" if window.below else "at most"
    apart = f"{least} {window.at_least:,} and {most} {counted(window.at_most, 'day')}"
    back = "below 0: before it; " * (window.at_least < 0)
    moments = (words.column(window.own), words.column(window.other, dataset))
    exact = all(column.logical_type is LogicalType.TIMESTAMP for column in moments)
    days = "a day is 24 hours from moment to moment" if exact else "days of the calendar in UTC, whatever the hour"
    between = f"from {words.name(window.own)} to its {words.name(window.other, dataset)}"
    ends = "" if window.above or window.below else "; both ends count"
    return f"with {apart} {between} ({back}{days}{ends})"


def _only_other(first: First, words: Words) -> str:
    """Return which row of each unit is the only other one."""
    which = "greatest" if first.last else "least"
    return (
        f"The only other row of a {words.one} is the one with the {which} {words.name(first.column)}, among those that "
        "the conditions on it keep; it is no other row to itself, nor to rows that are the same in what is compared."
    )


def first_sentence(first: First, dataset: str, words: Words) -> str:
    """Return which row of each unit is kept."""
    one = UNITS[words.schemas[dataset].privacy_unit][0]
    which = "greatest" if first.last else "least"
    return (
        f"Of {dataset}, only each {one}'s row with the {which} {words.name(first.column, dataset)} counts, "
        "among those that the conditions on it keep."
    )
