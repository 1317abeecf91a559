"""Reads texts with a spaCy NER, many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from spacy.attrs import IS_SPACE

from anonymise.prose.model.decoder import FEATURES, Decoder
from anonymise.prose.model.encoder import Encoder, Layer
from anonymise.prose.model.lexemes import Lexemes

BATCH: Final = 128
"""Most texts read at once: from 64 to 256 the speed is the same."""
CHARACTERS: Final = 60_000
"""Most characters read at once, whatever the texts: some 12,000 words, 20 MB of numbers."""


class Reader(Protocol):
    """Finds what a model takes for names."""

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield the text's number, start and end in characters, and the model's label, in order."""


class BatchReader:
    """Evaluates the NER of a spaCy model over batches, with the products of numpy.

    Args:
        model: a spaCy Language with a `ner` for which `is_known` holds.
        lean: how far to lean towards a label, by label; without it the spans are spaCy's own.
    """

    def __init__(self, model: Any, lean: Mapping[str, float] | None = None) -> None:  # noqa: ANN401 - it has no types
        ner = model.get_pipe("ner")
        embed, around = _words_and_neighbours(ner)
        self._make_doc = model.make_doc
        self._lexemes = Lexemes(model.vocab, embed, embed.get_dim("nO"))
        residuals = [node for node in around.walk() if node.name.startswith("residual") and len(node.layers) == 1]
        self._encoder = Encoder([Layer.of(one) for one in dict.fromkeys(residuals)], pad=around.attrs["pad"])
        self._decoder = Decoder(ner, lean)

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield what the NER finds.

        Raises:
            ValueError: as spaCy, if a text is longer than its model takes.
        """
        for start, batch in _batches(texts):
            docs = [self._make_doc(text) for text in batch]
            lengths = [len(doc) for doc in docs]
            if not sum(lengths):
                continue
            encoded = self._encoder.encode(self._lexemes.vectors(docs), lengths)
            blank = np.concatenate([doc.to_array([IS_SPACE]) for doc in docs]).astype(np.bool_).reshape(-1)
            for found in self._decoder.decode(encoded, lengths, blank):
                doc = docs[found.doc]
                after = doc[found.end - 1]
                yield start + found.doc, doc[found.start].idx, after.idx + len(after), found.label


class StockReader:
    """Reads by spaCy's own pipe: for a model of another shape, and to compare with.

    Args:
        model: a spaCy Language.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - a spaCy Language, which has no types
        self._model = model

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield what spaCy finds."""
        for number, doc in enumerate(self._model.pipe(texts, batch_size=BATCH)):
            for entity in doc.ents:
                yield number, entity.start_char, entity.end_char, entity.label_


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield runs of texts, each with the number of its first."""
    start = size = 0
    for number, text in enumerate(texts):
        if number > start and (number - start == BATCH or size + len(text) > CHARACTERS):
            yield start, texts[start:number]
            start, size = number, 0
        size += len(text)
    if start < len(texts):
        yield start, texts[start:]


def reader_of(model: Any, lean: Mapping[str, float] | None = None) -> Reader:  # noqa: ANN401 - a spaCy Language
    """Return the quickest reader for a model; one of another shape is left to spaCy, which leans to nothing."""
    return BatchReader(model, lean) if is_known(model.get_pipe("ner")) else StockReader(model)


def is_known(ner: Any) -> bool:  # noqa: ANN401 - a spaCy pipe
    """Whether an NER has the shape of spaCy's default: a CNN of its own over words, a hidden layer, and no beam."""
    net = ner.model
    if net.name != "parser_model" or not net.attrs.get("has_upper") or net.attrs.get("unseen_classes"):
        return False
    lower = net.get_ref("lower")
    try:
        embed, around = _words_and_neighbours(ner)
    except (IndexError, KeyError, ValueError):
        return False
    windows = [node.attrs.get("window_size") for node in around.walk() if node.name == "expand_window"]
    listens = any(node.name.startswith("tok2vec-listener") for node in net.walk())
    return (
        ner.cfg.get("beam_width") == 1
        and lower.get_dim("nF") == FEATURES
        and bool(windows)
        and set(windows) == {1}
        and not listens
        and embed.has_dim("nO") is True
    )


def _words_and_neighbours(ner: Any) -> tuple[Any, Any]:  # noqa: ANN401 - thinc models
    """Return the layer that sees single words and the one that sees neighbours."""
    words = ner.model.get_ref("tok2vec").layers[0]
    embed, around = words.layers
    if "pad" not in around.attrs:
        raise ValueError
    return embed, around
