"""Which columns a question uses, and of which dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    IsIn,
    IsMissing,
    Not,
    Predicate,
)


def resolve(ref: ColumnRef, dataset: str) -> ColumnRef:
    """Return the column with its dataset named: `dataset` where it names none."""
    return ref if ref.dataset is not None else replace(ref, dataset=dataset)


def columns_of(predicate: Predicate) -> Iterator[ColumnRef]:
    """Yield every column that a predicate reads, as often as it does."""
    match predicate:
        case Compare(column=ref) | IsIn(column=ref) | IsMissing(column=ref):
            yield ref
        case Not(predicate=inner):
            yield from columns_of(inner)
        case AllOf(predicates=terms) | AnyOf(predicates=terms):
            for term in terms:
                yield from columns_of(term)
        case _:
            assert_never(predicate)


def in_dataset(predicate: Predicate, dataset: str) -> Predicate:
    """Return the predicate with every column's dataset named: `dataset` where a column names none."""
    return _changed(predicate, lambda ref: resolve(ref, dataset))


def of_dataset(predicate: Predicate, dataset: str) -> Predicate:
    """Return the predicate with every column taken to be one of `dataset`, whatever it named."""
    return _changed(predicate, lambda ref: replace(ref, dataset=dataset))


def _changed(predicate: Predicate, change: Callable[[ColumnRef], ColumnRef]) -> Predicate:
    match predicate:
        case Compare() | IsIn() | IsMissing():
            return replace(predicate, column=change(predicate.column))
        case Not(predicate=inner):
            return Not(predicate=_changed(inner, change))
        case AllOf(predicates=terms):
            return AllOf(predicates=tuple(_changed(term, change) for term in terms))
        case AnyOf(predicates=terms):
            return AnyOf(predicates=tuple(_changed(term, change) for term in terms))
        case _:
            assert_never(predicate)
