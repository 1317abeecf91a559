"""Lists of names of many countries, and of English words, by which a name is told from a word.

`given.txt` and `surnames.txt` come of Faker and of the census of the United States, `common_words.txt`,
`known_words.txt` and `names_in_dictionaries.txt` of SCOWL (NOTICE); `benchmarks/deidentify/name_lists.py` makes them.
Of British communities those sources know some well and others hardly: `given_in_britain.txt` and
`surnames_in_britain.txt`, written by hand, hold common names of Wales and Scotland, of South Asian, African, Kurdish,
Afghan, Chinese, East European, Gypsy, Roma, Irish Traveller and other families that they lack; `vietnamese.toml`, by
hand too, holds parts of Vietnamese names. What all of them lack is measured by group in the evidence.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Final

import regex  # type: ignore[import-untyped]  # Presidio's own engine: letters of every alphabet

FOLDER: Final = resources.files("anonymise.prose.lists")

COMPASS: Final = frozenset(("north", "south", "east", "west"))
"""Each of them is somebody's name, and two of them are nobody's: `north-west`."""
WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}'\u2019\-]*")
"""A word that a name can be: letters and marks, apostrophes and hyphens after the first letter."""


class Ordinary(IntEnum):
    """How far a name is an English word as well."""

    COMMON = 0
    """Everybody uses the word: `will`, `rose`, `field`."""
    RARE = 1
    """Dictionaries hold it: `john`, `jimmy`, `nelly`."""
    NEVER = 2
    """It is a name and nothing else."""


@dataclass(frozen=True, slots=True)
class NameLists:
    """What a word can be."""

    given: frozenset[str]
    surnames: frozenset[str]
    common: frozenset[str]
    rare: frozenset[str]
    """Names that dictionaries hold as words."""
    known: frozenset[str] = frozenset()
    """Less common words of dictionaries, names left out."""

    def ordinary(self, word: str) -> Ordinary:
        """Say how far a word in small letters is English."""
        if word in self.common:
            return Ordinary.COMMON
        return Ordinary.RARE if word in self.rare else Ordinary.NEVER

    def is_given(self, word: str) -> bool:
        """Whether a word in small letters is a given name; of a hyphened one a part must be, and none just a word."""
        if "-" not in word:
            return word in self.given
        parts = word.split("-")
        if COMPASS.issuperset(parts) or parts[0] == "x":  # an X-ray
            return False
        return any(part in self.given for part in parts) and not any(
            part in self.common and part not in self.given for part in parts
        )

    def is_surname(self, word: str) -> bool:
        """Whether a word in small letters is a surname; of a hyphened one any part must be one."""
        return word in self.surnames or ("-" in word and any(part in self.surnames for part in word.split("-")))


@cache
def name_lists() -> NameLists:
    """Read the lists, once a process: some 15 MB."""
    return NameLists(
        given=_read("given") | _read("given_in_britain"),
        surnames=_read("surnames") | _read("surnames_in_britain"),
        common=_read("common_words"),
        rare=_read("names_in_dictionaries"),
        known=_read("known_words"),
    )


def bare(word: str) -> str:
    """Return a word as the lists hold it: in small letters, with a straight apostrophe, without accent or possessive.

    The lists hold every name without its accents as well: `nguyen` finds `Nguyễn`.
    """
    small = word.casefold().replace("\u2019", "'").removesuffix("'s").rstrip("'")
    if small.isascii():
        return small
    return "".join(one for one in unicodedata.normalize("NFD", small) if not unicodedata.combining(one))


def _read(name: str) -> frozenset[str]:
    return frozenset(FOLDER.joinpath(f"{name}.txt").read_text("utf-8").split())
