"""Reading question documents: strict, bounded in size and depth, and never surprised.

Whatever bytes arrive, the outcome is a `Question` or a `QueryError` that names the place; nothing else is raised.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from datalab.errors import QueryError
from datalab.query.model import Question
from datalab.query.written.question import read_question

MAX_QUESTION_BYTES = 64 * 1024
"""Largest question that is read, where the caller states no other limit."""


def question_from_json(text: str | bytes, *, max_bytes: int = MAX_QUESTION_BYTES) -> Question:
    """Read a question from JSON text.

    Raises:
        QueryError: if the text is too large, is not JSON, or is not a question; it names the place.
    """
    return question_from_document(document_from_json(text, max_bytes=max_bytes))


def document_from_json(text: str | bytes, *, max_bytes: int) -> object:
    """Read the JSON values of a question's text, or of one with a question in it.

    Raises:
        QueryError: if the text is too large, or is not JSON.
    """
    if not isinstance(text, str | bytes):
        raise QueryError("The question is no text.", remedy="Hand over the JSON text of a question, or its bytes.")
    try:
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > max_bytes:
            raise QueryError(
                "The question is too large.",
                why=f"The lab reads at most {max_bytes:,} bytes.",
                remedy="Shorten it: lists of values and names of figures where it has long ones, or ask two questions.",
            )
        document: object = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        line = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise QueryError(
            f"The question is not JSON that the lab reads{line}.",
            why="It must be UTF-8 JSON with finite numbers, no repeated keys and little nesting.",
            remedy="Write it with the builder, or compare it with the example in the documentation.",
        ) from None
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        message = "repeated key"
        raise ValueError(message)
    return keys


def _constant(_: str) -> NoReturn:
    message = "not a finite number"
    raise ValueError(message)


def question_from_document(document: object) -> Question:
    """Read a question from JSON values.

    Raises:
        QueryError: at the first place that is not as a question document must be.
    """
    return read_question(document)
