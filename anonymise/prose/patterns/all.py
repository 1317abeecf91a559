"""Every pattern of the lab's own."""

from __future__ import annotations

from typing import Final

from anonymise.prose.patterns.ages import AGES
from anonymise.prose.patterns.cases import CASES
from anonymise.prose.patterns.days import DAYS
from anonymise.prose.patterns.numbers import NUMBERS
from anonymise.prose.patterns.organisations import ORGANISATIONS
from anonymise.prose.patterns.parties import PARTIES
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.prose.patterns.people import PEOPLE
from anonymise.prose.patterns.person_numbers import PERSON_NUMBERS
from anonymise.prose.patterns.places import PLACES
from anonymise.prose.patterns.positions import POSITIONS
from anonymise.prose.patterns.spoken import SPOKEN_NUMBERS
from anonymise.prose.patterns.vehicles import VEHICLES

PATTERNS: Final[tuple[TextPattern, ...]] = (
    *PERSON_NUMBERS,
    *CASES,
    *VEHICLES,
    *NUMBERS,
    *SPOKEN_NUMBERS,
    *DAYS,
    *AGES,
    *POSITIONS,
    *PLACES,
    *ORGANISATIONS,
    *PEOPLE,
    *PARTIES,
)
