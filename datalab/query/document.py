"""Questions as JSON documents: what crosses the boundary, and what is stored.

    {"format": 1, "dataset": "police_incidents",
     "where": {"is": "compare", "column": "incident_type", "operator": "eq", "value": "burglary"},
     "derive": [{"is": "calendar", "column": "occurred_at", "period": "month"}],
     "joins": [{"dataset": "school_attendance"}],
     "group_by": ["occurred_at_month", {"dataset": "school_attendance", "column": "ward"}],
     "measures": [{"measure": "rows"}, {"measure": "quantile", "column": "minutes", "level": "9/10"}],
     "rho": "1/20", "rows_per_unit": 12, "rows_per_cell": 3, "title": "Burglaries by month and ward"}

Each family of nodes is read and written in `datalab.query.written`; reading is strict. `canonical_json` is what
fingerprints are taken of: equal questions have equal text, whatever their title.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from datalab.query.model import ColumnRef, Join, Question
from datalab.query.reader import MAX_QUESTION_BYTES, question_from_document, question_from_json
from datalab.query.written.question import FORMAT, unqualified, write_question

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
    return write_question(question)


def canonical_json(question: Question) -> str:
    """Return the one text of everything that the answer depends on: sorted keys, no spaces, no title."""
    query = question.query
    joins = tuple(_partners_unqualified(join) for join in query.joins)
    document = write_question(replace(question, title="", query=replace(query, joins=joins)))
    return json.dumps(unqualified(document, query.dataset), sort_keys=True, separators=(",", ":"))


def _partners_unqualified(join: Join) -> Join:
    """Write the joined dataset's columns one way in what stands beside its condition.

    Its condition is left as its author wrote it, since fingerprints of stored questions were taken of that.
    """

    def bare(ref: ColumnRef) -> ColumnRef:
        return replace(ref, dataset=None) if ref.dataset == join.dataset else ref

    return replace(
        join,
        on=tuple(replace(pair, other=bare(pair.other)) for pair in join.on),
        within=None if join.within is None else replace(join.within, other=bare(join.within.other)),
        first=None if join.first is None else replace(join.first, column=bare(join.first.column)),
    )
