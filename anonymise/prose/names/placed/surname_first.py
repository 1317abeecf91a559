"""A surname that is a word, before the given name: `may, kirsty`, and not `in may, kirsty`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymise.prose.lists.names import COMPASS, NameLists, Ordinary
from anonymise.prose.lists.words import ALL_SURNAMES_THAT_ARE_WORDS, NAMES_THAT_DESCRIBE
from anonymise.prose.names.placed.beside import MEETS, MONTHS, NO_NAME_AFTER, is_loud
from anonymise.prose.names.placed.standing import (
    SHORTEST,
    Word,
    begins,
    does,
    ends,
    is_introduced,
    is_somebody,
    is_titled,
    word_before,
)

_CLOSINGS: Final = frozenset(("best", "love"))
"""Words before the name under a letter."""


def surname_first(text: str, words: Sequence[Word], place: int, lists: NameLists) -> tuple[int, int] | None:
    """Return where `surname, given` stands; None where the word before the comma is a word."""
    word = words[place]
    if place + 1 == len(words) or text[word.end : words[place + 1].start] not in (",", ", "):
        return None
    if word.bare not in ALL_SURNAMES_THAT_ARE_WORDS and not _are_surnames(word.bare, lists):
        return None
    given = words[place + 1]
    is_sure = lists.ordinary(given.bare) > Ordinary.COMMON
    if not lists.is_given(given.bare) or len(given.bare) < SHORTEST or word.capital is not given.capital:
        return None
    before = word_before(text, words, place)
    if before in NO_NAME_AFTER or _is_dated(text, word) or {word.bare, given.bare} <= MONTHS:
        return None
    is_marked = is_somebody(text, given.end) or does(text, given.end)
    begun = begins(text, word.start)
    if begun and word.bare in _CLOSINGS and _ends_a_line(text, given.end):
        return None
    if begun or is_introduced(text, words, place) or is_titled(text, words, place):
        found = is_sure or is_marked or (ends(text, given.end) and not _is_listed_on(text, given.end))
    elif before == "by":
        found = is_marked or (is_sure and (word.bare not in MONTHS or ends(text, given.end)))
    elif word.capital and not is_loud(text, words, place):
        found = is_sure and before != ""
    else:
        found = is_sure and before in MEETS and word.bare not in NAMES_THAT_DESCRIBE
    return (word.start, given.end) if found else None


def _are_surnames(word: str, lists: NameLists) -> bool:
    """Whether all parts of a word with a hyphen are surnames, none of them a point of the compass: `march-butler`."""
    parts = word.split("-")
    return (
        len(parts) > 1
        and not COMPASS.intersection(parts)
        and all(
            part in ALL_SURNAMES_THAT_ARE_WORDS or (part in lists.surnames and lists.ordinary(part) > Ordinary.COMMON)
            for part in parts
        )
    )


def _is_dated(text: str, word: Word) -> bool:
    """Whether a day stands before: `on 3 March, Victoria`."""
    before = text[max(0, word.start - 5) : word.start].rstrip().casefold()
    return word.bare in MONTHS and (before[-1:].isdigit() or before.endswith(("st", "nd", "rd", "th")))


def _is_listed_on(text: str, end: int) -> bool:
    """Whether a list goes on: `rose, lily, iris`."""
    return text[end : end + 1] == "," and not is_somebody(text, end)


def _ends_a_line(text: str, end: int) -> bool:
    return not text[end : end + 2].strip(" .!")
