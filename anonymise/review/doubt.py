"""Doubt: how many identifiers a text may still hold where it is masked; the most doubtful texts are read first.

It says in which order texts are read, and which are read besides those drawn at random. The estimate does not depend
on it (`anonymise.review.rate`), so that it may be any guess: `anonymise.review.model_doubt` adds what models that lean
further see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from anonymise.prose.entities import Span
from anonymise.prose.lists.names import WORD, NameLists, Ordinary, bare, name_lists
from anonymise.prose.names.casing import Style, style_of
from anonymise.prose.names.listed.listed import LISTED
from anonymise.review.passages import Piece, pieces

NAME: Final = 1.0
"""Doubt of a word that a list of names holds, that is no common word, and is not masked."""
CAPITAL: Final = 0.5
"""Of a word with a capital inside a sentence that is no common word."""
DIGITS: Final = 0.5
"""Of a word with this many digits or more."""
MANY_DIGITS: Final = 4
ALONE: Final = 0.25
"""Of a mask that the model alone, or a list alone, saw a reason for: where one saw what the other did not, others are
near."""
_SENTENCE_ENDS: Final = frozenset(".!?:\n")


class Doubt(Protocol):
    """Guesses what is left in masked texts."""

    def score(self, texts: Sequence[str], masks: Sequence[Sequence[Span]]) -> list[float]:
        """Return of each text how many identifiers it may still hold.

        Args:
            texts: cleaned texts.
            masks: of each text what is masked, in order and without overlap.
        """


class ListedDoubt:
    """Doubt by what is at hand: words that look like names or numbers and are not masked, and masks with one reason."""

    def __init__(self) -> None:
        self._lists = name_lists()

    def score(self, texts: Sequence[str], masks: Sequence[Sequence[Span]]) -> list[float]:
        """Return of each text how many identifiers it may still hold."""
        return [sum(self._doubts(text, spans)) for text, spans in zip(texts, masks, strict=True)]

    def _doubts(self, text: str, spans: Sequence[Span]) -> Iterator[float]:
        yield from (ALONE for span in spans if span.score <= LISTED)
        cased = style_of(text) is Style.MIXED
        begins = True
        for piece in pieces(text, spans):
            if piece.word:
                yield _of_word(piece, self._lists, cased=cased and not begins)
            if not piece.text.isspace() or "\n" in piece.text:
                begins = piece.text[-1] in _SENTENCE_ENDS


def _of_word(piece: Piece, lists: NameLists, *, cased: bool) -> float:
    if sum(map(str.isdigit, piece.text)) >= MANY_DIGITS:
        return DIGITS
    match = WORD.search(piece.text)
    if match is None:
        return 0.0
    word = bare(match.group())
    if lists.ordinary(word) is Ordinary.COMMON:
        return 0.0
    if lists.is_given(word) or lists.is_surname(word):
        return NAME
    return CAPITAL if cased and match.group()[0].isupper() else 0.0
