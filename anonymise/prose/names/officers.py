"""Numbers of officers beside names that were found: `Skye Bishop 5236 attended`, `ps 2512 evie updated`.

A rank before a number says whose it is (`patterns.cases`); often there is none, and the number stands behind a name
alone. Three to five digits there are an officer's unless what follows counts or times something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.words import RANKS, STAFF
from anonymise.prose.names.recorded.near import is_slip

NUMBERED: Final = 0.68
"""Score: above the model's and the lists', which take the number for part of the name."""
_SHORTEST_TYPED: Final = 4
"""Letters of the shortest rank that is known with a slip of the keyboard too: `psco`."""
_TYPED_BACKWARDS: Final = frozenset(("pc", "dc", "ps", "ds"))
_WINDOW: Final = 40
"""Most characters before a name in which its rank is looked for."""
_COUNTED: Final = (
    r"hours?|hrs?|h|am|pm|m[gl]|mcg|kg|g|cm|mm|km|m|miles?|ft|feet|lbs?|pounds?|pence|p|k|quid|grand|euros?|dollars?|"
    r"units?|kcals?|calories|steps|times|days?|weeks?|months?|years?|yrs?|minutes?|mins?|people|others|per|percent|bpm|"
    r"metres?|meters?|yards?|words|points|votes|copies|shares|friends|followers|texts?|messages|calls|cigarettes|pages"
)
_BEHIND = regex.compile(
    rf"\s\(?#?\K(\d{{3,5}})\b(?![./:,\u2013-]\d|[/:%\u00b0]|-\w|\s(?:{_COUNTED})\b)", flags=regex.IGNORECASE
)
_BEFORE = regex.compile(r"(?<![\w'-])(\p{L}{2,14})\.?\s#?(\d{2,6}[a-z]?)\s$", flags=regex.IGNORECASE)
_ALONE = regex.compile(r"(?:^|[.;:\n(]\s?|\b(?:by|with|from|to|per|oic)\s)(\d{4,5})\s$", flags=regex.IGNORECASE)
"""A number at the head of a clause, or of whom something was done by: `4471 Hughes attended`."""
_TIME = regex.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
_YEAR = regex.compile(r"(?:19|20)\d\d")
_CLOCK = regex.compile(r"0\d[0-5]\d")
"""Before ten o'clock; later times look like any number."""
_ATTENDS = regex.compile(
    r"\)?\s(?:attend(?:s|ed|ing)|allocated|assigned|updated|informed|on\sscene|in\sattendance|(?:is\s|as\s)?OIC|deployed)\b",
    flags=regex.IGNORECASE,
)
"""What officers do: before it a number like a year is an officer's too."""
_EMERGENCY: Final = frozenset(("999", "111", "101", "112"))
"""Telephone numbers that everybody has."""


def find_numbers(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """Yield numbers that stand behind names of people, or between a rank and a name.

    Args:
        text: cleaned text.
        found: what was found in it so far.
    """
    for start, end in {(span.start, span.end) for span in found if span.entity is Entity.PERSON}:
        # A look at a letter or two spares most searches.
        behind = _BEHIND.match(text, end) if text[end : end + 1].isspace() else None
        is_likely = behind is not None and (
            _is_ranked(text, start, end)
            or not _is_else(behind.group(1))
            or _ATTENDS.match(text, behind.end()) is not None
        )
        if behind is not None and is_likely:
            yield Span(behind.start(1), behind.end(1), Entity.REFERENCE, NUMBERED)
        is_numbered = any(map(str.isdigit, text[max(0, start - 3) : start]))
        before = _BEFORE.search(text, max(0, start - _WINDOW), start) if is_numbered else None
        if before is not None and _is_rank(before.group(1)):
            yield Span(before.start(2), before.end(2), Entity.REFERENCE, NUMBERED)
        alone = _ALONE.search(text, max(0, start - _WINDOW), start) if is_numbered else None
        if alone is not None and not _is_else(alone.group(1)) and not _TIME.fullmatch(alone.group(1)):
            yield Span(alone.start(1), alone.end(1), Entity.REFERENCE, NUMBERED)


def _is_else(number: str) -> bool:
    """Whether a number behind a name without a rank is rather a year, a time or a telephone's."""
    return number in _EMERGENCY or bool(_YEAR.fullmatch(number) or _CLOCK.fullmatch(number))


def _is_ranked(text: str, start: int, end: int) -> bool:
    """Whether the name begins with a rank, or one stands before it with no more than a name between."""
    if is_rank_word(text[start:end].partition(" ")[0]):
        return True
    before = text[max(0, start - _WINDOW) : start].split()[-3:]
    return any(_is_rank(word.rstrip(".")) and all(map(_is_written_as_a_name, before[at:])) for at, word in
               enumerate(before, start=1))  # fmt: skip


def _is_written_as_a_name(word: str) -> bool:
    return word[0].isupper()


def is_rank_word(word: str) -> bool:
    """Whether a word is a rank or a role of the police, in any case."""
    return word.rstrip(".").casefold() in RANKS


def _is_rank(word: str) -> bool:
    small = word.casefold()
    if small in RANKS or small in STAFF or small[::-1] in _TYPED_BACKWARDS:
        return True
    # A look at the forms with a letter left out spares a comparison with every rank for every word.
    return (
        len(small) >= _SHORTEST_TYPED
        and not _shortened(small).isdisjoint(_shortened_ranks())
        and any(len(rank) >= _SHORTEST_TYPED and is_slip(small, rank) for rank in RANKS)
    )


def _shortened(word: str) -> set[str]:
    """Return a word and what it is with one letter left out: of two words that are a slip apart, one form is shared."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


@cache
def _shortened_ranks() -> frozenset[str]:
    return frozenset(form for rank in RANKS if len(rank) >= _SHORTEST_TYPED for form in _shortened(rank))
