"""A spaCy model out of an installed package: nothing is looked for on a network."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

import spacy

from anonymise.prose.model.own import own_ners
from anonymise.prose.model.posts import by_style
from anonymise.prose.model.reader import Reader, reader_of
from datalab.errors import InternalError, SettingsError

NOT_NEEDED: Final = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
"""Pipes of the model that its NER does without: it has a `tok2vec` of its own."""
LEAN: Final = dict.fromkeys(("PERSON", "GPE", "LOC", "FAC", "ORG"), 2.0)
"""How far to lean towards names, in log odds: a stretch is a name where the model thinks it one in eight or more.

Chosen on tweets that may be read (BTC a and g): at 2 people rise from .878 to .908 and from .890 to .915, places by .05
to .12, and precision falls from .216 to .202 and not at all; from 3 on precision falls faster than recall rises.
"""
LEAN_IN_POSTS: Final = dict.fromkeys(LEAN, 5.0)
"""The same for posts of social media, where one name in six is missed at 2 and more is masked that is none.

Chosen on tweets that may be read; under the rules of that day organisations rose from .767 to .844 (BTC e), places from
.896 to .924, people among those kept out of training from .968 to .982; precision fell from .285 to .236 and from .323
to .299, and was above that of Presidio's default (.183) still. What is missed now is in the evidence.
"""
FURTHER: Final = dict.fromkeys(LEAN, 5.0)
"""To doubt by: a stretch is pointed at where a model thinks it a name in one case of 150."""
FURTHER_IN_POSTS: Final = dict.fromkeys(LEAN, 7.0)
"""The same in posts, which are masked at 5 already."""


def load_reader(package: str, *, alone: bool = False, further: bool = False) -> Reader:
    """Load the model that a package carries in its folder `_model`, and the lab's own NER beside it.

    Args:
        package: its name.
        alone: leave the lab's own out: to measure what it adds.
        further: lean as far as for doubt, and not only as far as for masks.

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
    more = [] if alone else own_ners(model, spacy.load(folder, vocab=model.vocab, exclude=[*NOT_NEEDED, "vocab"]))
    lean, in_posts = (FURTHER, FURTHER_IN_POSTS) if further else (LEAN, LEAN_IN_POSTS)
    return by_style(reader_of(model, lean, more), in_posts)
