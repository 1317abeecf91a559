"""Questions as JSON text, in the one form in which equal questions are equal bytes."""

from __future__ import annotations

import json

from datalab.query.document import question_from_document, question_to_document
from datalab.query.model import Question
from datalab.storage.column_types import to_json


def question_to_text(question: Question) -> str:
    """Return a question's JSON."""
    return to_json(question_to_document(question))


def question_from_text(text: str) -> Question:
    """Return the question of a stored JSON text."""
    return question_from_document(json.loads(text))
