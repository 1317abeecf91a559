"""Whom a text calls by title and surname, or by a role, called by the surname alone: `Mr Can ... Can said`.

A surname of two letters, or one that is an English word, is looked for nowhere else again: `Er`, `Ay`, `Best`. Once a
text has said `Mr Best`, `Best` with a capital is he, but where every word has one: at the head of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, bare
from anonymise.prose.names.nobody.words import NOBODY
from anonymise.prose.names.placed.standing import Word, begins, does

TITLED: Final = 0.52
"""Score, as of a name that stands again."""
TITLES: Final = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "messrs"))
"""Titles before surnames; ranks and trades stand before other words as well."""
SHORTEST: Final = 2
"""Letters of the shortest surname."""
_PARTY: Final = (
    r"(?:(?:first|second|third|lead)\s)?(?:[Aa]pplicant|[Aa]ppellant|[Cc]laimant|[Cc]omplainant|[Pp]etitioner|"
    r"[Pp]ursuer|[Dd]eceased|[Mm]other|[Ff]ather|[Cc]hild)s?"
)
CALLED: Final = rf"(?:hereinafter\s)?[\"'\u201c\u2018]?[Tt]he\s{_PARTY}[\"'\u201d\u2019]?"
"""What a judgment calls a party from there on, in brackets; a pattern."""
_BEHIND = regex.compile(
    r"(?:,?\s\(|,\s(?:who|whose|a|an|the)\s|\s(?:was|were|had|has|is|did|does|also|then|who|and|\p{Ll}{3,}ed)\b)"
)
"""Behind somebody at the head of a sentence: `Best appealed`, not `Best regards`."""
_CALLED = regex.compile(rf",?\s\({CALLED}\)")


def find_titled(text: str, spans: Sequence[Span], words: Sequence[Word]) -> Iterator[Span]:
    """Yield where surnames that stand behind a title elsewhere stand alone.

    Args:
        text: cleaned text.
        spans: what was found in it.
        words: those of the text.
    """
    surnames = {
        surname
        for span in spans
        if span.entity is Entity.PERSON
        for surname in _surname(text[span.start : span.end], is_party=_CALLED.match(text, span.end) is not None)
    }
    if not surnames:
        return
    for word in words:
        if word.capital and _written(text[word.start : word.end]) in surnames and _is_somebody(text, word):
            yield Span(word.start, word.end, Entity.PERSON, TITLED)


def _surname(name: str, *, is_party: bool) -> Iterator[str]:
    """Yield the last word of a party's name, or of one that begins with a title, as it is written."""
    words = [match.group() for match in WORD.finditer(name)]
    if not words or not (is_party or (len(words) > 1 and bare(words[0]) in TITLES)):
        return
    surname = _written(words[-1])
    if len(surname) >= SHORTEST and surname[0].isupper() and bare(surname) not in NOBODY:
        yield surname


def _is_somebody(text: str, word: Word) -> bool:
    """Whether a capital is more than that of a sentence's first word."""
    if not begins(text, word.start):
        return True
    written = text[word.start : word.end]
    return _written(written) != written or does(text, word.end) or _BEHIND.match(text, word.end) is not None


def _written(word: str) -> str:
    """Return a word without its possessive."""
    return word.replace("\u2019", "'").removesuffix("'s").rstrip("'")
