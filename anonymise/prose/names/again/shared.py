"""Names from text to text: who is named in one document of somebody's is often named in the others.

A model that reads `Mr Kwame Boateng` in one note may miss `kwame boateng again` in the next one. What is carried over
is a name in full, or one that is no English word: less would mask words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, NameLists, Ordinary, bare
from anonymise.prose.names.again.repeated import find_repeated
from anonymise.prose.names.nobody.words import NOBODY

SHARED: Final = 0.53
"""Score: above a part of a name that stands again, below what found the name."""
MOST: Final = 500
"""Names of a unit that are carried over; a unit with more is no person or household."""
SHORTEST: Final = 4
"""Letters of the shortest name of one word that is carried over."""
GUESSED: Final = 0.5
"""Score of the model: a lone word that it alone takes for a name must be on a list as well."""
_BETWEEN: Final = frozenset(" \n.,-'\u2019")
_APART: Final = 2
"""Most signs between two words of a name."""
_Phrase = tuple[str, ...]


def find_shared(
    texts: Sequence[str], found: Sequence[Sequence[Span] | None], units: Sequence[Hashable], lists: NameLists
) -> list[list[Span]]:
    """Return for each text where names stand that were found in other texts of its unit.

    Args:
        texts: cleaned texts.
        found: what was found in each; None where it could not be searched.
        units: of each text; None where it has none.
        lists: tell names from words.
    """
    by_unit: dict[Hashable, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        if unit is not None and found[place] is not None:
            by_unit[unit].append(place)
    more: list[list[Span]] = [[] for _ in texts]
    for places in by_unit.values():
        if len({texts[place] for place in places}) < 2:  # noqa: PLR2004 - no other text
            continue
        phrases = dict.fromkeys(
            phrase for place in places for phrase in _phrases(texts[place], found[place] or (), lists)
        )
        begun: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in list(phrases)[:MOST]:
            begun[phrase[0]].append(phrase)
        for place in places if begun else ():
            own = list(_standing(texts[place], begun, lists))
            more[place] = [*own, *find_repeated(texts[place], own, lists)] if own else []
    return more


def _phrases(text: str, spans: Iterable[Span], lists: NameLists) -> Iterator[_Phrase]:
    for span in spans:
        if span.entity is not Entity.PERSON:
            continue
        words = [bare(match.group()) for match in WORD.finditer(text, span.start, span.end)]
        name = tuple(word for word in words if word not in NOBODY and len(word) > 1)
        if len(name) > 1 and (not _are_words(name, lists) or (lists.is_given(name[0]) and lists.is_surname(name[-1]))):
            yield name
        for word in name:
            is_listed = lists.is_given(word) or lists.is_surname(word) or (len(name) == 1 and span.score > GUESSED)
            if len(word) >= SHORTEST and is_listed and lists.ordinary(word) is Ordinary.NEVER:
                yield (word,)


def _are_words(name: _Phrase, lists: NameLists) -> bool:
    """Whether a name is English words alone: `Mark Wood` is looked for with capitals."""
    return all(lists.ordinary(word) is Ordinary.COMMON for word in name)


def _standing(text: str, begun: dict[str, list[_Phrase]], lists: NameLists) -> Iterator[Span]:
    words = [(match.start(), match.end(), bare(match.group())) for match in WORD.finditer(text)]
    for place, (start, _, word) in enumerate(words):
        for phrase in begun.get(word, ()):
            there = words[place : place + len(phrase)]
            if tuple(one for _, _, one in there) != phrase or not _adjoin(text, there):
                continue
            if all(text[at].isupper() for at, _, _ in there) or not _are_words(phrase, lists):
                yield Span(start, there[-1][1], Entity.PERSON, SHARED)


def _adjoin(text: str, words: Sequence[tuple[int, int, str]]) -> bool:
    gaps = (text[left[1] : right[0]] for left, right in pairwise(words))
    return all(len(gap) <= _APART and _BETWEEN.issuperset(gap) for gap in gaps)
