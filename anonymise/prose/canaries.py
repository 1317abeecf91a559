"""Canaries: made-up identifiers planted in copies of the extract's own texts, to count how many redaction misses.

Nobody knows what stands in a text that was never marked, so its owner cannot be told how much is missed; of what was
planted it is known. The copies are made and forgotten in the worker. A planted name has the case and the company of the
text it stands in, and comes from the name pools of the sample county, by community, not from the lists that find names.
It is an estimate of what is missed among identifiers like these: the extract's own may be written in ways that no
canary is. (Carlini et al. 2019, The Secret Sharer, arXiv 1802.08232, plant canaries to measure what a model remembers.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from anonymise.prose.cleaning import clean
from anonymise.prose.entities import Entity
from anonymise.prose.names.casing import Style, style_of
from anonymise.prose.redaction import Redactor
from datalab.sample.people.identifiers import mobile, nhs_number, plate, spaced_phone
from datalab.sample.people.names import Sex, a_community, given_name, surname

MOST: Final = 100
"""Texts of a batch that get one: of a part of 8,000 rows an eightieth, for about that share of the time."""
LONGEST: Final = 2_000
"""Characters of a text that a canary is planted among; more of it costs time and tells nothing."""
_STREETS: Final = ("Larch Road", "Mill Lane", "Queen Street", "Abbey Close", "Ferndale Avenue", "Station Approach")
_CARRIERS: Final = {
    Entity.PERSON: ("{} said this.", "Spoke to {} again.", "{} present.", "as told by {},", "({})", "{} rang,"),
    Entity.ADDRESS: ("lives at {}.", "Of {}.", "moved to {},"),
    Entity.PHONE: ("on {}.", "Rang {},", "{}"),
    Entity.NHS_NUMBER: ("NHS {}.", "no {},"),
    Entity.VEHICLE: ("drove {}.", "in {},"),
    Entity.DATE: ("born {}.", "DOB {},"),
}


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
    kind = Entity.PERSON if rng.random() < 0.5 else rng.choice(tuple(_CARRIERS))  # noqa: PLR2004 - half
    before, _, after = rng.choice(_CARRIERS[kind]).partition("{}")
    canary, before, after = (_in_case_of(shown, piece) for piece in (_MADE[kind](rng), before, after))
    blanks = [0, *(place for place, character in enumerate(shown) if character == " "), len(shown)]
    place = rng.choice(blanks)
    lead = shown[:place] + (" " if place else "") + before
    return Planted(
        text=f"{lead}{canary}{after} {shown[place:].lstrip()}", start=len(lead), end=len(lead) + len(canary), kind=kind
    )


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


def _in_case_of(text: str, piece: str) -> str:
    match style_of(text):
        case Style.SMALL:
            return piece.lower()
        case Style.SHOUTED:
            return piece.upper()
        case Style.MIXED:
            return piece


def _person(rng: Random) -> str:
    sex, community = rng.choice(tuple(Sex)), a_community(rng)
    given, family = given_name(community, sex, rng.randrange(1930, 2015), rng), surname(community, sex, rng)
    return rng.choice((f"{given} {family}".strip(), f"{given} {family}".strip(), given, family or given))


def _birthday(rng: Random) -> str:
    return f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1930, 2015)}"


_MADE: Final[dict[Entity, Callable[[Random], str]]] = {
    Entity.PERSON: _person,
    Entity.ADDRESS: lambda rng: f"{rng.randint(1, 180)} {rng.choice(_STREETS)}",
    Entity.PHONE: lambda rng: spaced_phone(mobile(rng), rng),
    Entity.NHS_NUMBER: lambda rng: nhs_number(rng.randrange(10_000)),
    Entity.VEHICLE: plate,
    Entity.DATE: _birthday,
}
