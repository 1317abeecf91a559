"""What a model takes for a name and is nobody's: roles, departments and procedures, illnesses, drugs and tests.

Letters are full of them in capitals: `Speech and Language Therapy`, `the Health Visitor`, `Bisoprolol`. A finding
of the model is passed over where each of its words is such a word; with a word that is not, it is a name and stays
whole (`Royal Derby Hospital`, `Brookmead Primary School`). Rules and lists do not ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `lists`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.lists import Ordinary, name_lists
from anonymise.prose.words import (
    ALL_SURNAMES_THAT_ARE_WORDS,
    GIVEN_THAT_ARE_WORDS,
    NAMES_THAT_ARE_WORDS,
    NOBODY,
    OF_MEDICINE,
    OF_WORK,
)

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'\u2019&-]*")
_LINE = regex.compile(r"\S[^\n]*(?<=\S)")
_LETTERED = regex.compile(r"[a-z]\d{0,2}")
_SMALL: Final = frozenset(
    ("of", "and", "the", "for", "a", "an", "to", "in", "on", "or", "with", "by", "our", "your", "per", "at", "no",
     "not", "s", "as", "behalf", "mg", "ml", "mcg", "kg", "units")
)  # fmt: skip
"""Words between them."""
_ROLES: Final = frozenset(
    ("dear", "patient", "client", "pupil", "student", "resident", "tenant", "occupier", "employee", "applicant",
     "appellant", "claimant", "respondent", "defendant", "neighbour", "daughter", "grandmother", "grandfather", "carer",
     "consultant", "midwife", "physiotherapist", "headteacher", "hca", "diagnosis", "present")
)  # fmt: skip
"""Words before a name that are no part of it; `Father Brown` and `Mother Teresa` are whole names."""
_NAMES: Final = NAMES_THAT_ARE_WORDS | ALL_SURNAMES_THAT_ARE_WORDS | GIVEN_THAT_ARE_WORDS
"""Words of trade that somebody is called too: of a person they are kept, and of anything else where nothing but
they stand there: `Ward`, `Nurse`."""


def somebodys(text: str, span: Span, *, is_post: bool = False) -> Iterator[Span]:
    """Yield of a finding of the model what names somebody or something: no line of roles, and no role before a name.

    Args:
        text: what was read.
        span: what the model found in it.
        is_post: a post of social media, where such words name teams and bands: they are kept there.
    """
    lines = list(_LINE.finditer(text, span.start, span.end))
    kept = [line for line in lines if not is_nobody(line.group(), span.entity, is_post=is_post)]
    if len(kept) == len(lines) > 1:
        yield span  # a name that goes on in the next line, as likely as two
        return
    for line in kept:
        start = line.start() if is_post or span.entity is not Entity.PERSON else _after_roles(text, *line.span())
        yield replace(span, start=start, end=line.end())


def is_nobody(text: str, entity: Entity, *, is_post: bool = False) -> bool:
    """Whether a finding names nobody and nothing by any of its words.

    Args:
        text: what was found.
        entity: what the model took it for.
        is_post: it stands in a post.
    """
    words = [word.strip(".,:;!?()\"'") for word in text.casefold().split()]
    if all(word in NOBODY or not any(character.isalpha() for character in word) for word in words):
        return True
    if is_post:
        return False
    said = [word.replace("\u2019", "'") for word in _WORD.findall(text.casefold())]
    is_medical = any(word in OF_MEDICINE for word in said)
    if is_medical:  # `Hepatitis B`, `vitamin D`
        said = [word for word in said if _LETTERED.fullmatch(word) is None]
    if not all(map(is_common, said)) or any(map(_is_a_name, said)):
        return False
    of_trade = [word for word in said if word not in _SMALL and not word.isdecimal()]
    if entity is Entity.PERSON and (len(of_trade) == 1 or not _NAMES.isdisjoint(said)):
        return is_medical and _NAMES.isdisjoint(said)
    return any(word not in _NAMES for word in of_trade)


def _after_roles(text: str, start: int, end: int) -> int:
    """Return where a name begins behind words of roles: `Patient Joan`, `Dear Dr Okafor`."""
    begins = start
    for word, following in pairwise(_WORD.finditer(text, start, end)):
        if word.group().casefold() not in _ROLES or not following.group()[0].isupper():
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
        word in _SMALL
        or word.isdecimal()
        or word in NOBODY
        or _is_word_of_trade(word)
        or ("-" in word and all(is_common(part) for part in word.split("-") if part))
    )


def _is_word_of_trade(word: str) -> bool:
    return word in OF_MEDICINE or word in OF_WORK
