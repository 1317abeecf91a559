"""Two names that are words, with a verb of what somebody does to somebody between: `MARK HIT BILL`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import NameLists, Ordinary
from anonymise.prose.lists.words import GIVEN_THAT_ARE_WORDS
from anonymise.prose.names.placed.beside import MODALS
from anonymise.prose.names.placed.standing import SHORTEST, Word, begins, ends

HARMED: Final = 0.55
"""Score: as a name that a list knows."""
_PRESENT_TOO: Final = frozenset(("hit", "hurt"))
"""What may stand behind `will` and `may`."""
_VERBS: Final = _PRESENT_TOO | frozenset(
    ("punched", "slapped", "kicked", "pushed", "shoved", "bit", "stabbed", "grabbed", "strangled", "choked", "attacked",
     "assaulted", "threatened", "harassed", "followed", "robbed", "raped", "groomed", "bullied", "told", "asked",
     "phoned", "texted", "emailed", "visited", "collected", "met", "hugged", "comforted", "blamed", "accused",
     "reported", "divorced", "married")
)  # fmt: skip
_GOES_ON: Final = frozenset(
    ("to", "that", "with", "in", "on", "and", "because", "again", "by", "at", "when", "while", "after", "before",
     "then", "he", "she", "they", "not", "over", "twice", "repeatedly", "about", "for", "from", "who", "but")
)  # fmt: skip
"""What follows a name there, and seldom the first half of a noun."""


def find_harmed(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Span]:
    """Yield both names where one begins a clause and the other stands behind the verb.

    Args:
        text: cleaned text.
        words: its words.
        lists: tell names from words.
    """
    for place in range(1, len(words) - 1):
        if words[place].bare in _VERBS and _are_people(text, words, place, lists):
            for word in (words[place - 1], words[place + 1]):
                yield Span(word.start, word.end, Entity.PERSON, HARMED)


def _are_people(text: str, words: Sequence[Word], place: int, lists: NameLists) -> bool:
    who, verb, whom = words[place - 1 : place + 2]
    return (
        text[who.end : verb.start] == text[verb.end : whom.start] == " "
        and begins(text, who.start)
        and who.capital is whom.capital
        and _is_name(who, lists)
        and _is_name(whom, lists)
        and (who.bare not in MODALS or verb.bare not in _PRESENT_TOO)
        and (ends(text, whom.end) or (place + 2 < len(words) and words[place + 2].bare in _GOES_ON))
    )


def _is_name(word: Word, lists: NameLists) -> bool:
    if len(word.bare) < SHORTEST:
        return False
    return word.bare in GIVEN_THAT_ARE_WORDS or (
        lists.is_given(word.bare) and lists.ordinary(word.bare) > Ordinary.COMMON
    )
