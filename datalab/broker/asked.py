"""What a notebook asks beside a question, written and read: a wish for a price, or a finding to look for.

    {"question": {...}, "measure": "rows", "within": "5%", "group_size": 400, "of": 2000}
    {"question": {...}, "measure": "rows", "difference": 30, "group_size": 400, "by": "kind, ward"}

Reading is as strict as that of a question: whatever bytes arrive, the outcome is what was asked, or a QueryError that
names the place.
"""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass
from typing import Any

from datalab.errors import QueryError
from datalab.privacy.accuracy import MOST_ROWS
from datalab.privacy.wish import Wish, read_within
from datalab.query.document import question_to_json
from datalab.query.model import Question
from datalab.query.reader import MAX_QUESTION_BYTES, document_from_json, question_from_document
from datalab.query.written.value import node, number, text, whole

MAX_ASKED_BYTES = MAX_QUESTION_BYTES + 4 * 1024
"""Longest that is read: a question, and a few words beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A difference between two cells of a figure that somebody would like to see."""

    measure: str
    """Name of the figure."""
    difference: float
    """In the figure's unit."""
    group_size: int | None = None
    """Rows in each of the two cells (units where units are counted), as far as is public."""
    by: str | None = None
    """Of several tables the one to look in, by its columns; None for each."""


def read_price(body: bytes) -> tuple[Question, Wish]:
    """Return the question that is to be priced, and how exact one of its figures should be.

    Raises:
        QueryError: if that is not what the body says.
    """
    asked = _read(body, needed={"measure", "within"}, allowed={"of"})
    within, of = read_within(text(asked["within"], "within"))
    supposed = number(asked["of"], "of") if "of" in asked else None
    wish = Wish(
        measure=text(asked["measure"], "measure"), within=within, of=of, group_size=_size(asked), supposed=supposed
    )
    return question_from_document(asked["question"]), wish


def read_finding(body: bytes) -> tuple[Question, Finding]:
    """Return the question in whose answer a finding is to be seen, and the finding; raises as `read_price`."""
    asked = _read(body, needed={"measure", "difference"}, allowed={"by"})
    finding = Finding(
        measure=text(asked["measure"], "measure"),
        difference=number(asked["difference"], "difference"),
        group_size=_size(asked),
        by=text(asked["by"], "by") if "by" in asked else None,
    )
    return question_from_document(asked["question"]), finding


def write_asked(question: Question, **beside: object) -> bytes:
    """Return what `read_price` and `read_finding` read; what is None is left out.

    Raises:
        QueryError: if the question is none, or something beside it is neither text nor a finite number.
    """
    asked = {"question": json.loads(question_to_json(question))}
    asked |= {name: value for name, value in beside.items() if value is not None}
    try:
        written = json.dumps(asked, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return written.encode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise QueryError(
            "That cannot be asked beside a question.",
            why=f"One of {', '.join(beside)} is neither text nor a finite number.",
            remedy='Write it as in measure="rows", within="5%", group_size=400.',
        ) from None


def _read(body: bytes, *, needed: set[str], allowed: frozenset[str] | set[str] = frozenset()) -> Any:  # noqa: ANN401 - JSON values
    document = document_from_json(body, max_bytes=MAX_ASKED_BYTES)
    return node(document, "what is asked", needed={"question", *needed}, allowed={"group_size", *allowed})


def _size(asked: Any) -> int | None:  # noqa: ANN401 - as above
    return whole(asked["group_size"], "group_size", least=1, most=MOST_ROWS) if "group_size" in asked else None


def _plain(value: Any) -> int | float:  # noqa: ANN401 - whatever a notebook holds: numpy's numbers, fractions
    """Return a number of another library's as Python's own; raises TypeError."""
    try:
        return operator.index(value)
    except TypeError:
        return float(value)
