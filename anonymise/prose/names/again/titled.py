"""Whom a text calls in full, by title and surname, or by a role, called by the surname alone: `Mr Can ... Can said`.

A surname of two letters, or one that is an English word, is looked for nowhere else again: `Er`, `Ay`, `Best`. Once a
text has said `Mr Best` or `Mark Best`, `Best` with a capital is he, but where every word has one, at the head of a
sentence, and where the word is one for what stands around it: `the Court`, `High Court`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, Ordinary, bare, name_lists
from anonymise.prose.lists.words import GIVEN_THAT_ARE_WORDS
from anonymise.prose.names.nobody.words import NOBODY
from anonymise.prose.names.placed.standing import Word, begins, does, word_before

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
_BEFORE = regex.compile(r"(?<!\p{L})(\p{L}{2,9})\.?\s$")
_LOOKED_BEFORE: Final = 12
_FULL: Final = (2, 4)
"""Words of a name in full."""
_PLACES: Final = frozenset((Entity.ADDRESS, Entity.POSTCODE))
_ARTICLES: Final = frozenset(
    ("the", "a", "an", "this", "these", "those", "each", "every", "any", "no", "some", "our", "your", "their",
     "its", "his", "her", "my", "which")
)  # fmt: skip
"""Behind them a word with a capital is the word: `the Court`."""
_OF = regex.compile(r"\sof\b", flags=regex.IGNORECASE)
_FAMILY = regex.compile(r"\s(?:family|household|brothers|sisters|children|couple|twins)\b")
_CALLED = regex.compile(rf",?\s\({CALLED}\)")


def find_titled(text: str, spans: Sequence[Span], words: Sequence[Word]) -> Iterator[Span]:
    """Yield where surnames that stand behind a title or a given name elsewhere stand alone.

    Args:
        text: cleaned text.
        spans: what was found in it.
        words: those of the text.
    """
    places = {span.end for span in spans if span.entity in _PLACES}
    surnames = {
        surname
        for span in spans
        if span.entity is Entity.PERSON and span.end not in places
        for surname in _surname(text, span)
    }
    if not surnames:
        return
    for at, word in enumerate(words):
        if (
            word.capital
            and _written(text[word.start : word.end]) in surnames
            and _is_somebody(text, word)
            and not _is_a_word(text, words, at)
        ):
            yield Span(word.start, word.end, Entity.PERSON, TITLED)


def _surname(text: str, span: Span) -> Iterator[str]:
    """Yield the last word of a party's name, or of one with a title or a given name, as it is written."""
    words = [match.group() for match in WORD.finditer(text, span.start, span.end)]
    if not words:
        return
    called = bare(words[0]) in TITLES and len(words) > 1
    before = _BEFORE.search(text, max(0, span.start - _LOOKED_BEFORE), span.start) if len(words) > 1 else None
    titled = called or (before is not None and before.group(1).casefold() in TITLES)
    is_full = _is_full(words)
    if not (titled or is_full or _CALLED.match(text, span.end) is not None):
        return
    surname = _written(words[-1])
    is_full = is_full or (titled and len(words) - called > 1)  # `Mr Frank Court`, and no `Mr Police`
    if len(surname) >= SHORTEST and surname[0].isupper() and (is_full or bare(surname) not in NOBODY):
        yield surname


def _is_full(words: Sequence[str]) -> bool:
    """Whether words are a given name and a surname by the lists; in capitals a word is written like any other."""
    if not _FULL[0] <= len(words) <= _FULL[1] or not (words[0][0].isupper() and words[-1][:1].isupper()):
        return False
    given, surname, lists = bare(words[0]), bare(words[-1]), name_lists()
    is_given = lists.is_given(given) and (lists.ordinary(given) > Ordinary.COMMON or given in GIVEN_THAT_ARE_WORDS)
    is_known = surname in lists.known and lists.ordinary(given) < Ordinary.NEVER  # but `Musa Er`
    is_surname = lists.is_surname(surname) or (lists.ordinary(surname) > Ordinary.COMMON and not is_known)
    return is_given and is_surname and not words[-1].isupper()


def _is_a_word(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether a surname is rather the word: `the Court`, `High Court`, `Court of Appeal`."""
    word = words[at]
    if name_lists().ordinary(word.bare) > Ordinary.COMMON:
        return False
    before = word_before(text, words, at)
    is_whose = word.bare != text[word.start : word.end].casefold()  # `in Best's view`
    if _OF.match(text, word.end) is not None or (before == "in" and not is_whose):
        return True
    if before in _ARTICLES and _FAMILY.match(text, word.end) is None:
        return True
    if not before or not words[at - 1].capital or begins(text, words[at - 1].start) or before in TITLES:
        return False
    return name_lists().ordinary(before) is Ordinary.COMMON and before not in GIVEN_THAT_ARE_WORDS


def _is_somebody(text: str, word: Word) -> bool:
    """Whether a capital is more than that of a sentence's first word."""
    if not begins(text, word.start):
        return True
    written = text[word.start : word.end]
    return _written(written) != written or does(text, word.end) or _BEHIND.match(text, word.end) is not None


def _written(word: str) -> str:
    """Return a word without its possessive."""
    return word.replace("\u2019", "'").removesuffix("'s").rstrip("'")
