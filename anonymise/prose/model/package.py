"""A spaCy model out of an installed package: nothing is looked for on a network."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import spacy

from anonymise.prose.model.own import own_ners
from anonymise.prose.model.reader import Reader, reader_of
from datalab.errors import InternalError, SettingsError

NOT_NEEDED: Final = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
"""Pipes of the model that its NER does without: it has a `tok2vec` of its own."""
LEAN: Final = dict.fromkeys(("PERSON", "GPE", "LOC", "FAC", "ORG"), 2.0)
"""How far to lean towards names, in log odds: a stretch is a name where the model thinks it one in eight or more.

Chosen on tweets that may be read (BTC a and g): at 2 people rise from .878 to .908 and from .890 to .915, places by .05
to .12, and precision falls from .216 to .202 and not at all; from 3 on precision falls faster than recall rises.
"""
FURTHER: Final = dict.fromkeys(LEAN, 5.0)
"""To doubt by: a stretch is pointed at where a model thinks it a name in one case of 150."""


def load_reader(package: str, *, alone: bool = False, lean: Mapping[str, float] = LEAN) -> Reader:
    """Load the model that a package carries in its folder `_model`, and the lab's own NER beside it.

    Args:
        package: its name.
        alone: leave the lab's own out: to measure what it adds.
        lean: how far to lean towards a label.

    Raises:
        SettingsError: if there is no such package, or no model in it.
        InternalError: if the model recognises no names.
    """
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent / "_model" if spec is not None and spec.origin is not None else None
    if folder is None or not (folder / "meta.json").is_file():
        raise SettingsError(
            f"There is no spaCy model in the package {package}.",
            why="Free text is not redacted without one.",
            remedy="Install the model (`make demo` does), or name another package with the setting spacy_model.",
        )
    model = spacy.load(folder, exclude=list(NOT_NEEDED))
    if "ner" not in model.pipe_names:
        raise InternalError(f"The spaCy model in {package} recognises no names.", remedy="Name another package.")
    if alone:
        return reader_of(model, lean)
    again = spacy.load(folder, vocab=model.vocab, exclude=[*NOT_NEEDED, "vocab"])
    return reader_of(model, lean, own_ners(model, again))
