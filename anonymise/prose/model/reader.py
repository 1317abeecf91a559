"""Reads texts with a spaCy NER, many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE
from spacy.tokens import Doc

from anonymise.prose.model.decoder import FEATURES, Decoder, Found
from anonymise.prose.model.encoder import Encoder, Floats, Layer
from anonymise.prose.model.lexemes import Lexemes
from anonymise.prose.model.one_thread import one_thread

BATCH: Final = 128
"""Most texts read at once: from 64 to 256 the speed is the same."""
CHARACTERS: Final = 60_000
"""Most characters read at once, whatever the texts: some 12,000 words, 20 MB of numbers."""


OF_A_WORD: Final = frozenset(("ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE", "LENGTH"))
"""Attributes that a word has wherever it stands: its vector is computed once. `SPACY` and `TAG` depend on its place."""


class Reader(Protocol):
    """Finds what a model takes for names."""

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield of each finding the text's number, its start and end in characters, and the model's label.

        Where several models read, one's findings in some texts come before the next one's in the same texts.
        """


class BatchReader:
    """Evaluates NERs over batches, with the products of numpy.

    Args:
        make_doc: a spaCy tokeniser: a text in, a document out.
        nets: NERs over the tokeniser's words; what any of them finds is found.
        lean: how far to lean towards a label, by label; where it is empty the spans are spaCy's own.
    """

    def __init__(self, make_doc: Callable[[str], Doc], nets: Sequence[Net], lean: Mapping[str, float]) -> None:
        self._make_doc = make_doc
        self._nets = nets
        self._leanings = [net.leaning(lean) for net in nets]

    def leaning(self, lean: Mapping[str, float]) -> BatchReader:
        """Return a reader with the same nets, which are held once, that leans as stated."""
        return BatchReader(self._make_doc, self._nets, lean)

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield what the NERs find, one after the other for each batch.

        Raises:
            ValueError: as spaCy, if a text is longer than its model takes.
        """
        for start, batch in _batches(texts):
            docs = [self._make_doc(text) for text in batch]
            lengths = [len(doc) for doc in docs]
            if not sum(lengths):
                continue
            blank = np.concatenate([doc.to_array([IS_SPACE]) for doc in docs]).astype(np.bool_).reshape(-1)
            for net, leaning in zip(self._nets, self._leanings, strict=True):
                with one_thread():
                    entities = list(net.find(docs, lengths, blank, leaning))
                for found in entities:
                    doc = docs[found.doc]
                    after = doc[found.end - 1]
                    yield start + found.doc, doc[found.start].idx, after.idx + len(after), found.label


class Net:
    """One NER, layer by layer.

    Args:
        ner: a spaCy pipe for which `is_known` holds.
    """

    def __init__(self, ner: Any) -> None:  # noqa: ANN401 - a spaCy pipe, which has no types
        embed, around = _words_and_neighbours(ner)
        self._lexemes = Lexemes(ner.vocab, embed, embed.get_dim("nO"))
        self._encoder = Encoder([Layer.of(one) for one in _residuals(around)], pad=around.attrs["pad"])
        self._decoder = Decoder(ner)

    def leaning(self, lean: Mapping[str, float]) -> Floats:
        """Return what `find` is told of how far to lean towards each label."""
        return self._decoder.leaning(lean)

    def find(
        self, docs: Sequence[Doc], lengths: Sequence[int], blank: NDArray[np.bool_], leaning: Floats
    ) -> Iterator[Found]:
        """Yield the entities of some documents."""
        encoded = self._encoder.encode(self._lexemes.vectors(docs), lengths)
        return self._decoder.decode(encoded, lengths, blank, leaning)


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


def reader_of(model: Any, lean: Mapping[str, float] | None = None, more: Sequence[Any] = ()) -> Reader:  # noqa: ANN401 - no types
    """Return the quickest reader for a spaCy Language; one of another shape is left to spaCy, which leans to nothing.

    Args:
        model: the Language.
        lean: how far to lean towards a label.
        more: other NERs over the same words, which read along.
    """
    ner = model.get_pipe("ner")
    if not is_known(ner):
        return StockReader(model)
    return BatchReader(model.make_doc, [Net(one) for one in (ner, *more)], lean or {})


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
    asked = {name for node in embed.walk() for name in node.attrs.get("columns", ())}
    return (
        ner.cfg.get("beam_width") == 1
        and lower.get_dim("nF") == FEATURES
        and embed.has_dim("nO") is True
        and asked <= OF_A_WORD
        and _sees_neighbours_as_known(around)
    )


def _sees_neighbours_as_known(around: Any) -> bool:  # noqa: ANN401 - a thinc model
    """Whether every layer is a window of three words, maxout and layer norm, with its input added."""
    residuals = _residuals(around)
    kinds = [{node.name for node in one.walk()} for one in residuals]
    windows = {node.attrs["window_size"] for node in around.walk() if node.name == "expand_window"}
    return windows == {1} and all({"expand_window", "maxout", "layernorm"} <= kind for kind in kinds)


def _residuals(around: Any) -> list[Any]:  # noqa: ANN401 - thinc models
    return [node for node in around.walk() if node.name.startswith("residual") and len(node.layers) == 1]


def _words_and_neighbours(ner: Any) -> tuple[Any, Any]:  # noqa: ANN401 - thinc models
    """Return the layer that sees single words and the one that sees neighbours."""
    words = ner.model.get_ref("tok2vec").layers[0]
    embed, around = words.layers
    if "pad" not in around.attrs:
        raise ValueError
    return embed, around
