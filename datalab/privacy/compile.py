"""Compile a question to a plan: refuse what can be refused, bound, lay out the cells, share the budget.

Nothing here touches data: a plan follows from the question, the contracts and the lab's limits alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import assert_never

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.contract.published import PublishedColumn
from datalab.privacy.bounds import fixed_point, sensitivity
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Key, Part, PartKind, Plan, Source, SourceColumn, Value
from datalab.query.check import Limits, check
from datalab.query.columns import columns_of, in_dataset, resolve
from datalab.query.document import canonical_json
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Mean,
    Measure,
    Not,
    Operator,
    Predicate,
    Query,
    Question,
    Sum,
)
from datalab.query.schema import ViewSchema


def compile_question(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Plan:
    """Return the plan of a question.

    Args:
        question: what is asked.
        schemas: every dataset that the project may ask about, by name.
        limits: the lab's policy.

    Raises:
        QueryError: with every refusal, if the question cannot be answered privately.
    """
    check(question, schemas, limits)
    query = question.query
    unit = schemas[query.dataset].privacy_unit
    exact = unit is PrivacyUnit.PUBLIC
    own, across = _split(query)
    keys = tuple(_key(resolve(ref, query.dataset), schemas) for ref in query.group_by)
    cells = 1
    for key in keys:
        cells *= len(key.labels)
    drafts = [draft for measure in query.measures for draft in _drafts(measure, question, schemas)]
    share = Budget(0) if exact else Budget.floor(question.rho / len(drafts))
    parts = tuple(
        Part(
            name=name,
            measure=measure.name,
            kind=kind,
            value=value,
            rows_per_unit=question.rows_per_unit,
            rows_per_cell=cap,
            magnitude=magnitude,
            sensitivity=sensitivity(
                rows_per_unit=question.rows_per_unit, rows_per_cell=cap, cells=cells, magnitude=magnitude
            ),
            share=share,
        )
        for measure, name, kind, value, cap, magnitude in drafts
    )
    return Plan(
        question=question,
        unit=unit,
        salt=_salt(question),
        sources=tuple(_sources(question, own, across, schemas)),
        where=_lower(across, schemas) if across is not None else None,
        keys=keys,
        parts=parts,
    )


def _salt(question: Question) -> int:
    """Derive the order in which rows are kept from the question itself.

    It needs no secret: any choice among a unit's own rows is within the stated sensitivity.
    """
    digest = hashlib.sha256(canonical_json(question).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _split(query: Query) -> tuple[Predicate | None, Predicate | None]:
    """Split the condition into what the first dataset alone decides and what needs the join."""
    if query.where is None:
        return None, None
    terms = query.where.predicates if isinstance(query.where, AllOf) else (query.where,)
    resolved = [in_dataset(term, query.dataset) for term in terms]
    own = [term for term in resolved if all(ref.dataset == query.dataset for ref in columns_of(term))]
    across = [term for term in resolved if term not in own]
    return _all(own), _all(across)


def _all(terms: list[Predicate]) -> Predicate | None:
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else AllOf(predicates=tuple(terms))


def _sources(
    question: Question, own: Predicate | None, across: Predicate | None, schemas: Mapping[str, ViewSchema]
) -> Iterator[Source]:
    query = question.query
    conditions = [(query.dataset, own)]
    conditions += [
        (join.dataset, in_dataset(join.where, join.dataset) if join.where is not None else None) for join in query.joins
    ]
    used = {resolve(ref, query.dataset) for ref in query.group_by}
    used |= {resolve(m.column, query.dataset) for m in query.measures if isinstance(m, Sum | Mean)}
    for predicate in (across, *(where for _, where in conditions)):
        used |= set(columns_of(predicate)) if predicate is not None else set()
    for dataset, where in conditions:
        names = sorted(ref.name for ref in used if ref.dataset == dataset)
        yield Source(
            dataset=dataset,
            columns=tuple(
                SourceColumn(name=name, logical_type=_column(schemas, dataset, name).logical_type) for name in names
            ),
            where=_lower(where, schemas) if where is not None else None,
            rows_per_unit=question.rows_per_unit if query.joins else None,
        )


def _column(schemas: Mapping[str, ViewSchema], dataset: str | None, name: str) -> PublishedColumn:
    column = schemas[dataset or ""].column(name)
    if column is None:  # check() has refused unknown columns
        message = "A plan refers to a column that the check let through unseen."
        raise AssertionError(message)
    return column


def _lower(predicate: Predicate, schemas: Mapping[str, ViewSchema]) -> Predicate:
    """Rewrite order between categories as membership: they are in the contract's order, not the alphabet's."""
    match predicate:
        case Compare(column=ref, operator=operator, value=value):
            column = _column(schemas, ref.dataset, ref.name)
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


def _key(ref: ColumnRef, schemas: Mapping[str, ViewSchema]) -> Key:
    column = _column(schemas, ref.dataset, ref.name)
    return Key(column=ref, values=column.values or (), nullable=column.nullable)


_Draft = tuple[Measure, str, PartKind, Value | None, int, int]
"""Measure, part name, kind, summed column, rows a cell, largest |contribution| of a row."""


def _drafts(measure: Measure, question: Question, schemas: Mapping[str, ViewSchema]) -> Iterator[_Draft]:
    cap = question.rows_per_cell
    match measure:
        case CountRows():
            yield measure, measure.name, PartKind.ROWS, None, cap, 1
        case CountUnits():
            yield measure, measure.name, PartKind.UNITS, None, 1, 1
        case Sum(column=ref):
            value = _value(ref, question, schemas)
            yield measure, measure.name, PartKind.SUM, value, cap, value.fixed.magnitude
        case Mean(column=ref):
            value = _value(ref, question, schemas)
            yield measure, f"{measure.name}/values", PartKind.VALUES, value, cap, 1
            yield measure, f"{measure.name}/sum", PartKind.CENTRED_SUM, value, cap, value.fixed.half_range
        case _:
            assert_never(measure)


def _value(ref: ColumnRef, question: Question, schemas: Mapping[str, ViewSchema]) -> Value:
    resolved = resolve(ref, question.query.dataset)
    column = _column(schemas, resolved.dataset, resolved.name)
    bounds = column.bounds
    if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
        message = "A measured column has number bounds; check() refuses others."
        raise AssertionError(message)
    fixed = fixed_point(
        bounds.lower,
        bounds.upper,
        rows_per_cell=question.rows_per_cell,
        whole=column.logical_type is LogicalType.INTEGER,
    )
    return Value(column=resolved, fixed=fixed, unit=column.unit)
