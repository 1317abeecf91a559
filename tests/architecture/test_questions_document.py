"""The document of questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from chapters import CHAPTERS
from chapters.example import Example
from questions_document import document, sql_of

from datalab.query.sql.reader import sql

REPOSITORY = Path(__file__).parents[2]


def test_the_document_of_questions_is_current() -> None:
    """docs/questions.md says what the examples say."""
    assert (REPOSITORY / "docs" / "questions.md").read_text() == document()


def test_no_two_examples_show_the_same() -> None:
    """Each example has a sentence of its own, by which a failing engine is found."""
    says = [example.says for chapter in CHAPTERS for example in chapter.examples]

    assert len(set(says)) == len(says)


@pytest.mark.parametrize("example", [one for chapter in CHAPTERS for one in chapter.examples], ids=lambda one: one.says)
def test_every_example_is_read_back_from_its_sql(example: Example) -> None:
    """The SQL beside each example is the same question, and public data has no unit to be joined on in it."""
    text = sql_of(example.question)

    assert sql(text).query == example.question.query
    assert "rates.unit_id" not in text
