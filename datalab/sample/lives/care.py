"""A&E attendances and social-care contacts as they truly happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from datalab.sample.lives import effects
from datalab.sample.lives.absence import TermAbsence
from datalab.sample.lives.calendar import FIRST_DAY, YEARS, a_moment, count, soon_after
from datalab.sample.lives.crime import ADULT, Incident, IncidentKind
from datalab.sample.people.person import Household, Person

GROWN_UP = 18


class Complaint(StrEnum):
    """Why somebody comes to A&E: the public domain of `chief_complaint`."""

    ABDOMINAL = "abdominal pain"
    ALCOHOL = "alcohol or drugs"
    BREATHING = "breathing difficulty"
    CHEST = "chest pain"
    FALL = "fall"
    FEVER = "fever"
    HEAD = "head injury"
    LIMB = "limb injury"
    MENTAL_HEALTH = "mental health"
    WOUND = "wound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One arrival at A&E."""

    patient: Person
    home: Household
    at: datetime
    complaint: Complaint
    after_incident: bool
    """Came within days of a domestic incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody told children's social care about a child."""

    child: Person
    home: Household
    at: datetime
    after_domestic: bool
    severe_absence: bool


def attendances_of(homes: Iterable[Household], incidents: list[Incident], rng: Random) -> list[Attendance]:
    """Draw every A&E attendance of a block, in no order."""
    struck: dict[int, list[datetime]] = {}
    for incident in incidents:
        if incident.kind is IncidentKind.DOMESTIC and incident.victim is not None:
            struck.setdefault(incident.victim.number, []).append(incident.at)
    found: list[Attendance] = []
    for home in homes:
        for person in home.members:
            days = struck.get(person.number)
            age = person.age_on(FIRST_DAY)
            rate = effects.attendances_per_year(age) * YEARS * (effects.AE_RATE_RATIO if days else 1.0)
            for _ in range(count(rate, rng)):
                soon = (
                    soon_after(rng.choice(days), rng, effects.AE_SOON_DAYS)
                    if days and rng.random() < effects.AE_SOON_AFTER
                    else None
                )
                found.append(
                    Attendance(
                        patient=person,
                        home=home,
                        at=soon or a_moment(rng),
                        complaint=_complaint(age, rng, injured=soon is not None),
                        after_incident=soon is not None,
                    )
                )
    return found


def _complaint(age: int, rng: Random, *, injured: bool) -> Complaint:
    if injured:
        return rng.choice((Complaint.HEAD, Complaint.LIMB, Complaint.WOUND, Complaint.MENTAL_HEALTH))
    if age < ADULT:
        return rng.choice(
            (Complaint.FEVER, Complaint.LIMB, Complaint.BREATHING, Complaint.HEAD, Complaint.FALL, Complaint.WOUND)
        )
    if age >= 70:
        return rng.choice((Complaint.FALL, Complaint.FALL, Complaint.CHEST, Complaint.BREATHING, Complaint.ABDOMINAL))
    return rng.choice(tuple(Complaint))


def contacts_of(
    homes: Iterable[Household], incidents: list[Incident], terms: list[TermAbsence], rng: Random
) -> list[Contact]:
    """Draw every social-care contact of a block, in no order."""
    troubled: dict[int, list[datetime]] = {}
    for incident in incidents:
        if incident.kind is IncidentKind.DOMESTIC:
            troubled.setdefault(incident.home.number, []).append(incident.at)
    severe = {term.pupil.number for term in terms if term.band == effects.ABSENCE_BANDS[-1]}
    found: list[Contact] = []
    for home in homes:
        days = troubled.get(home.number)
        for person in home.members:
            if person.age_on(FIRST_DAY) >= GROWN_UP or person.is_parent:
                continue
            rate = effects.CONTACTS_PER_YEAR * YEARS
            rate *= effects.CONTACT_RATE_RATIO_DOMESTIC if days else 1.0
            rate *= effects.CONTACT_RATE_RATIO_SEVERE_ABSENCE if person.number in severe else 1.0
            for _ in range(count(rate, rng)):
                soon = soon_after(rng.choice(days), rng, 3.0) if days and rng.random() < 0.7 else None
                found.append(
                    Contact(
                        child=person,
                        home=home,
                        at=soon or a_moment(rng),
                        after_domestic=soon is not None,
                        severe_absence=person.number in severe,
                    )
                )
    return found
