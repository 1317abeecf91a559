"""Questions as JSON documents: what crosses the boundary, and what is stored.

    {"format": 1, "dataset": "police_incidents",
     "where": {"is": "compare", "column": "incident_type", "operator": "eq", "value": "burglary"},
     "joins": [{"dataset": "school_attendance"}],
     "group_by": ["month", {"dataset": "school_attendance", "column": "ward"}],
     "measures": [{"measure": "rows", "name": "rows"}, {"measure": "mean", "column": "minutes", "name": "mean"}],
     "rho": "1/20", "rows_per_unit": 12, "rows_per_cell": 3, "title": "Burglaries by month and ward"}

Reading is strict and lives in `datalab.query.reader`. `canonical_json` is what fingerprints are taken of: equal
questions have equal text, whatever their title.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, assert_never

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
    Predicate,
    Question,
    Sum,
)
from datalab.query.reader import FORMAT, MAX_QUESTION_BYTES, question_from_document, question_from_json

__all__ = [
    "FORMAT",
    "MAX_QUESTION_BYTES",
    "canonical_json",
    "question_from_document",
    "question_from_json",
    "question_to_document",
]


def question_to_document(question: Question) -> dict[str, Any]:
    """Return a question as JSON values; `question_from_document` reads them back to an equal question."""
    query = question.query
    document: dict[str, Any] = {
        "format": FORMAT,
        "dataset": query.dataset,
        "measures": [_measure(measure) for measure in query.measures],
        "rho": str(question.rho),
        "rows_per_unit": question.rows_per_unit,
        "rows_per_cell": question.rows_per_cell,
    }
    if query.where is not None:
        document["where"] = _predicate(query.where)
    if query.joins:
        document["joins"] = [_join(join) for join in query.joins]
    if query.group_by:
        document["group_by"] = [_column(ref) for ref in query.group_by]
    if question.title:
        document["title"] = question.title
    return document


def canonical_json(question: Question) -> str:
    """Return the one text of everything that the answer depends on: sorted keys, no spaces, no title."""
    document = question_to_document(replace(question, title=""))
    return json.dumps(_unqualified(document, question.query.dataset), sort_keys=True, separators=(",", ":"))


def _unqualified(node: Any, dataset: str) -> Any:  # noqa: ANN401 - JSON values
    """Write the question's own columns one way, whether or not the author named their dataset.

    A joined dataset's own condition cannot name the first dataset, so the rewriting is safe everywhere.
    """
    if isinstance(node, dict):
        if node.keys() == {"column", "dataset"} and node["dataset"] == dataset:
            return node["column"]
        return {key: _unqualified(value, dataset) for key, value in node.items()}
    if isinstance(node, list):
        return [_unqualified(item, dataset) for item in node]
    return node


def _column(ref: ColumnRef) -> str | dict[str, str]:
    return ref.name if ref.dataset is None else {"column": ref.name, "dataset": ref.dataset}


def _join(join: Join) -> dict[str, Any]:
    where = {} if join.where is None else {"where": _predicate(join.where)}
    return {"dataset": join.dataset, **where}


def _measure(measure: Measure) -> dict[str, Any]:
    match measure:
        case CountRows(name=name):
            return {"measure": "rows", "name": name}
        case CountUnits(name=name):
            return {"measure": "units", "name": name}
        case Sum(column=ref, name=name):
            return {"measure": "sum", "column": _column(ref), "name": name}
        case Mean(column=ref, name=name):
            return {"measure": "mean", "column": _column(ref), "name": name}
        case _:
            assert_never(measure)


def _predicate(predicate: Predicate) -> dict[str, Any]:
    match predicate:
        case Compare(column=ref, operator=operator, value=value):
            return {"is": "compare", "column": _column(ref), "operator": operator.value, "value": value}
        case IsIn(column=ref, values=values):
            return {"is": "in", "column": _column(ref), "values": list(values)}
        case IsMissing(column=ref):
            return {"is": "missing", "column": _column(ref)}
        case Not(predicate=inner):
            return {"is": "not", "predicate": _predicate(inner)}
        case AllOf(predicates=terms):
            return {"is": "all", "predicates": [_predicate(term) for term in terms]}
        case AnyOf(predicates=terms):
            return {"is": "any", "predicates": [_predicate(term) for term in terms]}
        case _:
            assert_never(predicate)
