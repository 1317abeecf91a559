"""Doubt by models: what an NER that leans further towards names would mask besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymise.prose.entities import Span
from anonymise.prose.model.package import FURTHER
from anonymise.prose.model.reader import Reader
from anonymise.review.doubt import Doubt

NAMING: Final = frozenset(FURTHER)
"""Labels that point at somebody or somewhere."""


class ModelDoubt:
    """A text is the more doubtful, the more a reader that leans further finds outside its masks.

    Args:
        reader: the models, leaning further than those that masked (`load_reader` with `further`).
        besides: another doubt, added to this one: it knows numbers and lists, which the models do not.
    """

    def __init__(self, reader: Reader, besides: Doubt) -> None:
        self._reader = reader
        self._besides = besides

    def score(self, texts: Sequence[str], masks: Sequence[Sequence[Span]]) -> list[float]:
        """Return of each text how many identifiers it may still hold."""
        scores = self._besides.score(texts, masks)
        told: set[tuple[int, int, int]] = set()
        for number, start, end, label in self._reader.read(texts):
            if label in NAMING and (number, start, end) not in told and not _masked(start, end, masks[number]):
                told.add((number, start, end))
                scores[number] += 1.0
        return scores


def _masked(start: int, end: int, masks: Sequence[Span]) -> bool:
    return any(mask.start < end and start < mask.end for mask in masks)
