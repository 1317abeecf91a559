"""Words by which a finding of the model is told from a name, from `words.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.lists.words import GIVEN_THAT_ARE_WORDS, RANKS, STAFF

_LISTS: Final[dict[str, str]] = tomllib.loads(
    resources.files("anonymise.prose.names.nobody").joinpath("words.toml").read_text("utf-8")
)


def _listed(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


NOBODY: Final = _listed("nobody")
"""What NER takes for an organisation or a name, and is everybody's."""
OF_WORK: Final = _listed("of_work")
"""Roles, departments and procedures of agencies, schools and courts; none of them is what one of them is called by."""
OF_MEDICINE: Final = _listed("of_medicine")
"""Illnesses, parts of the body, specialties, tests and drugs."""
BETWEEN: Final = _listed("between")
"""Words between them."""
BEFORE_A_NAME: Final = _listed("before_a_name")
"""Roles before a name that are no part of it."""
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

_ENDINGS: Final = regex.compile(
    rf"\p{{L}}{{3,}}(?:{'|'.join((_LISTS['medicine_endings'] + _LISTS['medical_endings']).split())})s?"
)


def is_medical(word: str) -> bool:
    """Whether a word in small letters ends as medicines, conditions and tests do."""
    return _ENDINGS.fullmatch(word) is not None
