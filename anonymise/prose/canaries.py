"""Canaries: made-up identifiers planted in copies of the extract's own texts, to count how many redaction misses.

Nobody knows what stands in a text that was never marked, so its owner cannot be told how much is missed; of what was
planted it is known. The copies are made and forgotten in the worker. Where they come from (`anonymise.prose.planted`):
six names in seven are of a list written for this, of communities that the sample county does not have, with names that
are words, of two parts, with either apostrophe, and with slips of the keyboard; the others are drawn as the county's.
No name was chosen by whether the lists that find names hold it. Numbers are the county's test numbers, parted in the
ways that people part them. They stand in words of many styles of notes, in the text's own case or, now and then, in
another; half are people. All is drawn by the seed alone.

It tells how redaction does on identifiers like these, in these texts: the extract's own may be written in ways that no
canary is, and only somebody who reads a sample knows what is left of those (`anonymise.review`). (Carlini et al. 2019,
The Secret Sharer, arXiv 1802.08232, plant canaries to measure what a model remembers.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from anonymise.prose.cleaned.cleaning import clean
from anonymise.prose.entities import Entity
from anonymise.prose.names.casing import Style, style_of
from anonymise.prose.planted.carriers import CARRIERS
from anonymise.prose.planted.identifiers import birthday, home, mail, mark, nhs, phone
from anonymise.prose.planted.names import person
from anonymise.prose.redaction import Redactor

MOST: Final = 100
"""Texts of a batch that get one: of a part of 8,000 rows an eightieth, for about that share of the time."""
LONGEST: Final = 2_000
"""Characters of a text that a canary is planted among; more of it costs time and tells nothing."""
OTHER_CASE: Final = 0.15
"""Share of canaries in small letters, and half as many in capitals, in a text that has both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A text with a canary in it."""

    text: str
    start: int
    end: int
    kind: Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How many canaries were planted, and how many of them redaction left readable in part."""

    planted: Counter[Entity]
    missed: Counter[Entity]


def plant(text: str, rng: Random) -> Planted:
    """Put one canary into a text, at a blank, in the text's own case; half of all canaries are people."""
    shown = clean(text[:LONGEST])
    kind = Entity.PERSON if rng.random() < 0.5 else rng.choice(tuple(CARRIERS))  # noqa: PLR2004 - half
    before, _, after = rng.choice(CARRIERS[kind]).partition("{}")
    canary, before, after = (_in_case_of(shown, piece) for piece in (_MADE[kind](rng), before, after))
    if style_of(shown) is Style.MIXED:
        canary = _in_some_case(canary, rng)
    blanks = [0, *(place for place, character in enumerate(shown) if character == " "), len(shown)]
    place = rng.choice(blanks)
    rest = shown[place:].lstrip()
    lead = shown[:place] + before if before.startswith("\n") and place else _joined(shown[:place], before.lstrip("\n"))
    start, end = len(lead), len(lead) + len(canary)
    return Planted(text=_joined(f"{lead}{canary}{after}", rest), start=start, end=end, kind=kind)


def count_missed(redactor: Redactor, texts: Sequence[str], rng: Random) -> Missed:
    """Plant a canary in some of the texts, redact them, and count what is left of canaries."""
    chosen = texts if len(texts) <= MOST else rng.sample(texts, MOST)
    planted = [plant(text, rng) for text in chosen]
    missed: Counter[Entity] = Counter()
    for one, spans in zip(planted, redactor.spans([one.text for one in planted]), strict=True):
        if spans is None:  # the whole text is replaced
            continue
        masked = {place for span in spans for place in range(span.start, span.end)}
        left = [place for place in range(one.start, one.end) if one.text[place].isalnum() and place not in masked]
        missed[one.kind] += bool(left)
    return Missed(planted=Counter(one.kind for one in planted), missed=missed)


def _joined(one: str, other: str) -> str:
    """Return two pieces with a blank between, where neither is empty and no line ends there."""
    return one + other if not one or one.endswith("\n") else f"{one} {other}"


def _in_some_case(canary: str, rng: Random) -> str:
    """Return it as it is, or in small letters or capitals, as hurried writers do."""
    drawn = rng.random()
    if drawn < OTHER_CASE:
        return canary.lower()
    return canary.upper() if drawn < 1.5 * OTHER_CASE else canary


def _in_case_of(text: str, piece: str) -> str:
    match style_of(text):
        case Style.SMALL:
            return piece.lower()
        case Style.SHOUTED:
            return piece.upper()
        case Style.MIXED:
            return piece


_MADE: Final[dict[Entity, Callable[[Random], str]]] = {
    Entity.PERSON: person,
    Entity.ADDRESS: home,
    Entity.PHONE: phone,
    Entity.NHS_NUMBER: nhs,
    Entity.VEHICLE: mark,
    Entity.DATE: birthday,
    Entity.EMAIL: mail,
}
