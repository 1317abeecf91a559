"""Ages over 89 beside names that were found: `Mrs Pratt (94)`, `Joan Pratt, 91, of Hull`, `Joan is 97`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.patterns.ages import ABOUT, GOES_ON, OLD

AGED: Final = 0.7
"""Score, as of an age by its pattern."""
_BEGINS: Final = frozenset(" \u00a0,'\u2019")
_BEHIND = regex.compile(
    rf"\s\(\K{OLD}(?=\))|,\s\K{OLD}(?=,\s|[.;)]|$)|(?:['\u2019]s|\sis|\swas)\s{ABOUT}\K{OLD}{GOES_ON}|"
    rf",?\s\K{OLD}(?=\s?(?:years?|yrs?)\b)"
)


def find_ages(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """Yield ages that stand behind names of people.

    Args:
        text: cleaned text.
        found: what was found in it so far.
    """
    for end in {span.end for span in found if span.entity is Entity.PERSON}:
        if text[end : end + 1] in _BEGINS and (match := _BEHIND.match(text, end)):
            yield Span(match.start(), match.end(), Entity.AGE, AGED)
