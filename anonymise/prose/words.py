"""Word lists of redaction, from `words.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

_LISTS: Final[dict[str, str]] = tomllib.loads(
    resources.files("anonymise.prose").joinpath("words.toml").read_text("utf-8")
)

NAMES_THAT_ARE_WORDS: Final = frozenset(_LISTS["names_that_are_words"].split())
"""Names that are English words too."""
NOBODY: Final = frozenset(_LISTS["nobody"].split())
"""What NER takes for an organisation or a name, and is everybody's."""
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
