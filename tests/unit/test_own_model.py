"""The lab's own NER beside the stock one."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pytest
import spacy
from treated_dataset import MODEL

from anonymise.prose.model.own import own_ners
from anonymise.prose.model.package import load_reader
from anonymise.prose.model.reader import Reader

MOST_MEGABYTES = 60


@cache
def reader(*, alone: bool) -> Reader:
    """Load the model, with the lab's own or without."""
    return load_reader(MODEL, alone=alone)


def found(text: str, *, alone: bool) -> set[str]:
    """Return the words that are taken for part of a name."""
    return {word for _, start, end, _ in reader(alone=alone).read([text]) for word in text[start:end].split()}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("thx grace, see u at the pub w/ hunter", "grace"),
        ("Ask for Ash, he is brilliant", "Ash"),
        ("ask for ash, he is brilliant", "ash"),
    ],
)
def test_it_finds_names_that_the_stock_model_takes_for_words(text: str, name: str) -> None:
    """Names that are words, and names without capitals, are found where the stock model misses them."""
    assert name not in {word.strip(",.") for word in found(text, alone=True)}
    assert name in {word.strip(",.") for word in found(text, alone=False)}


def test_what_either_finds_is_found() -> None:
    """Reading with both loses nothing that the stock model finds."""
    texts = ["Mrs Okafor of Leeds met PC Hughes.", "the applicant, Mr Ivanov, was born in 1961", "nothing happened"]

    assert set(reader(alone=True).read(texts)) <= set(reader(alone=False).read(texts))


def test_it_is_left_out_beside_another_stock_model() -> None:
    """Over another model's words its numbers mean nothing, so it does not read."""
    other = spacy.blank("en")
    other.add_pipe("ner")

    assert own_ners(other, other) == []


def test_it_ships_small_and_with_its_card() -> None:
    """The model stands in the package with its card and its version, under the size that a wheel may have."""
    folder = resources.files("anonymise.prose.model") / "names"
    size = sum(len((folder / "ner" / name).read_bytes()) for name in ("cfg", "model", "moves"))

    assert size < MOST_MEGABYTES * 2**20
    assert "What it learnt from" in (folder / "MODEL_CARD.md").read_text("utf-8")
    assert '"version"' in (folder / "meta.json").read_text("utf-8")
