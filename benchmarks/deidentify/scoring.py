"""Scores of masking: recall of entities and words, precision, F2, each with an interval over documents.

An entity counts as found where every letter and digit of it is masked, under whatever label: what is left of half a
name is a name. A word is a run of letters and digits. F2 weighs recall four times (as the Text Anonymization Benchmark
and Presidio's own evaluator do). Intervals are the 2.5th and 97.5th percentile of 1,000 bootstraps of documents (Efron
1979): entities of one document are found and missed together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from marked import MarkedText

Masks = Sequence[tuple[int, int]]
"""Pieces of a text that a system masks."""
RESAMPLES: Final = 1_000
SEED: Final = 5
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A share, and where it lies with 95 % confidence; of how many."""

    value: float
    low: float
    high: float
    of: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How a system did on a corpus."""

    entities: dict[str, Figure]
    """Recall of whole entities, by kind; `all` of all."""
    words: Figure
    """Recall of words that belong to entities."""
    precision: Figure | None
    """Share of masked words that belong to entities; None where not every identifier is marked."""
    f2: float | None


def score(texts: Sequence[MarkedText], masked: Sequence[Masks]) -> Scores:
    """Score what was masked in each text."""
    kinds = sorted({truth.kind for text in texts for truth in text.truths})
    place = {kind: number for number, kind in enumerate(kinds)}
    found, there = np.zeros((len(texts), len(kinds))), np.zeros((len(texts), len(kinds)))
    words = np.zeros((len(texts), 3))  # marked and masked, marked, masked
    for row, (text, masks) in enumerate(zip(texts, masked, strict=True)):
        covered = _covered(len(text.text), masks)
        marked = _covered(len(text.text), [(truth.start, truth.end) for truth in text.truths])
        for truth in text.truths:
            there[row, place[truth.kind]] += 1
            found[row, place[truth.kind]] += all(
                covered[match.start() : match.end()].all()
                for match in _WORD.finditer(text.text, truth.start, truth.end)
            )
        for match in _WORD.finditer(text.text):
            is_marked, is_masked = (bool(side[match.start() : match.end()].all()) for side in (marked, covered))
            words[row] += (is_marked and is_masked, is_marked, is_masked)
    entities = {kind: _figure(found[:, at], there[:, at]) for kind, at in place.items()}
    recall = _figure(words[:, 0], words[:, 1])
    precision = _figure(words[:, 0], words[:, 2]) if all(text.whole for text in texts) else None
    return Scores(
        entities={"all": _figure(found.sum(axis=1), there.sum(axis=1)), **entities},
        words=recall,
        precision=precision,
        f2=None if precision is None else _f2(precision.value, recall.value),
    )


def _covered(length: int, pieces: Masks) -> np.ndarray:
    covered = np.zeros(length, dtype=bool)
    for start, end in pieces:
        covered[start:end] = True
    return covered


def _figure(hits: np.ndarray, of: np.ndarray) -> Figure:
    draws = np.random.default_rng(SEED).integers(0, len(of), (RESAMPLES, len(of)))
    sums = of[draws].sum(axis=1)
    shares = hits[draws].sum(axis=1)[sums > 0] / sums[sums > 0]
    if not of.sum() or not len(shares):
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    low, high = np.percentile(shares, (2.5, 97.5))
    return Figure(float(hits.sum() / of.sum()), float(low), float(high), int(of.sum()))


def _f2(precision: float, recall: float) -> float:
    below = 4 * precision + recall
    return 5 * precision * recall / below if below else 0.0
