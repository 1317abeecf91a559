"""Columns, values and conditions in English."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.model import AllOf, AnyOf, ColumnRef, Compare, IsIn, IsMissing, Not, Operator, Predicate
from datalab.query.schema import ViewSchema

_COMPARED: Mapping[Operator, str] = {
    Operator.EQ: "is",
    Operator.NE: "has a value other than",
    Operator.LT: "is below",
    Operator.LE: "is at most",
    Operator.GT: "is above",
    Operator.GE: "is at least",
}
UNITS: Mapping[PrivacyUnit, tuple[str, str]] = {
    PrivacyUnit.PERSON: ("person", "people"),
    PrivacyUnit.HOUSEHOLD: ("household", "households"),
    PrivacyUnit.RECORD: ("record", "records"),
    PrivacyUnit.PUBLIC: ("row", "rows"),
}
"""One and many of each privacy unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one question."""

    dataset: str
    """The question's own."""
    schemas: Mapping[str, ViewSchema]
    """With derived columns."""

    @property
    def one(self) -> str:
        """What one privacy unit is called."""
        return UNITS[self.schemas[self.dataset].privacy_unit][0]

    @property
    def many(self) -> str:
        """What several privacy units are called."""
        return UNITS[self.schemas[self.dataset].privacy_unit][1]

    def column(self, ref: ColumnRef, dataset: str | None = None) -> PublishedColumn:
        """Return what the contract says of a column; raises ValueError if the question was not checked."""
        resolved = resolve(ref, dataset or self.dataset)
        schema = self.schemas.get(resolved.dataset or self.dataset)
        column = None if schema is None else schema.column(resolved.name)
        if column is None:
            message = "Only a checked question can be explained."
            raise ValueError(message)
        return column

    def cells(self, by: tuple[ColumnRef, ...]) -> int:
        """Return the number of cells of listed groups, missing values among them."""
        columns = (self.column(resolve(ref, self.dataset)) for ref in by)
        return math.prod(len(column.values or ()) + column.nullable for column in columns)

    def name(self, ref: ColumnRef, dataset: str | None = None) -> str:
        """Return what a column is called; one of the dataset that is spoken of without it."""
        spoken = dataset or self.dataset
        resolved = resolve(ref, spoken)
        return resolved.name if resolved.dataset == spoken else f"{resolved.name} of {resolved.dataset}"

    def bounded(self, ref: ColumnRef) -> str:
        """Return a number column and the range in which its values are held."""
        column = self.column(ref)
        if column.bounds is None:
            return self.name(ref)
        lower, upper = column.bounds.lower, column.bounds.upper
        return f"{self.name(ref)}, each value held between {lower} and {upper} {column.bounds.unit}".rstrip()

    def condition(self, predicate: Predicate, dataset: str | None = None) -> str:
        """Return a condition on rows, of the question or of one dataset."""
        match _alone(predicate):
            case Compare(column=ref, operator=operator, value=value):
                category = self.column(ref, dataset).logical_type is LogicalType.STRING
                ordered = category and operator not in (Operator.EQ, Operator.NE)
                how = f"{_COMPARED[operator]} {shown(value)}{' in the listed order' * ordered}"
                return f"{self.name(ref, dataset)} {how}"
            case IsIn(column=ref, values=values):
                return f"{self.name(ref, dataset)} is one of {listed(map(shown, values))}"
            case IsMissing(column=ref):
                return f"{self.name(ref, dataset)} is missing"
            case Not(predicate=inner):
                return f"it is not so that ({self.condition(inner, dataset)})"
            case AllOf(predicates=terms):
                return " and ".join(self._bracketed(term, dataset) for term in terms)
            case AnyOf(predicates=terms):
                return " or ".join(self._bracketed(term, dataset) for term in terms)
            case _:
                assert_never(predicate)

    def _bracketed(self, predicate: Predicate, dataset: str | None) -> str:
        text = self.condition(predicate, dataset)
        return f"({text})" if isinstance(_alone(predicate), AllOf | AnyOf) else text

    def where(self, predicate: Predicate | None, before: str = " where ", dataset: str | None = None) -> str:
        """Return a condition with the words before it; nothing where there is none."""
        return "" if predicate is None else f"{before}{self.condition(predicate, dataset)}"


def _alone(predicate: Predicate) -> Predicate:
    """Return the condition that `all` or `any` joins with no other, which is what it means; else the same."""
    while isinstance(predicate, AllOf | AnyOf) and len(predicate.predicates) == 1:
        (predicate,) = predicate.predicates
    return predicate


def shown(value: object) -> str:
    """Return a value as the question states it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)


def listed(texts: Iterable[str]) -> str:
    """Return texts one after another."""
    return ", ".join(texts)


def counted(number: int, one: str) -> str:
    """Return how many: `1 day`, `2 days`."""
    return f"{number:,} {one}{'s' * (abs(number) != 1)}"
