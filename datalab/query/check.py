"""Refuse what cannot be answered privately, before anybody looks at data: every refusal at once, each with its remedy.

Nothing here touches data, so nothing here can tell anything about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Protocol

from datalab.errors import QueryError
from datalab.query.characters import MAX_TITLE, unreadable
from datalab.query.derive import derived_schemas
from datalab.query.model import Question
from datalab.query.refusals.bounded import MIN_RHO, bound_refusals, budget_refusals
from datalab.query.refusals.condition import condition_refusals
from datalab.query.refusals.derived import derived_refusals
from datalab.query.refusals.grouped import group_refusals
from datalab.query.refusals.joined import join_refusals
from datalab.query.refusals.measured import measure_refusals
from datalab.query.refusals.named import names_refusals
from datalab.query.refusals.scope import Scope, nearest
from datalab.query.schema import ViewSchema

__all__ = ["MIN_RHO", "Limits", "check"]


class Limits(Protocol):
    """What the lab's policy allows one question; `datalab.governance.policy.Policy` is one."""

    @property
    def max_rho_per_question(self) -> Fraction:
        """Largest zCDP charge."""

    @property
    def max_cells(self) -> int:
        """Most cells of an answer."""

    @property
    def max_rows_per_unit(self) -> int:
        """Largest R."""

    @property
    def max_joins(self) -> int:
        """Most joined datasets."""


def check(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> None:
    """Check that a question can be answered privately.

    Args:
        question: what is asked.
        schemas: every dataset that the project may ask about, by name.
        limits: the lab's policy.

    Raises:
        QueryError: with every refusal and its remedy.
    """
    refusals = [one for one in dict.fromkeys(_refusals(question, schemas, limits)) if one]
    if refusals:
        lines = "\n".join(f"  - {refusal}" for refusal in refusals)
        raise QueryError(f"The question cannot be answered as it stands ({len(refusals)} reason(s)):\n{lines}")


def _refusals(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Iterator[str]:
    query = question.query
    unknown = [name for name in (query.dataset, *(join.dataset for join in query.joins)) if name not in schemas]
    if unknown:
        for name in unknown:
            yield f"There is no dataset called {name} in this project.{nearest(name, list(schemas))}"
        return
    yield from (
        f"A reviewer could not read the title as it is: {fault}." for fault in unreadable(question.title, MAX_TITLE)
    )
    scope = Scope(query=query, contracts=schemas, schemas=derived_schemas(query, schemas))
    yield from derived_refusals(scope)
    yield from join_refusals(scope, limits.max_joins)
    yield from measure_refusals(scope)
    yield from names_refusals(scope)
    yield from group_refusals(scope, limits.max_cells)
    if query.where is not None:
        yield from condition_refusals(query.where, scope.find)
    if question.rows_per_unit < 1 or question.rows_per_cell < 1:
        yield "Rows a unit and rows a cell must be whole numbers above 0. State how many rows of one unit may count."
    elif not scope.public:
        yield from bound_refusals(question, scope, limits.max_rows_per_unit)
        yield from budget_refusals(question, limits.max_rho_per_question)
