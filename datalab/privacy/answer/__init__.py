"""Answers: noisy cells in people's units, with intervals, cost, and what the intervals cover."""

from datalab.privacy.answer.answer import ALL, Answer, AnswerCell, AnswerMeasure
from datalab.privacy.answer.document import answer_from_document, answer_to_document
from datalab.privacy.answer.dressing import answer_question, dress
from datalab.privacy.estimate.estimate import Estimate

__all__ = [
    "ALL",
    "Answer",
    "AnswerCell",
    "AnswerMeasure",
    "Estimate",
    "answer_from_document",
    "answer_question",
    "answer_to_document",
    "dress",
]
