"""Every pattern of the lab's own."""

from __future__ import annotations

from typing import Final

from anonymise.prose.patterns.numbers import NUMBERS
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.prose.patterns.people import PEOPLE
from anonymise.prose.patterns.places import PLACES

PATTERNS: Final[tuple[TextPattern, ...]] = (*NUMBERS, *PLACES, *PEOPLE)
