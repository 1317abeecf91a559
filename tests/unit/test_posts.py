"""Posts of social media: told from prose, and read by a reader that leans further."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import spacy
from treated_dataset import MODEL

from anonymise.prose import recognisers
from anonymise.prose.model.package import LEAN, LEAN_IN_POSTS, load_reader
from anonymise.prose.model.posts import ReaderByStyle, by_style, is_post
from anonymise.prose.model.reader import BatchReader, StockReader, reader_of


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("@leedslad cheers for that", True),
        ("RT big queue at the Arndale", True),
        ("off to #Glastonbury with our kid", True),
        ("have a look t.co/PhPoOza4", True),
        ("Writes from joan.smith@example.org every week", False),
        ("X-ray: #NOF, seen by ortho", False),
        ("Rang at 9 @ the surgery, item #12", False),
        ("CRT 2 s, seen by the nurse", False),
        ("Joan Smith was seen at home.", False),
        ("", False),
    ],
)
def test_a_post_is_told_from_prose(text: str, *, post: bool) -> None:
    """Handles, tags, shortened links and retweets make a post; addresses, fractures and abbreviations do not."""
    assert is_post(text) is post


class _Echo:
    """Finds the whole of each text, under its own label."""

    def __init__(self, label: str) -> None:
        self._label = label

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield each text whole."""
        yield from ((number, 0, len(text), self._label) for number, text in enumerate(texts))


class _Words:
    """Takes every word in capitals for a person."""

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield words that begin with a capital."""
        for number, text in enumerate(texts):
            yield from ((number, *word.span(), "PERSON") for word in re.finditer(r"[A-Z]\w+", text))


def test_each_text_is_read_once_by_the_reader_of_its_style() -> None:
    """Findings come back under the number that their text has among all."""
    texts = ["Joan was seen", "@ann hello", "", "#Leeds again", "Seen at home"]
    found = sorted(ReaderByStyle(_Echo("prose"), _Echo("post")).read(texts))

    assert [one[3] for one in found] == ["prose", "post", "prose", "post", "prose"]
    assert [one[:3] for one in found] == [(number, 0, len(text)) for number, text in enumerate(texts)]


def test_each_text_is_judged_once_however_much_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text with many findings is not looked through again for each of them."""
    judged: list[str] = []

    def _judge(text: str) -> bool:
        judged.append(text)
        return is_post(text)

    monkeypatch.setattr(recognisers, "is_post", _judge)
    texts = ["Joan Okafor met Ann Okafor", "12, 13 and 14.", "Ann Okafor"]

    recognisers.Recognisers(_Words()).find(texts)

    assert judged == [texts[0], texts[2]]


def test_a_reader_that_leans_otherwise_is_as_one_made_so() -> None:
    """It shares the nets and finds what a reader finds that was made to lean so; the first one leans as before."""
    model = spacy.load(_folder())
    texts = ["phoebe may rang @joan about moor lane", "Ash told Hope he saw bill at corner plus"] * 3
    first = reader_of(model, LEAN)
    assert isinstance(first, BatchReader)
    before = list(first.read(texts))
    other = first.leaning(dict.fromkeys(LEAN, 7.0))

    assert list(other.read(texts)) == list(reader_of(model, dict.fromkeys(LEAN, 7.0)).read(texts))
    assert list(first.read(texts)) == before != list(other.read(texts))


def test_more_is_found_in_a_post_than_in_prose() -> None:
    """The package's reader leans further in a post; a model of another shape is left as it is."""
    texts = ["phoebe may rang joan about moor lane, and corner plus was shut"]
    prose = len({found[:3] for found in load_reader(MODEL).read(texts)})
    post = len({found[:3] for found in load_reader(MODEL).read([texts[0] + " #latelunch"])})
    stock = StockReader(spacy.load(_folder()))

    assert post > prose
    assert by_style(stock, LEAN_IN_POSTS) is stock


def _folder() -> str:
    return str(Path(str(importlib.import_module(MODEL).__file__)).parent / "_model")
