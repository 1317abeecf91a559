"""What the model takes for a name and is a thing: `the Care Plan`, `Specialist Nurse`, `Ramipril`, `Family Court`.

A model that has read newspapers takes a capital for a name, and letters of offices, courts and wards write many words
with one. A finding of the model alone is let go where all its words are ordinary, none of them is what somebody is
called, and the one that says what it is names a kind of thing, a role, a condition or a medicine. What rules, lists of
names and the row itself find is not asked here.

A body's own name is often ordinary words too (`Sunrise Nursery`): one that ends with a kind of body stays masked, and
so does one of ordinary words that nothing says to be a thing (`Kingfisher`, `Home Start`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `lists`

from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import FOLDER, WORD, NameLists, bare
from anonymise.prose.words import GIVEN_THAT_ARE_WORDS, NOBODY, RANKS, STAFF

FILE: Final = "things.toml"
_LISTS: Final[dict[str, str]] = tomllib.loads(FOLDER.joinpath(FILE).read_text("utf-8"))


def _listed(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


THINGS: Final = _listed("things")
"""Kinds of things: a form, a plan, a test, a ward."""
ROLES: Final = _listed("roles")
"""Who does a work, and kin."""
BODIES: Final = _listed("bodies")
"""Kinds of bodies and houses that have names of their own."""
COURTS: Final = _listed("courts")
"""Words that say which court it is."""
ABBREVIATIONS: Final = _listed("abbreviations")
"""Services, tests, benefits and forms in short."""
DAYS: Final = _listed("days")
"""Days of the week, terms and feasts."""
CONDITIONS: Final = _listed("conditions")
"""Conditions, medicines in everyday use, branches of medicine."""
SALUTATIONS: Final = _listed("salutations")
"""What stands before the name of whom a letter is to."""
PLACES: Final = _listed("places")
"""Towns and districts that are words."""
NAMES: Final = GIVEN_THAT_ARE_WORDS - _listed("given_that_are_rather_words")
"""Words that somebody is called: several words with one of them stay masked."""
TITLES: Final = (RANKS | STAFF | frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "rev"))) - ROLES
"""Before a name, of whatever words."""
MANY: Final = 3
"""Words of a role that holds a kind of body; what is longer is a body with a role behind it."""

_ENDINGS: Final = regex.compile(
    rf"\p{{L}}{{3,}}(?:{'|'.join((_LISTS['medicine_endings'] + _LISTS['medical_endings']).split())})s?"
)
_KINDS: Final = THINGS | ROLES | ABBREVIATIONS | DAYS | BODIES | CONDITIONS | NOBODY
_DEPARTMENTS: Final = frozenset(("department", "departments"))
_COURT: Final = frozenset(("court", "courts", "chamber", "chambers", "division"))
_BEHIND: Final = frozenset(("of", "for", "with", "in", "to", "on", "at"))
"""Behind the word that says what a thing is: `Court of Protection`."""
_ARTICLES: Final = frozenset(("the", "a", "an"))
_NOT_IN_A_THING: Final = regex.compile(r"\d{3}|[@#_/]|(?<!\p{L})\p{Lu}(?=\.|\s?&)")
"""A number, an account, or initials."""
_BLANK: Final = (" ", "\u00a0")
_STRIPPED: Final = ".,:;!?()\"'"


class Things:
    """Tells a thing from a name.

    Args:
        lists: names, and words.
    """

    def __init__(self, lists: NameLists) -> None:
        self._lists = lists

    def names_in(
        self, text: str, start: int, end: int, kind: Entity, *, is_post: bool = False
    ) -> Iterator[tuple[int, int]]:
        """Yield what is left as a name of a finding of the model: the whole of it, or its lines that name.

        Args:
            text: what was read.
            start: of the finding.
            end: of the finding.
            kind: what the model takes it for.
            is_post: it stands in a post of social media, where ordinary words name bands, teams and papers.
        """
        if kind is Entity.ORGANISATION and is_post:
            if not is_nobody(text[start:end]):
                yield start, end
            return
        lines = [(self._begin(text, first, last, kind), last) for first, last in _lines(text, start, end)]
        named = [line for line in lines if line[0] < line[1] and not self._is_thing(text[slice(*line)], kind)]
        if named == lines and lines:
            yield lines[0][0], lines[-1][1]
        else:
            yield from named

    def _begin(self, text: str, start: int, end: int, kind: Entity) -> int:
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

    def _is_thing(self, piece: str, kind: Entity) -> bool:
        if is_nobody(piece):
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
        if word in CONDITIONS or _is_medical(word) or (word in ABBREVIATIONS and word not in self._lists.common):
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
            return any(word in CONDITIONS or _is_medical(word) for word in words)
        if head in BODIES or words[-1] in BODIES:
            return False
        is_body_with_a_role = head in ROLES and len(words) > MANY and not BODIES.isdisjoint(words)
        return _says_a_thing(head) and not is_body_with_a_role

    def _is_ordinary(self, word: str) -> bool:
        if word in self._lists.common or word in self._lists.known or word in _KINDS or _is_medical(word):
            return True
        return "-" in word and all(self._is_ordinary(part) for part in word.split("-") if part)


def is_nobody(text: str) -> bool:
    """Whether a finding is words of everybody's alone, or no words at all."""
    words = [word.strip(_STRIPPED) for word in text.casefold().split()]
    return all(word in NOBODY or not any(character.isalpha() for character in word) for word in words)


def _says_a_thing(word: str) -> bool:
    return word in THINGS or word in ROLES or word in CONDITIONS or _is_medical(word)


def _is_medical(word: str) -> bool:
    return _ENDINGS.fullmatch(word) is not None


def _words(text: str) -> list[str]:
    return [bare(match.group()) for match in WORD.finditer(text)]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a finding that stand on different lines, without blanks at their ends."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        first, last = start, stop
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield first, last
        start = stop + 1
