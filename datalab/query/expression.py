"""Expressions with the dataset of every column named."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from datalab.query.columns import resolve
from datalab.query.model import Band, Calendar, Clamp, Clock, DaysBetween, Expression, Linear, Recode


def resolved(expression: Expression, dataset: str) -> Expression:
    """Return the expression with `dataset` as the dataset of each column that names none."""
    match expression:
        case Band() | Calendar() | Clock() | Recode() | Clamp():
            return replace(expression, column=resolve(expression.column, dataset))
        case Linear(terms=terms):
            return replace(
                expression, terms=tuple(replace(term, column=resolve(term.column, dataset)) for term in terms)
            )
        case DaysBetween(earlier=earlier, later=later):
            return DaysBetween(earlier=resolve(earlier, dataset), later=resolve(later, dataset))
        case _:
            assert_never(expression)
