"""The chapters of `docs/questions.md` ask everything that can be asked: each kind of node, each option, each word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args

import pytest
from chapters import CHAPTERS

from datalab.query.model import (
    ClockPart,
    Expression,
    First,
    Join,
    Keep,
    Measure,
    On,
    Operator,
    Period,
    Predicate,
    Query,
    Table,
    Term,
    Window,
)

KINDS: list[type] = [kind for union in (Measure, Expression, Predicate) for kind in get_args(union)]
PLACES: list[type] = [First, Join, On, Query, Table, Term, Window]
WORDS: list[StrEnum] = [word for words in (ClockPart, Keep, Operator, Period) for word in words]
QUESTIONS = [example.question for chapter in CHAPTERS for example in chapter.examples]


def option(kind: type, name: str) -> str:
    """Return an option's name: of all measures together, for `where` and `per` mean the same in each."""
    return f"{'Measure' if kind in get_args(Measure) else kind.__name__}.{name}"


OPTIONS = sorted(
    {
        option(kind, field.name)
        for kind in (*KINDS, *PLACES)
        for field in fields(kind)
        if field.default is not MISSING and field.name != "name"
    }
)
"""Everything that an author may leave unsaid."""


def nodes(value: Any) -> Iterator[Any]:
    """Yield every node and every word of a question."""
    if isinstance(value, tuple):
        for one in value:
            yield from nodes(one)
    elif isinstance(value, StrEnum):
        yield value
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from nodes(getattr(value, field.name))


ASKED = [node for question in QUESTIONS for node in nodes(question.query)]


@pytest.mark.parametrize("kind", [*KINDS, *PLACES], ids=lambda kind: kind.__name__)
def test_every_kind_is_in_a_chapter(kind: type) -> None:
    """Each measure, expression, condition and place of the language is in an example that runs on every engine."""
    assert any(type(node) is kind for node in ASKED)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: f"{type(word).__name__}.{word.name}")
def test_every_word_is_in_a_chapter(word: StrEnum) -> None:
    """Each period, part of the time, comparison and way to keep a row is in an example."""
    assert any(node is word for node in ASKED)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_in_a_chapter(name: str) -> None:
    """Each option is stated in an example with something else than what holds where nothing is said."""
    assert any(
        option(type(node), field.name) == name and getattr(node, field.name) != field.default
        for node in ASKED
        if is_dataclass(node)
        for field in fields(node)
    )


def test_quantiles_other_than_the_median_are_in_a_chapter() -> None:
    """A low and a high quantile, which stand in for the least and the greatest value, are in an example."""
    levels = {node.level for node in ASKED if type(node).__name__ == "Quantile"}

    assert min(levels) <= 0.05
    assert max(levels) >= 0.95
