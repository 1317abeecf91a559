"""Columns and conditions as they are written in Python: comparisons that describe, and are never evaluated here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from datalab.errors import QueryError
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    Derived,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Operator,
    Predicate,
)

Value = Literal | date
"""What a column may be compared with; dates and datetimes are written as ISO 8601."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on rows; combine with `&`, `|` and `~`."""

    predicate: Predicate
    derive: tuple[Derived, ...] = ()
    """Derived columns that it reads."""

    def __and__(self, other: Condition) -> Condition:
        """Both are true."""
        terms = (*terms_of(self.predicate), *terms_of(other.predicate))
        return Condition(AllOf(predicates=terms), self.derive + other.derive)

    def __or__(self, other: Condition) -> Condition:
        """At least one is true."""
        return Condition(AnyOf(predicates=(self.predicate, other.predicate)), self.derive + other.derive)

    def __invert__(self) -> Condition:
        """It is false."""
        return Condition(Not(predicate=self.predicate), self.derive)

    def __bool__(self) -> bool:
        """Refuse `and`, `or` and `not`, which Python would decide before any data is seen."""
        raise QueryError(
            "A condition is neither true nor false before it meets a row.",
            remedy="Combine conditions with &, | and ~, each in brackets.",
        )


def terms_of(predicate: Predicate) -> tuple[Predicate, ...]:
    """Return the conditions that all have to be true."""
    return predicate.predicates if isinstance(predicate, AllOf) else (predicate,)


@dataclass(frozen=True, slots=True, eq=False)
class Col:
    """A column, of a contract or derived; compare it to get a condition."""

    ref: ColumnRef
    derive: tuple[Derived, ...] = ()
    """What it is worked out by, where it is derived."""

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]  # a comparison is a description here
        """The column holds this value."""
        return self._compare(Operator.EQ, value)

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]  # as above
        """The column holds another value; a missing one compares false."""
        return self._compare(Operator.NE, value)

    def __lt__(self, value: Value) -> Condition:
        """The column is below the value; categories by the contract's order."""
        return self._compare(Operator.LT, value)

    def __le__(self, value: Value) -> Condition:
        """The column is at most the value."""
        return self._compare(Operator.LE, value)

    def __gt__(self, value: Value) -> Condition:
        """The column is above the value."""
        return self._compare(Operator.GT, value)

    def __ge__(self, value: Value) -> Condition:
        """The column is at least the value."""
        return self._compare(Operator.GE, value)

    __hash__ = None  # type: ignore[assignment]  # equality describes, so a column cannot be looked up

    def is_in(self, values: Iterable[Value]) -> Condition:
        """The column holds one of these values."""
        return Condition(IsIn(column=self.ref, values=tuple(_literal(value) for value in values)), self.derive)

    def is_missing(self) -> Condition:
        """The column has no value."""
        return Condition(IsMissing(column=self.ref), self.derive)

    def _compare(self, operator: Operator, value: object) -> Condition:
        return Condition(Compare(column=self.ref, operator=operator, value=_literal(value)), self.derive)


def _literal(value: object) -> Literal:
    match value:
        case date():
            return value.isoformat()
        case str() | bool() | int() | float():
            return value
        case _:
            raise QueryError(
                f"A column cannot be compared with a {type(value).__name__}.",
                remedy="Compare with a text, a number, true or false, or a date; columns compare with values only.",
            )


def col(name: str, *, of: str | None = None) -> Col:
    """Return a column by name; `dataset.column` or `of=` names one of a joined dataset."""
    if of is None and "." in name:
        of, name = name.split(".", 1)
    return Col(ColumnRef(name=name, dataset=of))


def column(named: str | Col) -> Col:
    """Return a column that was given by name or as itself."""
    return named if isinstance(named, Col) else col(named)


def stated(named: str | Col) -> ColumnRef:
    """Return a contract's column.

    Raises:
        QueryError: if it is a derived one.
    """
    found = column(named)
    if found.derive:
        raise QueryError(
            f"{found.ref} is a derived column, and here a contract's column is needed.",
            why="Derived columns are made of the contracts' columns, each in one step.",
            remedy="Name a column of a contract.",
        )
    return found.ref
