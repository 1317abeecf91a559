"""Given names that are words, told by labels and kin: `CALLER: FAITH`, `- Hope (mother)`, `Will: I told him`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.words import (
    ALL_SURNAMES_THAT_ARE_WORDS,
    GIVEN_THAT_ARE_WORDS,
    NAMES_OF_INSTITUTIONS,
    NAMES_THAT_DESCRIBE,
)
from anonymise.prose.names.placed.beside import MONTHS
from anonymise.prose.names.placed.standing import SHORTEST, Word, begins, ends

LABELLED: Final = 0.55
"""Score: as a name that a list knows."""
_LOOK: Final = 28
"""Characters before a name in which its label is looked for."""
_LABEL = regex.compile(
    r"(?<!\p{L})(?:caller|informant|name|forenames?|first\sname|complainant|interviewee|completed\sby|reported\sby|"
    r"recorded\sby|written\sby|signed)\s?(?::|\s[-\u2013])\s$",
    flags=regex.IGNORECASE,
)
"""Before a name, and before no description."""
_LABEL_OF_KIN = regex.compile(
    r"(?<!\p{L})(?:mother|mum|father|dad|sister|brother|aunt|uncle|partner|sibling|child|baby|witness|victim|suspect|"
    r"patient|client|pupil|nok|next\sof\skin|carer|neighbour|friend|worker|allocated\sto)\s?:\s$",
    flags=regex.IGNORECASE,
)
"""Before a name with a capital, unless the name describes somebody too."""
_KIN = regex.compile(
    r"\s\((?:(?:step|half|foster|birth|maternal|paternal|older|younger|his|her|their|the)[\s-]?)*(?:mother|mum|father|dad|sister|"
    r"brother|aunt|auntie|uncle|nan|gran|grandmother|grandfather|cousin|partner|wife|husband|daughter|son|niece|nephew|"
    r"girlfriend|boyfriend|neighbour|carer|mgm|mgf|pgm|pgf|nok)(?:\)|,|\s)",
    flags=regex.IGNORECASE,
)
_SPEAKS = regex.compile(
    r":\s[\"'\u2018\u201c]?I\s(?:told|said|saw|went|was|did|didn't|don't|can't|never|have|had|know|think|am|got|want)\b"
)
_WAS = regex.compile(
    r"(?<!\p{L})(?:(?:witness|victim|suspect|caller|informant|complainant|offender|driver|passenger)\s(?:is|was)(?:\scalled)?"
    r"|names?\s(?:is|was)|(?:is|was|girl|boy|man|woman|lady|someone|somebody)\s(?:called|named))\s$",
    flags=regex.IGNORECASE,
)
_ALSO_SAID_OF_SOMEBODY: Final = NAMES_THAT_DESCRIBE.difference(("hope",)) | frozenset(
    ("innocent", "bright", "precious", "junior", "sunny", "sandy", "rusty", "rocky", "marvellous", "frank", "sage",
     "drew", "mark", "will", "grant", "rob", "bill", "pat", "dawn", "fern", "olive", "ivory", "hazel", "ginger",
     "king", "prince", "princess", "dean", "duke", "guy", "buddy", "hunter", "turner", "parker", "cooper", "tanner",
     "honour", "success", "max", "earl", "eden", "honey")
)  # fmt: skip
_TOLD = regex.compile(
    r"(?<!\p{L})(?:told|asked|phoned|texted|emailed|spoke(?:n)?\s(?:to|with)|talked\s(?:to|with))\s$",
    flags=regex.IGNORECASE,
)
_VISITED = regex.compile(
    r"(?<!\p{L})(?:visits?\sto|calls?\s(?:to|from)|letters?\s(?:to|from)|texts?\s(?:to|from)|emails?\s(?:to|from)|contact\swith|"
    r"saw|met|visited|statement\sfrom)\s$",
    flags=regex.IGNORECASE,
)
_PLACES: Final = NAMES_OF_INSTITUTIONS | frozenset(
    ("street", "streets", "close", "hill", "hills", "lane", "wood", "woods", "green", "field", "fields", "heath",
     "grove", "groves", "cross", "meadow", "meadows", "ford", "marsh", "farm", "cliff", "bay", "lake", "lakes", "water",
     "waters", "walk", "well", "wells", "view", "point", "gate", "gates", "north", "south", "east", "west", "day",
     "wing", "tree", "oak", "oaks", "holiday", "term", "ridge", "spring", "springs", "forest", "beach", "parish",
     "bush", "flower", "flowers", "bank", "side", "sale", "ball", "show", "fair", "moor", "moors", "way", "end")
)  # fmt: skip
_SEEN_LATER = regex.compile(
    r"\swas\s(?:arrested|detained|charged|interviewed|cautioned|bailed)\b", flags=regex.IGNORECASE
)
_DESCRIBING: Final = frozenset(("happy", "lucky", "lovely"))
"""Given names of West Africa that describe; only what the police do says that they are names."""


def find_labelled(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """Yield given names that are words where a label, kin, a speech or another name says so.

    Args:
        text: cleaned text.
        words: its words.
    """
    for place, word in enumerate(words):
        if word.bare in _DESCRIBING and word.capital and begins(text, word.start):
            if _SEEN_LATER.match(text, word.end) is not None:
                yield Span(word.start, word.end, Entity.PERSON, LABELLED)
        elif word.bare in GIVEN_THAT_ARE_WORDS and len(word.bare) >= SHORTEST:
            last = _last(text, words, place)
            if last is not None:
                yield from (Span(one.start, one.end, Entity.PERSON, LABELLED) for one in last)


def _last(text: str, words: Sequence[Word], place: int) -> Sequence[Word] | None:
    """Return the words that are names there, of which the first is the word itself."""
    word = words[place]
    before = text[max(0, word.start - _LOOK) : word.start]
    if word.capital and (_KIN.match(text, word.end) is not None or _is_speaker(text, word)):
        return (word,)
    if ends(text, word.end) and _is_labelled(word, before):
        return (word,)
    if place + 1 < len(words) and text[word.end : words[place + 1].start] == " ":
        return _are_told(text, words, place, before)
    return None


def _is_speaker(text: str, word: Word) -> bool:
    at_head = word.start == 0 or text[word.start - 1] == "\n"
    return at_head and _SPEAKS.match(text, word.end) is not None


def _is_labelled(word: Word, before: str) -> bool:
    if _LABEL.search(before) is not None:
        return True
    if word.bare in _ALSO_SAID_OF_SOMEBODY:
        return False
    return (word.capital and _LABEL_OF_KIN.search(before) is not None) or _WAS.search(before) is not None


def _are_told(text: str, words: Sequence[Word], place: int, before: str) -> Sequence[Word] | None:
    """Return two names behind `told` or `visit to`: `told art and gene`, `VISIT TO HOPE WINTER`."""
    word, second = words[place], words[place + 1]
    is_told = _TOLD.search(before) is not None
    if word.capital is not second.capital and second.bare != "and":
        return None
    if second.bare == "and" and is_told and place + 2 < len(words):
        third = words[place + 2]
        joined = text[second.end : third.start] == " " and ends(text, third.end)
        is_pair = third.bare in GIVEN_THAT_ARE_WORDS and third.capital is word.capital
        return (word, third) if joined and is_pair else None
    is_surname = second.bare in ALL_SURNAMES_THAT_ARE_WORDS and second.bare not in _PLACES and word.bare not in MONTHS
    is_visited = word.capital and _VISITED.search(before) is not None
    return (word, second) if is_surname and is_visited else None
