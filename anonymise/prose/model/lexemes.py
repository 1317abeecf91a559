"""Vectors of words before their neighbours are looked at, each computed once: they depend on the word alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import NORM, ORTH
from spacy.tokens import Doc

MOST: Final = 60_000
"""Most words kept: 23 MB at width 96. English prose of a million notes has fewer; what comes after starts anew."""
MIXED: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd number that sets a word's norm apart from its letters in one 64-bit key (both are 64-bit hashes already)."""


class Lexemes:
    """Vectors of words by the embedding layer of a spaCy model.

    Args:
        vocab: the model's vocabulary.
        embed: the layer from documents to a vector for each word; it must look at no neighbour.
        width: numbers a vector.
    """

    def __init__(self, vocab: Any, embed: Any, width: int) -> None:  # noqa: ANN401 - spaCy and thinc have no types
        self._vocab = vocab
        self._embed = embed
        self._places: dict[int, int] = {}
        self._vectors: NDArray[np.float32] = np.zeros((1_024, width), np.float32)

    def vectors(self, docs: Sequence[Doc]) -> NDArray[np.float32]:
        """Return a row for each word of the documents, one after the other."""
        attributes = np.concatenate([doc.to_array([ORTH, NORM]) for doc in docs])
        keys = attributes[:, 0] ^ (attributes[:, 1] * MIXED)
        if len(self._places) > MOST:
            self._places.clear()
        distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
        places = self._places
        known = [places.get(key, -1) for key in distinct.tolist()]
        new = [number for number, row in enumerate(known) if row < 0]
        if new:
            rows = self._learn(attributes[first[new]], distinct[new])
            for number, row in zip(new, rows, strict=True):
                known[number] = row
        vectors: NDArray[np.float32] = self._vectors[np.array(known)[place]]
        return vectors

    def _learn(self, attributes: NDArray[np.uint64], keys: NDArray[np.uint64]) -> range:
        strings = self._vocab.strings
        doc = Doc(self._vocab, words=[strings[orth] for orth in attributes[:, 0].tolist()])
        for token, norm in zip(doc, attributes[:, 1].tolist(), strict=True):
            if token.norm != norm:  # the tokeniser gives some words another norm: `'ll` is `will`
                token.norm_ = strings[norm]
        (made,) = self._embed.predict([doc])
        start = len(self._places)
        end = start + len(keys)
        if end > len(self._vectors):
            grown = np.zeros((max(end, 2 * len(self._vectors)), made.shape[1]), np.float32)
            grown[:start] = self._vectors[:start]
            self._vectors = grown
        self._vectors[start:end] = made
        self._places.update(zip(keys.tolist(), range(start, end), strict=True))
        return range(start, end)
