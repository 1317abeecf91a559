"""A word that is a name for what announces it, or for what follows: `rn wood`, `updated by Best.`, `Gale agrees`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymise.prose.lists.words import (
    GIVEN_THAT_ARE_WORDS,
    NAMES_OF_INSTITUTIONS,
    NAMES_THAT_DESCRIBE,
    NAMES_THAT_DO,
    RANKS,
)
from anonymise.prose.names.placed.beside import MEETS, MODALS, MONTHS, SEASONS, is_loud, is_to_do, states
from anonymise.prose.names.placed.standing import (
    Word,
    begins,
    does,
    ends,
    is_aged,
    is_in_brackets_aged,
    is_introduced,
    is_somebody,
    is_titled,
    word_before,
)

_SUBJECTS: Final = frozenset(("pt", "ip", "ap"))
"""Patient, injured and aggrieved party: before a name, and before all that they do."""
_SUBJECTS_TAUGHT: Final = frozenset(("art",))
_SHORT_RANKS: Final = RANKS.difference(("constable", "sergeant", "inspector", "superintendent", "detective", "officer"))
"""Ranks before which no place of work stands: `custody sergeant court`, and not `pc ward 3312`."""
_TELLING: Final = frozenset(
    ("consent", "obtained", "call", "calls", "spoke", "spoken", "statement", "text", "letter", "referral", "email",
     "discussed", "discussion", "conversation", "message", "voicemail", "visit", "contact", "information", "info",
     "account", "handover", "handed", "history", "hx", "t/c", "tc", "reported", "disclosed", "talked", "met", "texts",
     "agreed", "apologised", "explained", "belongs", "belonging", "lives", "living", "staying", "argument",
     "altercation", "fight")
)  # fmt: skip
"""With `from`, `to` or `with` behind, before the name of a person."""
_NOT_DONE_BY: Final = frozenset(
    ("hand", "hands", "day", "night", "rain", "storm", "road", "court", "post", "law", "fire", "water", "land", "west",
     "north", "south", "east", "rust", "frost", "snow", "church", "force", "bush", "rail", "flood", "ward")
)  # fmt: skip
"""What something may be done by, and be no person."""


def is_announced(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a rank, a role or what was done says that the word is a name."""
    word, before = words[place], word_before(text, words, place)
    is_marked = is_somebody(text, word.end) or does(text, word.end)
    if word.bare in NAMES_OF_INSTITUTIONS or not before:
        return _is_officer(text, word, before, is_marked=is_marked) or _is_with(text, word)
    stands_out = word.capital and not is_loud(text, words, place)
    if before == "by":
        return word.bare not in _NOT_DONE_BY and _did(text, words, place, stands_out=stands_out, is_marked=is_marked)
    if is_titled(text, words, place):
        is_noun = word.bare not in NAMES_THAT_DO and word.bare not in NAMES_THAT_DESCRIBE
        return is_noun or is_marked or ends(text, word.end)
    if before in _SUBJECTS:
        is_large = text[word.start : word.end].isupper() and word.bare not in MODALS
        return is_marked or (stands_out and (is_large or word.bare not in NAMES_THAT_DO))
    if is_introduced(text, words, place):
        is_given = is_marked and word.bare in GIVEN_THAT_ARE_WORDS
        return is_given or (stands_out and not words[place - 1].capital)
    return stands_out and _is_told(text, words, place, is_marked=is_marked)


def _is_told(text: str, words: Sequence[Word], place: int, *, is_marked: bool) -> bool:
    """Whether a word with a capital is somebody who is told or met: `told HOPE`, `consent obtained from Summer`."""
    word, before = words[place], word_before(text, words, place)
    is_large = text[word.start : word.end].isupper()
    if before in MEETS:
        return is_large or is_marked or _is_met(text, words, place)
    is_told = before in ("from", "to", "with") and place > 1 and words[place - 2].bare in _TELLING
    return is_told and (is_large or word.bare not in MONTHS or word.bare in SEASONS)


def _is_met(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a capital alone in a clause makes a given name of the word behind `saw`: `saw Drew hit`, `told Harry`."""
    bare, is_alone = words[place].bare, not (words[place - 1].capital or _is_capital_behind(text, words, place))
    return is_alone and bare in GIVEN_THAT_ARE_WORDS.difference(_SUBJECTS_TAUGHT, MONTHS)


def _is_officer(text: str, word: Word, rank: str, *, is_marked: bool) -> bool:
    """Whether a word for a place of work is somebody's name behind a short rank: `pc ward 3312`."""
    return rank in _SHORT_RANKS and (is_marked or ends(text, word.end) or states(text, word.end))


def _is_with(text: str, word: Word) -> bool:
    """Whether `with` stands in shorthand before a given name: `spoke w/ Will`."""
    is_given = word.capital and word.bare in GIVEN_THAT_ARE_WORDS.difference(NAMES_OF_INSTITUTIONS)
    return is_given and text[max(0, word.start - 4) : word.start].casefold().lstrip() in ("w/ ", "w/")


def _did(text: str, words: Sequence[Word], place: int, *, stands_out: bool, is_marked: bool) -> bool:
    """Whether the word behind `by` did something: `updated by Best.`, and neither `by May` nor `by West Lane`."""
    word = words[place]
    if stands_out:
        is_time = word.bare in MONTHS and not does(text, word.end)
        is_season = word.bare in SEASONS and ends(text, word.end)
        return not _is_capital_behind(text, words, place) and (not is_time or is_season)
    is_done = place > 1 and words[place - 2].bare.endswith(("ed", "en"))
    return is_done and (ends(text, word.end) or is_marked) and word.bare not in MONTHS


def stands_alone(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether a word at the head of a clause is followed by an age, or by what people alone do."""
    word = words[place]
    if word.bare in NAMES_OF_INSTITUTIONS:
        return False
    if word.capital and word.bare in GIVEN_THAT_ARE_WORDS.difference(MONTHS) and is_in_brackets_aged(text, word.end):
        return True
    if begins(text, word.start):
        return (
            is_aged(text, word.end)
            or does(text, word.end)
            or (word.bare not in NAMES_THAT_DESCRIBE and is_to_do(text, word.end))
        )
    after_comma = text[max(0, word.start - 2) : word.start] == ", "
    return after_comma and (word.bare not in NAMES_THAT_DESCRIBE and is_to_do(text, word.end))


def _is_capital_behind(text: str, words: Sequence[Word], place: int) -> bool:
    return (
        place + 1 < len(words) and words[place + 1].capital and text[words[place].end : words[place + 1].start] == " "
    )
