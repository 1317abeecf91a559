"""Questions as JSON documents: what crosses the boundary, and what is stored.

    {"format": 1, "dataset": "police_incidents",
     "where": {"is": "compare", "column": "incident_type", "operator": "eq", "value": "burglary"},
     "derive": [{"is": "calendar", "column": "occurred_at", "period": "month"}],
     "joins": [{"dataset": "school_attendance"}],
     "group_by": ["occurred_at_month", {"dataset": "school_attendance", "column": "ward"}],
     "measures": [{"measure": "rows"}, {"measure": "quantile", "column": "minutes", "level": "9/10"}],
     "rho": "1/20", "rows_per_unit": 12, "rows_per_cell": 3, "title": "Burglaries by month and ward"}

Each family of nodes is read and written in `datalab.query.written`; reading is strict, and a question is read back as
it was written, `all` of one condition too: `datalab.query.canonical` puts conditions in one form when they are asked.
`canonical_json` is what fingerprints are taken of: equal questions have equal text, whatever their title.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from datalab.errors import QueryError
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
    "question_to_json",
    "read_back",
]


def question_to_document(question: Question) -> dict[str, Any]:
    """Return a question as JSON values; `question_from_document` reads them back to an equal question."""
    return write_question(question)


def question_to_json(question: Question) -> str:
    """Return a question as the text of a file.

    Raises:
        QueryError: if it is none, or holds what no document can: nodes put together by hand can hold anything.
    """
    if not isinstance(question, Question):
        raise QueryError(
            "This is not a finished question.",
            why=f"It was given a value of the type {type(question).__name__}.",
            remedy='Finish one with its price: ask("incidents").count_rows().spend(epsilon=1.0, rows_per_unit=4).',
        )
    try:
        return json.dumps(write_question(question), indent=1, ensure_ascii=False) + "\n"
    except (TypeError, ValueError, AttributeError, AssertionError, OverflowError, RecursionError):
        raise QueryError(
            "This question cannot be written down.",
            why="A part of it is of another type than a document can hold, or nests too deep.",
            remedy="Put it together with ask(...), whose steps check what they are given.",
        ) from None


def read_back(question: Question) -> Question:
    """Return a question as the lab will read it from its file: whoever gets it back can submit it.

    Raises:
        QueryError: if the lab would refuse the file, whatever the question asks; it names the place.
    """
    return question_from_json(question_to_json(question))


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
