"""Columns and conditions as they are written in Python: comparisons that describe, and are never evaluated here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from datalab.errors import QueryError
from datalab.query.build.argument import Argument
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
        right = _combined(other)
        terms = (*terms_of(self.predicate), *terms_of(right.predicate))
        return Condition(AllOf(predicates=terms), self.derive + right.derive)

    def __or__(self, other: Condition) -> Condition:
        """At least one is true."""
        right = _combined(other)
        return Condition(AnyOf(predicates=(self.predicate, right.predicate)), self.derive + right.derive)

    def __rand__(self, other: object) -> Condition:
        """Refuse something else before `&`."""
        return _combined(other) & self

    def __ror__(self, other: object) -> Condition:
        """Refuse something else before `|`."""
        return _combined(other) | self

    def __invert__(self) -> Condition:
        """It is false."""
        return Condition(Not(predicate=self.predicate), self.derive)

    def __bool__(self) -> bool:
        """Refuse `and`, `or` and `not`, which Python would decide before any data is seen."""
        raise QueryError(
            "A condition is neither true nor false before it meets a row.",
            remedy="Combine conditions with &, | and ~, each in brackets.",
        )


def _combined(other: object) -> Condition:
    return Argument("& and |", '(col("ward") == "north") & (col("charged") == True), each in brackets').kind(
        Condition, other, "a condition on either side"
    )


def condition(given: object, name: str) -> Condition:
    """Return a condition that was given as an argument; raises QueryError if it is none."""
    return Argument(name, 'col("ward") == "north"').kind(
        Condition, given, "a condition, made by comparing a column with a value,"
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

    def __bool__(self) -> bool:
        """Refuse `and`, `or` and `not`, which Python would decide before any data is seen."""
        raise QueryError(
            "A column is neither true nor false before it meets a row.",
            remedy='Compare it: (col("charged") == True) & (col("ward") == "north").',
        )

    def __contains__(self, value: object) -> bool:
        """Refuse `in`, which Python would decide before any data is seen."""
        raise QueryError(
            "A column does not hold a value before it meets a row.",
            remedy='Write col("kind") == "theft", or col("kind").is_in(["theft", "arson"]).',
        )

    def is_in(self, values: Iterable[Value]) -> Condition:
        """The column holds one of these values."""
        listed = _VALUES.items(values)
        return Condition(IsIn(column=self.ref, values=tuple(map(_literal, listed))), self.derive)

    def is_missing(self) -> Condition:
        """The column has no value."""
        return Condition(IsMissing(column=self.ref), self.derive)

    def _compare(self, operator: Operator, value: object) -> Condition:
        return Condition(Compare(column=self.ref, operator=operator, value=_literal(value)), self.derive)

    def _calculate(self, _: object = None) -> Col:
        raise QueryError(
            "Columns are not calculated with here.",
            why="What is worked out of a row is written with the functions of the builder.",
            remedy='Write combine({"waiting": 2, "treatment": 1}, constant=3) or clamp("minutes", 0, 60).',
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _calculate
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _calculate

    def _combine(self, _: object = None) -> Condition:
        raise QueryError(
            "A column is no condition.", remedy='Compare it: (col("charged") == True) & ~(col("ward") == "north").'
        )

    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _combine


_VALUES = Argument("is_in", 'col("kind").is_in(["theft", "arson"])')
_VALUE = Argument("The value that a column is compared with", 'col("minutes") >= 30, or a text, true, false or a date')
_NAME, _OF = Argument("col", 'col("ward")'), Argument("col(of)", 'col("clinic", of="visits")')


def _literal(value: object) -> Literal:
    if isinstance(value, date) and value == value:  # noqa: PLR0124 - a missing time of pandas differs from itself
        return value.isoformat()
    if isinstance(value, Col):
        raise _VALUE.refused("columns compare with values only", value)
    return _VALUE.literal(value)


def col(name: str, *, of: str | None = None) -> Col:
    """Return a column by name; `dataset.column` or `of=` names one of a joined dataset."""
    called, dataset = _NAME.text(name), None if of is None else _OF.text(of)
    if dataset is None and "." in called:
        dataset, called = called.split(".", 1)
    return Col(ColumnRef(name=called, dataset=dataset))


def column(named: str | Col) -> Col:
    """Return a column that was given by name or as itself."""
    if isinstance(named, str | Col):
        return named if isinstance(named, Col) else col(named)
    raise Argument("A column", '"ward", or col("ward"); several one by one: "ward", "kind"').refused(
        "it is given by its name or by col", named
    )


def stated(named: str | Col) -> ColumnRef:
    """Return a contract's column.

    Raises:
        QueryError: if it is a derived one, or none.
    """
    found = column(named)
    if found.derive:
        raise QueryError(
            f"{found.ref} is a derived column, and here a contract's column is needed.",
            why="Derived columns are made of the contracts' columns, each in one step.",
            remedy="Name a column of a contract.",
        )
    return found.ref
