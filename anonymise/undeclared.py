"""Identifiers in a column that says it holds none: told by check digits, shapes and lists of names.

A register's column of remarks, or a code column that somebody filled with telephone numbers, would reach research as it
is: its contract says `keep`. What stands in it is looked at before anything is published; what is said of it is a kind
and a share, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import regex  # type: ignore[import-untyped]  # the dialect of the patterns

from anonymise.identifiers import IdentifierKind, kinds_of
from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import Ordinary, bare, name_lists
from anonymise.prose.patterns.numbers import NUMBERS
from anonymise.validity import is_card_number, is_cro_number, is_iban, is_pnc_id, is_uln

FEWEST: Final = 3
"""Distinct values of a kind below which nothing is said: one slip of a keyboard makes a code of a word."""
SHARE: Final = 0.01
"""Share of distinct values from which a kind that hardly comes about by chance is told."""
NAMES: Final = 0.2
"""Share from which names are told: streets, ships and diseases are called after people too."""
TEN_DIGITS: Final = 0.3
"""Share from which NHS numbers are told: of ten-digit numbers one in eleven passes the check by chance."""
NAME_WORDS: Final = range(2, 5)
_PEOPLE: Final = "names of people"
_IDENTIFIERS: Final = {
    IdentifierKind.NHS_NUMBER: ("NHS numbers", TEN_DIGITS),
    IdentifierKind.UPN: ("unique pupil numbers", SHARE),
    IdentifierKind.NINO: ("National Insurance numbers", SHARE),
    IdentifierKind.DRIVING_LICENCE: ("driving licence numbers", SHARE),
    IdentifierKind.POSTCODE: ("full postcodes", SHARE),
}
_CHECKED: Final[tuple[tuple[Callable[[str], bool], str, float], ...]] = (
    (is_pnc_id, "PNC identifiers", TEN_DIGITS),
    (is_cro_number, "CRO numbers", TEN_DIGITS),
    (is_iban, "bank accounts", SHARE),
    (is_card_number, "payment cards", TEN_DIGITS),
    (is_uln, "unique learner numbers", TEN_DIGITS),
)
"""Further numbers with a check; of codes of the shape, one in ten to one in twenty-three passes by chance."""
_SHAPES: Final = {Entity.EMAIL: "e-mail addresses", Entity.PHONE: "telephone numbers"}
_COMPILED: Final = tuple(
    (_SHAPES[pattern.entity], regex.compile(pattern.regex, flags=regex.IGNORECASE))
    for pattern in NUMBERS
    if pattern.entity in _SHAPES
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """What a column holds beside what its contract says."""

    kind: str
    """In words, plural: `telephone numbers`."""
    found: int
    """Distinct values that look like it."""
    looked_at: int
    """Distinct values that were looked at."""


def undeclared(values: Iterable[str]) -> Undeclared | None:
    """Return the kind of identifier that most distinct values of a column look like, None where they look like none.

    Args:
        values: distinct values; blank ones are passed over.
    """
    looked_at = [value.strip() for value in values if value.strip()]
    counts = Counter(kind for value in looked_at for kind in set(_kinds(value)))
    limits = {_PEOPLE: NAMES, **dict.fromkeys(_SHAPES.values(), SHARE), **dict(_IDENTIFIERS.values())}
    limits |= {kind: share for _, kind, share in _CHECKED}
    for kind, found in counts.most_common():
        if found >= FEWEST and found >= limits[kind] * len(looked_at):
            return Undeclared(kind=kind, found=found, looked_at=len(looked_at))
    return None


def _kinds(value: str) -> Iterator[str]:
    for kind in kinds_of(value):
        if kind in _IDENTIFIERS:
            yield _IDENTIFIERS[kind][0]
    squeezed = value.upper().replace(" ", "")
    for check, what, _ in _CHECKED:
        if check(squeezed):
            yield what
    for what, compiled in _COMPILED:
        if compiled.fullmatch(value):
            yield what
    if _is_name(value):
        yield _PEOPLE


def _is_name(value: str) -> bool:
    """Whether a value is a given name and a surname, in either order, and not two words."""
    words = [bare(word) for word in value.replace(",", " ").split()]
    if len(words) not in NAME_WORDS:
        return False
    lists = name_lists()
    first, last = words[0], words[-1]
    in_order = (lists.is_given(first) and lists.is_surname(last)) or (lists.is_given(last) and lists.is_surname(first))
    return in_order and min(lists.ordinary(first), lists.ordinary(last)) > Ordinary.COMMON
