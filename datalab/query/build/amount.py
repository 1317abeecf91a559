"""Amounts that a ratio divides, as they are written in Python."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.query.build.column import Col, Condition, column, condition
from datalab.query.model import CountRows, CountUnits, Derived, Predicate, Sum


@dataclass(frozen=True, slots=True)
class Amount:
    """What stands above or below the line of a ratio."""

    measure: CountRows | CountUnits | Sum
    derive: tuple[Derived, ...] = ()
    """Derived columns that it reads."""


def rows(*, where: Condition | None = None) -> Amount:
    """Return how many rows, those for which the condition is true."""
    return Amount(CountRows(name="", where=predicate_of(where)), derive_of(where))


def units(*, where: Condition | None = None) -> Amount:
    """Return how many distinct privacy units have such a row."""
    return Amount(CountUnits(name="", where=predicate_of(where)), derive_of(where))


def total(of: str | Col, *, where: Condition | None = None) -> Amount:
    """Return the sum of a number column."""
    summed = column(of)
    return Amount(Sum(column=summed.ref, name="", where=predicate_of(where)), summed.derive + derive_of(where))


def predicate_of(where: Condition | None) -> Predicate | None:
    """Return what a condition means."""
    return None if where is None else condition(where, "where").predicate


def derive_of(where: Condition | None) -> tuple[Derived, ...]:
    """Return the derived columns that a condition reads."""
    return () if where is None else condition(where, "where").derive
