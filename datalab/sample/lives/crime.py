"""Incidents as they truly happened: who did what to whom, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from datalab.sample.lives import effects
from datalab.sample.lives.absence import TermAbsence
from datalab.sample.lives.calendar import FIRST_DAY, YEARS, a_moment, count, soon_after
from datalab.sample.people.person import Household, Person
from datalab.sample.people.places import Address

ADULT = 16
"""Age from which the definition of domestic abuse counts somebody as victim (Domestic Abuse Act 2021 s.1)."""


class IncidentKind(StrEnum):
    """What kind of incident: the public domain of `incident_type`."""

    ANTISOCIAL = "antisocial behaviour"
    BURGLARY = "burglary"
    DAMAGE = "criminal damage"
    DOMESTIC = "domestic incident"
    DRUGS = "drugs"
    MISSING = "missing person"
    SHOPLIFTING = "shoplifting"
    THEFT = "theft"
    VEHICLE = "vehicle crime"
    VIOLENCE = "violence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that the police were told of."""

    kind: IncidentKind
    at: datetime
    place: Address
    victim: Person | None = None
    suspect: Person | None = None
    subject: Person | None = None
    """The missing person, where that is what it is about."""
    home: Household
    """Household of the person it is first about."""
    suspect_home: Household | None = None
    follows: bool = False
    """Set off by an earlier one: a repeat (domestic) or a near repeat (burglary)."""


YEARLY_RATES = {
    IncidentKind.VIOLENCE: 0.014,
    IncidentKind.SHOPLIFTING: 0.010,
    IncidentKind.VEHICLE: 0.012,
    IncidentKind.THEFT: 0.012,
    IncidentKind.DAMAGE: 0.009,
    IncidentKind.DRUGS: 0.005,
}
"""Incidents a year of an adult (as victim, or as suspect where nobody is the victim)."""
ADULT_ANTISOCIAL_PER_YEAR = 0.012
MISSING_PER_YEAR = 0.03
"""Times that a child of 11 to 17 is reported missing in a year."""


def incidents_of(homes: tuple[Household, ...], terms: list[TermAbsence], rng: Random) -> list[Incident]:
    """Draw every incident of a block, in no order."""
    return [
        *_antisocial(homes, terms, rng),
        *_domestic(homes, rng),
        *_burglaries(homes, rng),
        *_others(homes, rng),
    ]


def _antisocial(homes: tuple[Household, ...], terms: list[TermAbsence], rng: Random) -> list[Incident]:
    found: list[Incident] = []
    for term in terms:
        if term.pupil.age_on(term.term.first) < effects.RESPONSIBLE_AGE:
            continue
        rate = effects.ANTISOCIAL_PER_TERM * effects.ANTISOCIAL_RATE_RATIO[term.band]
        found.extend(
            Incident(
                kind=IncidentKind.ANTISOCIAL,
                at=a_moment(rng, term.term.first, term.term.last),
                place=_near(homes, rng),
                suspect=term.pupil,
                home=term.home,
                suspect_home=term.home,
            )
            for _ in range(count(rate, rng))
        )
    for home in homes:
        for person in home.members:
            if 17 <= person.age_on(FIRST_DAY) < 45:
                found.extend(
                    Incident(
                        kind=IncidentKind.ANTISOCIAL, at=a_moment(rng), place=_near(homes, rng), suspect=person,
                        home=home, suspect_home=home,
                    )
                    for _ in range(count(ADULT_ANTISOCIAL_PER_YEAR * YEARS, rng))
                )  # fmt: skip
    return found


def _near(homes: tuple[Household, ...], rng: Random) -> Address:
    return homes[rng.randrange(len(homes))].home


def _domestic(homes: tuple[Household, ...], rng: Random) -> list[Incident]:
    found: list[Incident] = []
    for home in homes:
        for place, person in enumerate(home.members):
            if person.age_on(FIRST_DAY) < ADULT:
                continue
            for _ in range(count(effects.DOMESTIC_PER_YEAR[person.sex] * YEARS, rng)):
                partner = home.members[1 - place] if home.is_couple and place < 2 else None
                at: datetime | None = a_moment(rng)
                follows = False
                while at is not None:
                    found.append(
                        Incident(
                            kind=IncidentKind.DOMESTIC, at=at, place=home.address_on(at.date()), victim=person,
                            suspect=partner, home=home, suspect_home=home if partner else None, follows=follows,
                        )
                    )  # fmt: skip
                    again = rng.random() < effects.DOMESTIC_REPEAT
                    at = soon_after(at, rng, effects.DOMESTIC_REPEAT_DAYS) if again else None
                    follows = True
    return found


def _burglaries(homes: tuple[Household, ...], rng: Random) -> list[Incident]:
    """Draw burglaries as a branching process in space and time: each may set off one more, close by and soon."""
    streets: dict[str, list[Household]] = {}
    for home in homes:
        streets.setdefault(home.home.postcode, []).append(home)
    found: list[Incident] = []
    for home in homes:
        for _ in range(count(effects.BURGLARIES_PER_YEAR * YEARS, rng)):
            here: Household = home
            at: datetime | None = a_moment(rng)
            follows = False
            while at is not None:
                found.append(_burglary(here, at, follows=follows))
                neighbours = streets[here.home.postcode]
                place = neighbours.index(here)
                reach = effects.NEAR_REPEAT_DOORS
                here = rng.choice(neighbours[max(0, place - reach) : place + reach + 1])
                again = rng.random() < effects.NEAR_REPEAT
                at = soon_after(at, rng, effects.NEAR_REPEAT_DAYS) if again else None
                follows = True
    return found


def _burglary(home: Household, at: datetime, *, follows: bool) -> Incident:
    return Incident(
        kind=IncidentKind.BURGLARY, at=at, place=home.home, victim=home.members[0], home=home, follows=follows
    )


def _others(homes: tuple[Household, ...], rng: Random) -> list[Incident]:
    found: list[Incident] = []
    everyday = sum(YEARLY_RATES.values()) * YEARS
    for home in homes:
        for person in home.members:
            age = person.age_on(FIRST_DAY)
            if age >= ADULT:
                for _ in range(count(everyday, rng)):
                    kind = rng.choices(tuple(YEARLY_RATES), tuple(YEARLY_RATES.values()))[0]
                    found.append(_everyday(kind, person, home, homes, rng))
            elif age >= 11:
                found.extend(
                    Incident(
                        kind=IncidentKind.MISSING, at=at, place=home.address_on(at.date()), subject=person, home=home
                    )
                    for at in (a_moment(rng) for _ in range(count(MISSING_PER_YEAR * YEARS, rng)))
                )
    return found


def _everyday(
    kind: IncidentKind, person: Person, home: Household, homes: tuple[Household, ...], rng: Random
) -> Incident:
    at = a_moment(rng)
    if kind in (IncidentKind.SHOPLIFTING, IncidentKind.DRUGS):
        return Incident(kind=kind, at=at, place=_near(homes, rng), suspect=person, home=home, suspect_home=home)
    other_home = rng.choice(homes)
    other = other_home.members[0]
    known = (
        kind is IncidentKind.VIOLENCE and rng.random() < 0.5 and other is not person and other.age_on(FIRST_DAY) < 70
    )
    place = _near(homes, rng) if kind in (IncidentKind.VIOLENCE, IncidentKind.THEFT) else home.address_on(at.date())
    return Incident(
        kind=kind, at=at, place=place, victim=person, suspect=other if known else None, home=home,
        suspect_home=other_home if known else None,
    )  # fmt: skip
