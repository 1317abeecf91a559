"""Trains an NER from the stock one: the same words and vectors, its own layers, many more names and styles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from example import Example, Name
from spacy.tokens import Doc
from spacy.training import Example as Pair
from thinc.api import Adam, NumpyOps

NAMES = ("PERSON", "ORG", "GPE", "LOC", "FAC")
"""Labels that marked text speaks of; what it says nothing about is left as the stock model has it."""
WORDS = 1_500
"""Words a step."""


class Products(NumpyOps):
    """Thinc's arrays with numpy's products, which choose their kernel by the processor at hand."""

    name = "numpy"

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:  # noqa: FBT001, FBT002 - thinc's
        """Return the product of two matrices."""
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


def paired(model: Any, examples: Sequence[Example]) -> Iterator[Pair]:
    """Yield each text as the stock model splits it, and as it should be read."""
    docs = model.pipe((example.text for example in examples), batch_size=128)
    for example, opinion in zip(examples, docs, strict=True):
        yield Pair(model.make_doc(example.text), _truth(example, opinion))


def _truth(example: Example, opinion: Doc) -> Doc:
    truth = Doc(
        opinion.vocab, words=[token.text for token in opinion], spaces=[bool(token.whitespace_) for token in opinion]
    )
    said = [_span(truth, name, opinion) for name in example.names]
    spans = [span for span in said if span is not None]
    spans += [
        truth.char_span(entity.start_char, entity.end_char, label=entity.label_)
        for entity in opinion.ents
        if entity.label_ not in NAMES or not example.complete
    ]
    # marked names first: of spans that overlap, what was marked stays
    taken: set[int] = set()
    kept = []
    for span in spans:
        places = set(range(span.start, span.end))
        if not places & taken:
            taken |= places
            kept.append(span)
    truth.set_ents(kept)
    return truth


def _span(truth: Doc, name: Name, opinion: Doc) -> Any:
    span = truth.char_span(name.start, name.end, label=name.label, alignment_mode="expand")
    if span is None or span.text.isspace() or span[0].is_space:
        return None
    if name.label == "GPE":  # tweets say `place`: which kind of place is the stock model's to say
        kinds = {entity.label_ for entity in opinion.ents if entity.start < span.end and span.start < entity.end}
        label = next((kind for kind in ("LOC", "FAC") if kind in kinds), "GPE")
        span = truth.char_span(name.start, name.end, label=label, alignment_mode="expand")
    return span


def train(
    model: Any,
    draw: Callable[[Random], list[Example]],
    *,
    rounds: int,
    seed: int,
    teacher: Any,
    rate: float,
) -> Iterator[str]:
    """Train the `ner` of a model in place; yield after each round what was done in it.

    Args:
        model: a spaCy Language with the stock NER to start from.
        draw: gives the texts of a round.
        rounds: how often texts are drawn anew.
        seed: of every draw, so that the same command makes the same model.
        teacher: the stock model, unchanged.
        rate: of learning, at its start; it falls to a tenth.
    """
    rng = Random(seed)
    np.random.seed(seed)
    ner = model.get_pipe("ner")
    ops = Products()
    for node in ner.model.walk():
        node.ops = ops
    optimiser = Adam(rate, grad_clip=1.0, L2=0.01)
    for number in range(rounds):
        began, loss, words = time.monotonic(), {}, 0
        optimiser.learn_rate = rate * (1 - 0.9 * number / max(1, rounds - 1))
        pairs = list(paired(teacher, draw(rng)))
        pairs = [Pair(_moved(model, pair.predicted), _moved(model, pair.reference, whole=True)) for pair in pairs]
        rng.shuffle(pairs)
        for batch in _batches(pairs):
            ner.update(batch, drop=0.2, sgd=optimiser, losses=loss)
            words += sum(len(pair.predicted) for pair in batch)
        yield (
            f"round {number + 1} of {rounds}: {words:,} words, {time.monotonic() - began:.0f} s, "
            f"loss {loss.get('ner', 0) / max(1, words):.4f}"
        )


def _moved(model: Any, doc: Doc, *, whole: bool = False) -> Doc:
    """Return a document in the vocabulary of another model that was read from the same files."""
    if doc.vocab is model.vocab:
        return doc
    moved = Doc(model.vocab).from_bytes(doc.to_bytes())
    if not whole:
        moved.set_ents([])
    return moved


def _batches(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    words = 0
    for pair in pairs:
        batch.append(pair)
        words += len(pair.predicted)
        if words >= WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch
