"""One way to write a question's conditions: order, brackets and spelling say nothing, so none of them is published.

Conditions that mean the same in every row become one: what AND or OR joins is joined flat, sorted, and each once; NOT
NOT is nothing; a list of values is sorted, and one value is no list; dates and numbers are spelt one way. Figures and
groups keep their order, which is that of the answer's columns; `datalab.query.choices` counts what it can say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import assert_never

from datalab.contract.model import LogicalType
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.derive import derived_schemas
from datalab.query.literal import EXACT, literal_value
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
    Measure,
    Not,
    Operator,
    Predicate,
    Question,
    Ratio,
    Sum,
    UnitRows,
    Window,
)
from datalab.query.schema import ViewSchema
from datalab.query.written.condition import write_condition

_TIMES = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})


def canonical_question(question: Question, schemas: Mapping[str, ViewSchema]) -> Question:
    """Return the question with its conditions in one form; whether it can be answered does not change.

    Args:
        question: any that was read.
        schemas: of what it may ask, by dataset; they say of what type a value is meant to be.
    """
    query = question.query
    own = _Conditions(query.dataset, derived_schemas(query, schemas))
    joins = tuple(
        replace(join, where=_Conditions(join.dataset, schemas).form(join.where), within=own.window(join, schemas))
        for join in query.joins
    )
    measures = tuple(own.measure(measure) for measure in query.measures)
    return replace(question, query=replace(query, where=own.form(query.where), joins=joins, measures=measures))


class _Conditions:
    """The conditions of one dataset."""

    def __init__(self, dataset: str, schemas: Mapping[str, ViewSchema]) -> None:
        self._dataset = dataset
        self._schemas = schemas

    def measure(self, measure: Measure) -> Measure:
        """Return a measure with its own condition in one form."""
        match measure:
            case UnitRows():
                return measure
            case Ratio(top=top, bottom=bottom):
                return replace(measure, top=self._amount(top), bottom=self._amount(bottom))
            case _:
                return replace(measure, where=self.form(measure.where))

    def _amount(self, amount: CountRows | CountUnits | Sum) -> CountRows | CountUnits | Sum:
        return replace(amount, where=self.form(amount.where))

    def window(self, join: Join, schemas: Mapping[str, ViewSchema]) -> Window | None:
        """Return a join's window with both ends in it; one of moments, which is refused later, as it stands."""
        if join.within is None:
            return None
        theirs = schemas.get(join.dataset)
        columns = (self._found(join.within.own), None if theirs is None else theirs.column(join.within.other.name))
        moments = all(column is None or column.logical_type is LogicalType.TIMESTAMP for column in columns)
        return join.within if moments else join.within.closed()

    def form(self, predicate: Predicate | None) -> Predicate | None:
        """Return a condition in its one form; None where there is none."""
        return None if predicate is None else self._form(predicate)

    def _form(self, predicate: Predicate) -> Predicate:
        match predicate:
            case Compare(column=ref, value=value):
                return replace(predicate, column=self._column(ref), value=self._spelt(ref, value))
            case IsIn(column=ref, values=values):
                return self._listed(self._column(ref), tuple(self._spelt(ref, value) for value in values))
            case IsMissing(column=ref):
                return replace(predicate, column=self._column(ref))
            case Not(predicate=inner):
                form = self._form(inner)
                return form.predicate if isinstance(form, Not) else Not(predicate=form)
            case AllOf(predicates=terms):
                return _joined(AllOf, map(self._form, terms))
            case AnyOf(predicates=terms):
                return _joined(AnyOf, map(self._form, terms))
            case _:
                assert_never(predicate)

    def _column(self, ref: ColumnRef) -> ColumnRef:
        return replace(ref, dataset=None) if ref.dataset == self._dataset else ref

    def _listed(self, ref: ColumnRef, values: tuple[Literal, ...]) -> Predicate:
        once = {json.dumps(value): value for value in values}
        ordered = tuple(once[text] for text in sorted(once))
        if len(ordered) == 1:
            return Compare(column=ref, operator=Operator.EQ, value=ordered[0])
        return IsIn(column=ref, values=ordered)

    def _found(self, ref: ColumnRef) -> PublishedColumn | None:
        resolved = resolve(ref, self._dataset)
        schema = self._schemas.get(resolved.dataset or "")
        return None if schema is None else schema.column(resolved.name)

    def _spelt(self, ref: ColumnRef, value: Literal) -> Literal:
        """Return a value as it is always written; one that is not of its column's type stays, and is refused later."""
        column = self._found(ref)
        if isinstance(value, float) and abs(value) < EXACT and value == int(value):
            return int(value)
        if column is None or column.logical_type not in _TIMES or not isinstance(value, str):
            return value
        try:
            meant = literal_value(column.logical_type, value)
        except ValueError:
            return value
        if isinstance(meant, datetime):
            return meant.astimezone(UTC).replace(tzinfo=None).isoformat()
        return meant.isoformat() if isinstance(meant, date) else value


def _joined(kind: type[AllOf | AnyOf], terms: Iterable[Predicate]) -> Predicate:
    flat: list[Predicate] = []
    for term in terms:
        flat += term.predicates if isinstance(term, kind) else (term,)
    once = {json.dumps(write_condition(term), sort_keys=True): term for term in flat}
    ordered = tuple(once[text] for text in sorted(once))
    return ordered[0] if len(ordered) == 1 else kind(predicates=ordered)
