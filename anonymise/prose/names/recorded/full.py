"""A person's full name of the record where its parts are words: `hope young`, `young, hope`, `YOUNG hope`.

Alone, such a part counts only where it is written as a name. Two of one record side by side are enough in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import bare
from anonymise.prose.lists.words import NAMES_THAT_ARE_WORDS
from anonymise.prose.names.placed.beside import MEETS, MODALS, states
from anonymise.prose.names.placed.standing import (
    Word,
    does,
    is_introduced,
    is_somebody,
    is_titled,
    word_before,
    words_of,
)

FULL: Final = 0.92
"""Score: as a value of the row as it is written there."""
SHORTEST: Final = 2
"""Letters of the shortest part of a full name; an initial is a matter of `initials`."""
_BETWEEN = regex.compile(r"[ \u00a0\t\n]{1,2}|\s?,\s?|[-_/.+]")
"""Between two names of one person: no end of a sentence, or `we hope. young people` would be one."""
_MIDDLE = regex.compile(r"[ \u00a0](?:[b-hj-z]\.?[ \u00a0])", flags=regex.IGNORECASE)
"""The same with an initial between; `a` and `I` are words."""
_ARTICLES: Final = frozenset(
    ("a", "an", "the", "these", "those", "each", "every", "my", "his", "their", "its", "some", "any")
)
"""Before two words in small letters that are two words: `the young may attend`."""


def find_full(text: str, values: Sequence[Sequence[str]], surnames: Collection[str] = ()) -> Iterator[Span]:
    """Yield where two names of the record stand side by side, in any case and either order.

    Args:
        text: cleaned text.
        values: the words of each name of the row's people, given names before surnames.
        surnames: those words that are surnames, where the record says so.
    """
    family = {bare(word) for word in surnames}
    order: dict[str, int] = {}
    for name in (bare(word) for words in values for word in words):
        if len(name) >= SHORTEST:
            order.setdefault(name, len(order))
    if len(order) < 2 or NAMES_THAT_ARE_WORDS.isdisjoint(order):  # noqa: PLR2004 - a full name has two
        return  # what is no word is found wherever it stands
    words = words_of(text)
    for place, word in enumerate(words):
        if "-" in word.bare and len(set(parts := word.bare.split("-"))) > 1 and order.keys() >= set(parts):
            yield Span(word.start, word.end, Entity.PERSON, FULL)
        elif word.bare in order:
            last = _behind(text, words, place, order)
            if last is not None and _is_a_name(
                text, words, (place, last), is_in_order=_is_in_order(word.bare, words[last].bare, order, family)
            ):
                yield Span(word.start, words[last].end, Entity.PERSON, FULL)


def _behind(text: str, words: Sequence[Word], place: int, names: Collection[str]) -> int | None:
    """Return the place of another name of the record that follows, with no more than an initial between."""
    for last, between in ((place + 1, _BETWEEN), (place + 2, _MIDDLE)):
        if (
            last < len(words)
            and words[last].bare in names
            and words[last].bare != words[place].bare
            and between.fullmatch(text, words[place].end, words[last].start) is not None
        ):
            return last
    return None


def _is_in_order(first: str, last: str, order: Mapping[str, int], family: Collection[str]) -> bool:
    """Whether a surname stands last; two given names can be of two people of a household: `will mark`."""
    return order[first] < order[last] and (not family or last in family)


def _is_a_name(text: str, words: Sequence[Word], places: tuple[int, int], *, is_in_order: bool) -> bool:
    """Whether two words are one name there: in small letters not behind an article, the surname first only as a name.

    `long may it last` is no May Long; `long may attended` and `told long, may` are.
    """
    first, last = (words[place] for place in places)
    if first.capital or last.capital:
        return True
    before = word_before(text, words, places[0])
    if before in _ARTICLES:
        return False
    if is_in_order or "," in text[first.end : last.start]:
        return True
    stands = before in (*MEETS, "by", "to", "from", "for", "re") or (
        first.bare not in MODALS and is_introduced(text, words, places[0])  # `mum will mark`
    )
    acts = does(text, last.end) or states(text, last.end) or is_somebody(text, last.end)
    return stands or acts or is_titled(text, words, places[0])
