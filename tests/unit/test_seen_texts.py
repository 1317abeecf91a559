"""Texts that were searched before are not searched again, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from treated_dataset import batch, contract, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.entities import Entity, Span
from anonymise.prose.seen_texts import LONGEST, SeenTexts
from anonymise.spark import treatment
from anonymise.treatment.plan import plan_treatment

NOTE = "Seen with Kwame Boateng"


class Letters:
    """Finds each letter `K`, and writes down what it was asked; a text with `!` takes too long."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find each `K`."""
        self.asked += texts
        return [
            None
            if "!" in text
            else tuple(Span(at, at + 1, Entity.PERSON, 0.5) for at, sign in enumerate(text) if sign == "K")
            for text in texts
        ]


@given(st.lists(st.lists(st.text("K ab!\ud800", max_size=3), max_size=8), max_size=6), st.integers(0, 5))
def test_what_is_remembered_is_what_is_found(calls: list[list[str]], most: int) -> None:
    """However texts come again, and however few are remembered, each gets what the finder says of it."""
    seen = SeenTexts(Letters(), most=most)

    for texts in calls:
        assert seen.find(texts) == Letters().find(texts)


def test_a_text_is_searched_once() -> None:
    """Neither in one call nor in a later one is a text searched again."""
    finder = Letters()
    seen = SeenTexts(finder)

    seen.find(["K one", "two", "K one"])
    seen.find(["two", "K one", "three"])

    assert finder.asked == ["K one", "two", "three"]


@pytest.mark.parametrize("text", ["too slow!", "K" * (LONGEST + 1)], ids=["was not searched to its end", "long"])
def test_some_texts_are_searched_again(text: str) -> None:
    """A text that was given up may have had a slow moment, and a long one hardly ever comes twice."""
    finder = Letters()
    seen = SeenTexts(finder)

    seen.find([text])
    seen.find([text])

    assert finder.asked == [text, text]


def test_those_met_last_are_remembered() -> None:
    """The text that was not met for the longest time is forgotten first."""
    finder = Letters()
    seen = SeenTexts(finder, most=2)

    for text in ("a", "b", "a", "c", "a", "b"):
        seen.find([text])

    assert finder.asked == ["a", "b", "c", "b"]


def test_no_text_is_kept() -> None:
    """What is remembered holds no word of a text, and under another key the same text has another digest."""
    one, other = SeenTexts(Letters()), SeenTexts(Letters())

    one.find([NOTE])
    other.find([NOTE])

    kept = repr(one._found)
    assert len(one._found) == 1
    assert not any(word in kept for word in NOTE.split())
    assert one._found.keys().isdisjoint(other._found)


def test_a_job_searches_a_text_once_and_the_next_job_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one extract share what was found; another extract remembers nothing of it."""
    finder = Letters()
    monkeypatch.setattr(treatment, "_finder", lambda _model: finder)
    keys = KeyRing.throwaway()
    rows = batch(row(1, notes="K went home"), row(2, notes="K went home"))
    for extract_id, searched in (("x1", 1), ("x1", 0), ("x2", 1), ("x1", 1)):
        finder.asked.clear()
        plan = plan_treatment(contract(), keys, extract_id=extract_id, spacy_model="none")
        schema = pa.schema([*plan.schema, pa.field(treatment.TALLY, pa.string())])
        for _ in treatment.treated_batches([rows, rows], plan, schema):
            pass
        assert finder.asked.count("K went home") == searched
