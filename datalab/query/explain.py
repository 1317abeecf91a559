"""A question in plain English: everything that its answer depends on, for its author, its reviewer and the public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
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
    Mean,
    Measure,
    Not,
    Operator,
    Predicate,
    Question,
    Sum,
)
from datalab.query.schema import ViewSchema

_WORDS: Mapping[Operator, str] = {
    Operator.EQ: "is",
    Operator.NE: "has a value other than",
    Operator.LT: "is below",
    Operator.LE: "is at most",
    Operator.GT: "is above",
    Operator.GE: "is at least",
}
_UNITS: Mapping[PrivacyUnit, tuple[str, str]] = {
    PrivacyUnit.PERSON: ("person", "people"),
    PrivacyUnit.HOUSEHOLD: ("household", "households"),
    PrivacyUnit.RECORD: ("record", "records"),
    PrivacyUnit.PUBLIC: ("row", "rows"),
}


def explain(question: Question, schemas: Mapping[str, ViewSchema], *, epsilon: float, delta: Fraction) -> str:
    """Return the question in English, one sentence a line.

    Args:
        question: one that `check` lets through.
        schemas: every dataset that it names.
        epsilon: its cost at `delta`, as the noise library converts it.
        delta: at which epsilon is stated.
    """
    return "\n".join(_lines(question, schemas, epsilon, delta))


def _lines(question: Question, schemas: Mapping[str, ViewSchema], epsilon: float, delta: Fraction) -> Iterator[str]:
    query = question.query
    unit = schemas[query.dataset].privacy_unit
    yield f"From {query.dataset}{_kept(query.where, query.dataset, schemas)}."
    for join in query.joins:
        yield _joined(join, query.dataset, schemas)
    for measure in query.measures:
        yield _measured(measure, question, schemas)
    if query.group_by:
        names = ", ".join(_name(ref, query.dataset) for ref in query.group_by)
        cells = 1
        for ref in query.group_by:
            column = _column(ref, query.dataset, schemas)
            cells *= len(column.values or ()) + column.nullable
        yield (
            f"One answer for each combination of {names}: {cells} cells, listed from the contract whether or not "
            "anything is in them."
        )
    else:
        yield "One answer for all of it."
    yield from _promises(question, unit, epsilon, delta)


def _promises(question: Question, unit: PrivacyUnit, epsilon: float, delta: Fraction) -> Iterator[str]:
    one, many = _UNITS[unit]
    if unit is PrivacyUnit.PUBLIC:
        yield "This is public reference data: the answer is exact and costs nothing."
        return
    rows, cap = question.rows_per_unit, question.rows_per_cell
    yield (
        f"Of each {one}, at most {rows} row{'s' * (rows > 1)} count{'s' * (rows == 1)} in all and at most {cap} in one "
        "cell; which ones does not depend on what they say. Rows beyond that are left out, and the intervals do not "
        "cover what is missed."
    )
    yield (
        f"What is hidden: whether any one {one} is in the data at all, with every row about them. What is shown: facts "
        f"about groups of {many}."
    )
    yield (
        f"Price: at most rho {float(question.rho):.9g} of the privacy budget (zero-concentrated differential privacy), "
        f"shared equally between the noisy figures; that is epsilon {epsilon:g} at delta {float(delta):g}."
    )


def _kept(where: Predicate | None, dataset: str, schemas: Mapping[str, ViewSchema]) -> str:
    return ", every row" if where is None else f", the rows where {_condition(where, dataset, schemas)}"


def _joined(join: Join, dataset: str, schemas: Mapping[str, ViewSchema]) -> str:
    one = _UNITS[schemas[dataset].privacy_unit][0]
    where = f" where {_condition(join.where, join.dataset, schemas)}" if join.where is not None else ""
    return (
        f"Each is paired with every row of {join.dataset}{where} of the same {one}; "
        f"rows of {dataset} without a partner are left out."
    )


def _measured(measure: Measure, question: Question, schemas: Mapping[str, ViewSchema]) -> str:
    dataset = question.query.dataset
    many = _UNITS[schemas[dataset].privacy_unit][1]
    match measure:
        case CountRows(name=name):
            return f"{name}: the number of rows."
        case CountUnits(name=name):
            return f"{name}: the number of different {many}."
        case Sum(column=ref, name=name):
            return f"{name}: the sum of {_bounded(ref, dataset, schemas)}; a missing value adds nothing."
        case Mean(column=ref, name=name):
            return f"{name}: the mean of {_bounded(ref, dataset, schemas)}, over the rows that have a value."
        case _:
            assert_never(measure)


def _bounded(ref: ColumnRef, dataset: str, schemas: Mapping[str, ViewSchema]) -> str:
    column = _column(ref, dataset, schemas)
    if column.bounds is None:
        return _name(ref, dataset)
    lower, upper = column.bounds.lower, column.bounds.upper
    return f"{_name(ref, dataset)}, each value held between {lower} and {upper} {column.bounds.unit}".rstrip()


def _column(ref: ColumnRef, dataset: str, schemas: Mapping[str, ViewSchema]) -> PublishedColumn:
    resolved = resolve(ref, dataset)
    column = schemas[resolved.dataset or dataset].column(resolved.name)
    if column is None:
        message = "Only a checked question can be explained."
        raise ValueError(message)
    return column


def _name(ref: ColumnRef, dataset: str) -> str:
    resolved = resolve(ref, dataset)
    return resolved.name if resolved.dataset == dataset else f"{resolved.name} of {resolved.dataset}"


def _condition(predicate: Predicate, dataset: str, schemas: Mapping[str, ViewSchema]) -> str:
    match predicate:
        case Compare(column=ref, operator=operator, value=value):
            category = _column(ref, dataset, schemas).logical_type is LogicalType.STRING
            ordered = category and operator not in (Operator.EQ, Operator.NE)
            return f"{_name(ref, dataset)} {_WORDS[operator]} {_shown(value)}{' in the listed order' * ordered}"
        case IsIn(column=ref, values=values):
            return f"{_name(ref, dataset)} is one of {', '.join(_shown(value) for value in values)}"
        case IsMissing(column=ref):
            return f"{_name(ref, dataset)} is missing"
        case Not(predicate=inner):
            return f"it is not so that ({_condition(inner, dataset, schemas)})"
        case AllOf(predicates=terms):
            return " and ".join(_bracketed(term, dataset, schemas) for term in terms)
        case AnyOf(predicates=terms):
            return " or ".join(_bracketed(term, dataset, schemas) for term in terms)
        case _:
            assert_never(predicate)


def _bracketed(predicate: Predicate, dataset: str, schemas: Mapping[str, ViewSchema]) -> str:
    text = _condition(predicate, dataset, schemas)
    return f"({text})" if isinstance(predicate, AllOf | AnyOf) else text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)
