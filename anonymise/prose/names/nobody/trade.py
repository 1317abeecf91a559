"""Findings of nothing but words of a trade: roles, departments and procedures, illnesses, drugs and tests.

Letters are full of them in capitals: `Speech and Language Therapy`, `the Health Visitor`, `Bisoprolol`. With a word
that is none of them a finding is a name and stays whole (`Royal Derby Hospital`, `Brookmead Primary School`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, name_lists
from anonymise.prose.lists.words import ALL_SURNAMES_THAT_ARE_WORDS, GIVEN_THAT_ARE_WORDS, NAMES_THAT_ARE_WORDS
from anonymise.prose.names.nobody.words import BEFORE_A_NAME, BETWEEN, NOBODY, OF_MEDICINE, OF_WORK

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'\u2019&-]*")
_LETTERED = regex.compile(r"[a-z]\d{0,2}")
_NAMES: Final = NAMES_THAT_ARE_WORDS | ALL_SURNAMES_THAT_ARE_WORDS | GIVEN_THAT_ARE_WORDS
"""Words of trade that somebody is called too: of a person they are kept, and of anything else where nothing but
they stand there: `Ward`, `Nurse`."""


def is_of_trade(text: str, kind: Entity) -> bool:
    """Whether a finding names nobody and nothing by any of its words.

    Args:
        text: what was found.
        kind: what the model took it for.
    """
    said = [word.replace("\u2019", "'") for word in _WORD.findall(text.casefold())]
    is_medical = any(word in OF_MEDICINE for word in said)
    if is_medical:  # `Hepatitis B`, `vitamin D`
        said = [word for word in said if _LETTERED.fullmatch(word) is None]
    if not all(map(is_common, said)) or any(map(_is_a_name, said)):
        return False
    of_trade = [word for word in said if word not in BETWEEN and not word.isdecimal()]
    if kind is Entity.PERSON and (len(of_trade) == 1 or not _NAMES.isdisjoint(said)):
        return is_medical and _NAMES.isdisjoint(said)
    return any(word not in _NAMES for word in of_trade)


def after_roles(text: str, start: int, end: int) -> int:
    """Return where a name begins behind words of roles: `Patient Joan`, `Dear Dr Okafor`."""
    begins = start
    for word, following in pairwise(_WORD.finditer(text, start, end)):
        if word.group().casefold() not in BEFORE_A_NAME or not following.group()[0].isupper():
            break
        begins = following.start()
    return int(begins)


def _is_a_name(word: str) -> bool:
    """Whether a list holds the word as somebody's name and dictionaries hardly hold it: `Ana`, `Gord`."""
    lists = name_lists()
    return lists.ordinary(word) > Ordinary.COMMON and (lists.is_given(word) or lists.is_surname(word))


def is_common(word: str) -> bool:
    """Whether a word in small letters stands in names of roles, departments, illnesses and drugs, or between them."""
    return (
        word in BETWEEN
        or word.isdecimal()
        or word in NOBODY
        or _is_word_of_trade(word)
        or ("-" in word and all(is_common(part) for part in word.split("-") if part))
    )


def _is_word_of_trade(word: str) -> bool:
    return word in OF_MEDICINE or word in OF_WORK
