"""Word lists of redaction, from `words.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

_LISTS: Final[dict[str, str]] = tomllib.loads(
    resources.files("anonymise.prose.lists").joinpath("words.toml").read_text("utf-8")
)

NAMES_THAT_ARE_WORDS: Final = frozenset(_LISTS["names_that_are_words"].split())
"""Names that are English words too."""
SURNAMES_THAT_ARE_WORDS: Final = frozenset(_LISTS["surnames_that_are_words"].split())
"""Surnames that are English words too, and no words that follow a name in a sentence: `wood`, not `read` or `will`."""
GROUPS: Final = frozenset(_LISTS["groups"].split())
"""Faiths and peoples that lists of names hold, and that are nobody's name when they stand alone."""
GROUPS_THAT_ARE_NAMES: Final = frozenset(_LISTS["groups_that_are_names"].split())
"""And such that somebody is called too: the words around say which."""
ROADS_DESCRIBED: Final = frozenset(_LISTS["roads_described"].split())
"""Words that say which road it is, and are no name of one."""
PLACES_DESCRIBED: Final = frozenset(_LISTS["places_described"].split())
"""Words with which no shop's or school's own name begins in small letters."""
MORE_SURNAMES_THAT_ARE_WORDS: Final = frozenset(_LISTS["more_surnames_that_are_words"].split())
"""Surnames that are words and may well be one behind a name too: `may`, `hope`, `best`."""
ALL_SURNAMES_THAT_ARE_WORDS: Final = SURNAMES_THAT_ARE_WORDS | MORE_SURNAMES_THAT_ARE_WORDS
"""Both: where one stands has to say that it is a name."""
GIVEN_THAT_ARE_WORDS: Final = frozenset(_LISTS["given_that_are_words"].split())
"""Given names that are words."""
NAMES_THAT_DO: Final = frozenset(_LISTS["names_that_do"].split())
"""Names that are verbs and adverbs as well."""
NAMES_THAT_DESCRIBE: Final = frozenset(_LISTS["names_that_describe"].split())
"""Names that describe as well, before `to review`."""
NAMES_OF_INSTITUTIONS: Final = frozenset(_LISTS["names_of_institutions"].split())
"""Names that are words for places of work and for those who work there."""
STAFF: Final = frozenset(_LISTS["staff"].split())
"""Short words for staff, before a name."""
AFTER_A_PERSON: Final = tuple(_LISTS["after_a_person"].split())
"""What people alone do, as patterns; `_` stands for a blank."""
RANKS: Final = frozenset(_LISTS["ranks"].split())
"""Ranks and roles of the police."""
