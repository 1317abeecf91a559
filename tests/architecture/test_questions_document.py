"""The document of questions."""

from __future__ import annotations

from pathlib import Path

from chapters import CHAPTERS
from questions_document import document

REPOSITORY = Path(__file__).parents[2]


def test_the_document_of_questions_is_current() -> None:
    """docs/questions.md says what the examples say."""
    assert (REPOSITORY / "docs" / "questions.md").read_text() == document()


def test_no_two_examples_show_the_same() -> None:
    """Each example has a sentence of its own, by which a failing engine is found."""
    says = [example.says for chapter in CHAPTERS for example in chapter.examples]

    assert len(set(says)) == len(says)
