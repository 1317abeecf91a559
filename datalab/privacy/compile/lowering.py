"""Conditions as engines take them: every dataset named, and order between categories written as membership."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.contract.published import PublishedColumn
from datalab.query.columns import in_dataset
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    IsIn,
    IsMissing,
    Not,
    Operator,
    Predicate,
)
from datalab.query.schema import ViewSchema


def column_of(schemas: Mapping[str, ViewSchema], ref: ColumnRef) -> PublishedColumn:
    """Return what is public of a column whose dataset is named; `check` has refused unknown ones."""
    column = schemas[ref.dataset or ""].column(ref.name)
    if column is None:
        message = "A plan refers to a column that the check let through unseen."
        raise AssertionError(message)
    return column


def lowered(predicate: Predicate, dataset: str, schemas: Mapping[str, ViewSchema]) -> Predicate:
    """Return a condition whose columns belong to `dataset` where they name none, as engines take it.

    Categories are in the contract's order and not in the alphabet's, so `<` between them is a list of values.
    """
    return _lower(in_dataset(predicate, dataset), schemas)


def _lower(predicate: Predicate, schemas: Mapping[str, ViewSchema]) -> Predicate:
    match predicate:
        case Compare(column=ref, operator=operator, value=value):
            column = column_of(schemas, ref)
            if operator in (Operator.EQ, Operator.NE) or column.logical_type is not LogicalType.STRING:
                return predicate
            return IsIn(column=ref, values=_ordered(column.values or (), operator, str(value)))
        case Not(predicate=inner):
            return Not(predicate=_lower(inner, schemas))
        case AllOf(predicates=inner):
            return AllOf(predicates=tuple(_lower(term, schemas) for term in inner))
        case AnyOf(predicates=inner):
            return AnyOf(predicates=tuple(_lower(term, schemas) for term in inner))
        case IsIn() | IsMissing():
            return predicate
        case _:
            assert_never(predicate)


def _ordered(values: tuple[str, ...], operator: Operator, value: str) -> tuple[str, ...]:
    place = values.index(value)
    match operator:
        case Operator.LT:
            return values[:place]
        case Operator.LE:
            return values[: place + 1]
        case Operator.GT:
            return values[place + 1 :]
        case Operator.GE:
            return values[place:]
        case _:
            message = "Only order is rewritten."
            raise AssertionError(message)
