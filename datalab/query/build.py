"""Questions in Python, for notebooks: every step returns a new builder, and nothing here can run a question.

ask("police_incidents")
    .where(col("incident_type") == "burglary")
    .join("school_attendance", where=col("absence") == "unauthorised")
    .group_by("month", "school_attendance.ward")
    .count_rows()
    .mean("minutes")
    .spend(epsilon=1.0, rows_per_unit=12, rows_per_cell=3)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from datalab.errors import QueryError
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Literal,
    Mean,
    Measure,
    Not,
    Operator,
    Predicate,
    Query,
    Question,
    Sum,
)
from datalab.query.spend import DEFAULT_DELTA, exact_rho, rho_for_epsilon

Value = Literal | date
"""What a column may be compared with; dates and datetimes are written as ISO 8601."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on rows; combine with `&`, `|` and `~`."""

    predicate: Predicate

    def __and__(self, other: Condition) -> Condition:
        """Both are true."""
        return Condition(AllOf(predicates=(*_terms(self.predicate), *_terms(other.predicate))))

    def __or__(self, other: Condition) -> Condition:
        """At least one is true."""
        return Condition(AnyOf(predicates=(self.predicate, other.predicate)))

    def __invert__(self) -> Condition:
        """It is false."""
        return Condition(Not(predicate=self.predicate))

    def __bool__(self) -> bool:
        """Refuse `and`, `or` and `not`, which Python would decide before any data is seen."""
        raise QueryError(
            "A condition is neither true nor false before it meets a row.",
            remedy="Combine conditions with &, | and ~, each in brackets.",
        )


def _terms(predicate: Predicate) -> tuple[Predicate, ...]:
    return predicate.predicates if isinstance(predicate, AllOf) else (predicate,)


@dataclass(frozen=True, slots=True, eq=False)
class Col:
    """A column; compare it to get a condition."""

    ref: ColumnRef

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
        return Condition(IsIn(column=self.ref, values=tuple(_literal(value) for value in values)))

    def is_missing(self) -> Condition:
        """The column has no value."""
        return Condition(IsMissing(column=self.ref))

    def _compare(self, operator: Operator, value: object) -> Condition:
        return Condition(Compare(column=self.ref, operator=operator, value=_literal(value)))


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


def _ref(column: str | Col) -> ColumnRef:
    return column.ref if isinstance(column, Col) else col(column).ref


@dataclass(frozen=True, slots=True)
class Asking:
    """A question in the making."""

    query: Query
    title: str = ""

    def where(self, *conditions: Condition) -> Asking:
        """Keep the rows for which every condition is true."""
        before = () if self.query.where is None else _terms(self.query.where)
        terms = (*before, *(term for condition in conditions for term in _terms(condition.predicate)))
        if not terms:
            return self
        where = terms[0] if len(terms) == 1 else AllOf(predicates=terms)
        return replace(self, query=replace(self.query, where=where))

    def join(self, dataset: str, *, where: Condition | None = None) -> Asking:
        """Bring in another dataset's rows of the same unit, those for which the condition is true."""
        join = Join(dataset=dataset, where=None if where is None else where.predicate)
        return replace(self, query=replace(self.query, joins=(*self.query.joins, join)))

    def group_by(self, *columns: str | Col) -> Asking:
        """Answer for each combination of these columns' public values."""
        refs = tuple(_ref(column) for column in columns)
        return replace(self, query=replace(self.query, group_by=(*self.query.group_by, *refs)))

    def count_rows(self, *, name: str = "rows") -> Asking:
        """Count rows."""
        return self._measure(CountRows(name=name))

    def count_units(self, *, name: str = "units") -> Asking:
        """Count distinct privacy units."""
        return self._measure(CountUnits(name=name))

    def sum(self, column: str | Col, *, name: str | None = None) -> Asking:
        """Add up a number column."""
        ref = _ref(column)
        return self._measure(Sum(column=ref, name=name or f"{ref.name}_sum"))

    def mean(self, column: str | Col, *, name: str | None = None) -> Asking:
        """Take the mean of a number column."""
        ref = _ref(column)
        return self._measure(Mean(column=ref, name=name or f"{ref.name}_mean"))

    def _measure(self, measure: Measure) -> Asking:
        return replace(self, query=replace(self.query, measures=(*self.query.measures, measure)))

    def titled(self, title: str) -> Asking:
        """Give the question a title for the reviewer; it changes nothing else."""
        return replace(self, title=title)

    def spend(
        self,
        *,
        rows_per_unit: int,
        rows_per_cell: int | None = None,
        rho: Fraction | Decimal | float | str | None = None,
        epsilon: float | None = None,
        delta: Fraction = DEFAULT_DELTA,
    ) -> Question:
        """State the price and the bounds, and so finish the question.

        Args:
            rows_per_unit: R, the most rows of one unit that count.
            rows_per_cell: most rows of one unit that count in one cell; by default R.
            rho: zCDP budget for the whole answer.
            epsilon: or the same as an epsilon at `delta`.
            delta: at which epsilon is meant.

        Raises:
            QueryError: unless exactly one of rho and epsilon is stated, as a number in range.
        """
        if rho is not None and epsilon is None:
            budget = exact_rho(rho)
        elif epsilon is not None and rho is None:
            budget = rho_for_epsilon(epsilon, delta)
        else:
            raise QueryError("The question needs one budget.", remedy="State either rho or epsilon.")
        return Question(
            query=self.query,
            rho=budget,
            rows_per_unit=rows_per_unit,
            rows_per_cell=rows_per_unit if rows_per_cell is None else rows_per_cell,
            title=self.title,
        )


def ask(dataset: str) -> Asking:
    """Start a question about a dataset."""
    return Asking(query=Query(dataset=dataset, measures=()))
