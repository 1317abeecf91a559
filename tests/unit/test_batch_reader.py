"""The NER evaluated by ourselves, beside spaCy's own walk."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from treated_dataset import MODEL

from anonymise.prose.model import lexemes, reader
from anonymise.prose.model.package import NOT_NEEDED
from anonymise.prose.model.reader import BatchReader, Reader, StockReader, reader_of
from datalab.sample.block import make_block

WORDS = [
    "Joan",
    "Smith",
    "Mrs",
    "O'Hara",
    "St",
    "Leeds",
    "police",
    "in",
    "10",
    "May",
    "2021",
    "the",
    "I'll",
    "\u00df",
    "#",
]
BLANKS = [" ", "  ", "\n", "\t", "\u00a0"]


@cache
def model() -> Any:
    """Load the stock model, its NER alone."""
    package = importlib.import_module(MODEL)
    return spacy.load(Path(str(package.__file__)).parent / "_model", exclude=list(NOT_NEEDED))


@cache
def readers() -> tuple[Reader, StockReader]:
    """Make both readers of one model."""
    return reader_of(model()), StockReader(model())


@cache
def narratives() -> list[str]:
    """Make notes of every service of the sample county."""
    told = [record.text.text for record in make_block(seed=4, number=0, people=400).records if record.text is not None]
    Random(4).shuffle(told)
    return told[:200]


def test_it_finds_what_spacy_finds_in_notes() -> None:
    """Every span of every note is the one that spaCy's own walk finds, in the same order."""
    ours, spacys = readers()
    texts = [
        *narratives(),
        "",
        "   ",
        "SMITH " * 300,
        "Joan Smith " * 40,
        *(note.upper() for note in narratives()[:40]),
    ]

    found = list(spacys.read(texts))

    assert list(ours.read(texts)) == found
    assert len(found) > 500


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from([*WORDS, *BLANKS]), max_size=25).map("".join), max_size=6))
def test_it_finds_what_spacy_finds_in_anything(texts: list[str]) -> None:
    """Blanks, empty texts, one word and many: the spans are spaCy's."""
    ours, spacys = readers()

    assert list(ours.read(texts)) == list(spacys.read(texts))


def test_a_text_is_read_alike_in_any_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """How texts are batched, and what words were met before, changes no span."""
    texts = narratives()[:60]
    ours, _ = readers()
    whole = list(ours.read(texts))
    monkeypatch.setattr(reader, "BATCH", 7)
    monkeypatch.setattr(reader, "CHARACTERS", 900)
    monkeypatch.setattr(lexemes, "MOST", 50)  # words kept: far fewer than there are

    assert list(reader_of(model()).read(texts)) == whole


def test_leaning_towards_a_label_only_finds_more_of_it() -> None:
    """A threshold moved towards people finds more of them, and those found before, if not always to the same end."""
    _, spacys = readers()
    texts = narratives()
    before = {found[:3] for found in spacys.read(texts) if found[3] == "PERSON"}

    after = {found[:3] for found in reader_of(model(), {"PERSON": 2.0}).read(texts) if found[3] == "PERSON"}

    assert len(after) > len(before)
    starts = {(number, place) for number, start, end in after for place in range(start, end)}
    assert sum((number, start) in starts for number, start, _ in before) >= 0.98 * len(before)


ENCODERS = {"maxout": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 32, "depth": 2, "window_size": 1,
                       "maxout_pieces": 3},
            "mish": {"@architectures": "spacy.MishWindowEncoder.v2", "width": 32, "depth": 2, "window_size": 1},
            "wide windows": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 32, "depth": 2,
                             "window_size": 2, "maxout_pieces": 3}}  # fmt: skip


def of_shape(encoder: str = "maxout", attributes: tuple[str, ...] = ("NORM", "PREFIX", "SUFFIX", "SHAPE")) -> Any:
    """Make a model of a shape, untrained."""
    made = spacy.blank("en")
    embed = {"@architectures": "spacy.MultiHashEmbed.v2", "width": 32, "attrs": list(attributes),
             "rows": [100] * len(attributes), "include_static_vectors": False}  # fmt: skip
    parser = {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
              "hidden_width": 16, "maxout_pieces": 2, "use_upper": True, "nO": None,
              "tok2vec": {"@architectures": "spacy.Tok2Vec.v2", "embed": embed,
                          "encode": ENCODERS[encoder]}}  # fmt: skip
    made.add_pipe("ner", config={"model": parser}).add_label("PERSON")
    made.initialize()
    return made


@pytest.mark.parametrize(
    "change", ["a beam", "no hidden layer", "another encoder", "wide windows", "words by their place"]
)
def test_a_model_of_another_shape_is_left_to_spacy(change: str) -> None:
    """What the quick walk does not know is walked by spaCy itself."""
    assert isinstance(reader_of(of_shape()), BatchReader)
    shapes = {"another encoder": {"encoder": "mish"}, "wide windows": {"encoder": "wide windows"},
              "words by their place": {"attributes": ("NORM", "SPACY")}}  # fmt: skip
    other = of_shape(**shapes.get(change, {}))
    if change == "a beam":
        other.get_pipe("ner").cfg["beam_width"] = 4
    if change == "no hidden layer":
        other.get_pipe("ner").model.attrs["has_upper"] = False

    assert isinstance(reader_of(other), StockReader)
