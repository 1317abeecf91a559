"""Findings of ordinary words whose head says a thing: `the Care Plan`, `Specialist Nurse`, `Ramipril`, `Family Court`.

A model that has read newspapers takes a capital for a name, and letters of offices, courts and wards write many words
with one. A finding is a thing where all its words are ordinary, none of them is what somebody is called, and the one
that says what it is names a kind of thing, a role, a condition or a medicine.

A body's own name is often ordinary words too (`Sunrise Nursery`): one that ends with a kind of body stays masked, and
so does one of ordinary words that nothing says to be a thing (`Kingfisher`, `Home Start`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import WORD, NameLists, bare
from anonymise.prose.names.nobody.everybodys import is_everybodys
from anonymise.prose.names.nobody.words import (
    ABBREVIATIONS,
    BODIES,
    CONDITIONS,
    COURTS,
    DAYS,
    NAMES,
    NOBODY,
    PLACES,
    ROLES,
    SALUTATIONS,
    THINGS,
    TITLES,
    is_medical,
)

MANY: Final = 3
"""Words of a role that holds a kind of body; what is longer is a body with a role behind it."""

_KINDS: Final = THINGS | ROLES | ABBREVIATIONS | DAYS | BODIES | CONDITIONS | NOBODY
_DEPARTMENTS: Final = frozenset(("department", "departments"))
_COURT: Final = frozenset(("court", "courts", "chamber", "chambers", "division"))
_BEHIND: Final = frozenset(("of", "for", "with", "in", "to", "on", "at"))
"""Behind the word that says what a thing is: `Court of Protection`."""
_ARTICLES: Final = frozenset(("the", "a", "an"))
_NOT_IN_A_THING: Final = regex.compile(r"\d{3}|[@#_/]|(?<!\p{L})\p{Lu}(?=\.|\s?&)")
"""A number, an account, or initials."""
_BLANK: Final = (" ", "\u00a0")


class Things:
    """Tells a thing from a name.

    Args:
        lists: names, and words.
    """

    def __init__(self, lists: NameLists) -> None:
        self._lists = lists

    def begin(self, text: str, start: int, end: int, kind: Entity) -> int:
        """Return where a finding begins without a salutation, or an article in small letters.

        The article of ordinary words is part of the name, and so is that of a title: `the Old Forge`, `the Duke of X`.
        """
        word = WORD.match(text, start, end)
        if word is None or text[word.end() : word.end() + 1] not in _BLANK:
            return start
        begin = min(int(word.end()) + 1, end)
        if bare(word.group()) in SALUTATIONS:
            return begin
        if word.group() not in _ARTICLES or kind is Entity.PERSON:
            return start
        words = _words(text[begin:end])
        return start if "of" in words or all(map(self._is_ordinary, words)) else begin

    def is_thing(self, piece: str, kind: Entity) -> bool:
        """Whether a finding, or a line of one, is words of a thing alone."""
        if is_everybodys(piece):
            return True
        if _NOT_IN_A_THING.search(piece) is not None:
            return False
        words = _words(piece)
        if len(words) > 1 and words[0] in _ARTICLES:
            del words[0]
        if not words or not all(map(self._is_ordinary, words)):
            return False
        if NOBODY.issuperset(words):
            return True
        if len(words) > 1:
            return self._are_things(words, kind)
        return self._is_lone_thing(piece, words[0], kind)

    def _is_lone_thing(self, piece: str, word: str, kind: Entity) -> bool:
        """Whether one word is a thing; a day is none with figures beside it."""
        can_name = self._lists.is_given(word) or self._lists.is_surname(word)
        if word in DAYS:
            return not any(map(str.isdigit, piece)) and not (can_name and kind is Entity.PERSON)
        if word in CONDITIONS or is_medical(word) or (word in ABBREVIATIONS and word not in self._lists.common):
            return True
        if can_name or word in BODIES or (kind is Entity.LOCATION and word in PLACES):
            return False
        return word in ROLES or (word in THINGS and kind is not Entity.PERSON)

    def _are_things(self, words: Sequence[str], kind: Entity) -> bool:
        """Whether several words are a thing by the one that says what it is."""
        if words[0] in TITLES or not NAMES.isdisjoint(words):
            return False
        if kind is Entity.PERSON:
            return not self._lists.is_given(words[0]) and _says_a_thing(words[-1])
        head = next((words[at - 1] for at in range(1, len(words)) if words[at] in _BEHIND), words[-1])
        if head in _COURT and COURTS.issuperset(words):
            return True
        if head in _DEPARTMENTS:
            return any(word in CONDITIONS or is_medical(word) for word in words)
        if head in BODIES or words[-1] in BODIES:
            return False
        is_body_with_a_role = head in ROLES and len(words) > MANY and not BODIES.isdisjoint(words)
        return _says_a_thing(head) and not is_body_with_a_role

    def _is_ordinary(self, word: str) -> bool:
        if word in self._lists.common or word in self._lists.known or word in _KINDS or is_medical(word):
            return True
        return "-" in word and all(self._is_ordinary(part) for part in word.split("-") if part)


def _says_a_thing(word: str) -> bool:
    return word in THINGS or word in ROLES or word in CONDITIONS or is_medical(word)


def _words(text: str) -> list[str]:
    return [bare(match.group()) for match in WORD.finditer(text)]
