"""A text as somebody reads it: cut into passages, and each passage into words that can be marked and masks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from anonymise.prose.entities import Entity, Span

LONGEST_PASSAGE: Final = 2_000
"""Characters that are read at once: a page. A longer text is several passages, each drawn for itself."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage: a mask, a word that can be marked, or what stands between."""

    text: str
    start: int
    end: int
    """Place in the passage, in characters."""
    mask: Entity | None = None
    """What the machine took it for."""
    word: bool = False


def passage_count(length: int) -> int:
    """Return how many passages a text of so many characters is read in."""
    return max(1, -(-length // LONGEST_PASSAGE))


def passage_bounds(text: str, number: int, count: int) -> tuple[int, int]:
    """Return where a passage begins and ends: cut at the last blank before its even share, so that no word is torn.

    Args:
        text: the whole cleaned text.
        number: which, from 0.
        count: how many there are.
    """
    ends = [0]
    for place in range(1, count):
        even = len(text) * place // count
        blank = max(text.rfind(" ", ends[-1], even), text.rfind("\n", ends[-1], even))
        ends.append(blank if blank > ends[-1] else even)
    ends.append(len(text))
    return ends[number], ends[number + 1]


def pieces(text: str, masks: Sequence[Span]) -> Iterator[Piece]:
    """Yield the parts of a passage in order; together they are the passage.

    Args:
        text: the passage.
        masks: what is masked in it, in order and without overlap.
    """
    done = 0
    for mask in masks:
        yield from _unmasked(text, done, mask.start)
        yield Piece(text[mask.start : mask.end], mask.start, mask.end, mask=mask.entity)
        done = mask.end
    yield from _unmasked(text, done, len(text))


def _unmasked(text: str, start: int, end: int) -> Iterator[Piece]:
    for blank in _BLANKS.finditer(text, start, end):
        yield from _word(text, start, blank.start())
        yield Piece(blank.group(), blank.start(), blank.end())
        start = blank.end()
    yield from _word(text, start, end)


def _word(text: str, start: int, end: int) -> Iterator[Piece]:
    if start < end:
        word = text[start:end]
        yield Piece(word, start, end, word=any(map(str.isalnum, word)))
