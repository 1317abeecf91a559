"""The police force: one row for each person in an incident, with the officer's account."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from datalab.sample.agencies.places_of_work import friend_of, school_of, shop_near
from datalab.sample.agencies.register import Record, Register, Row
from datalab.sample.lives.calendar import FIRST_DAY, period_of
from datalab.sample.lives.crime import Incident, IncidentKind
from datalab.sample.narratives.cast import Cast
from datalab.sample.narratives.grammar import read_grammar, tell
from datalab.sample.narratives.marks import MarkType, Text
from datalab.sample.people.identifiers import plate, shuffled, spaced_phone
from datalab.sample.people.names import Sex
from datalab.sample.people.person import Household, Person
from datalab.sample.people.places import Point
from datalab.sample.people.slips import SlipRates, View

DATASET = "police_incidents"
COLUMNS = (
    "entry_id", "incident_ref", "nominal_id", "nominal_role", "surname", "given_name", "date_of_birth", "sex", "phone",
    "address", "postcode", "vehicle", "age_band", "ward", "beat", "easting", "northing", "incident_type",
    "occurred_at", "reported_at", "response_minutes", "outcome", "officer_collar", "narrative",
)  # fmt: skip
MOST_ROWS = 12
RATES = SlipRates(
    typo=0.02, nickname=0.08, maiden=0.06, names_swapped=0.006, day_month_swapped=0.03, wrong_year=0.01,
    no_birth_date=0.02, wrong_sex=0.004, postcode_typo=0.015, no_postcode=0.05, no_number=0.0, number_typo=0.0,
    relatives_number=0.0, no_phone=0.25, old_address=0.30, second_key=0.03, keeps_accents=False,
)  # fmt: skip
OUTCOMES = (
    "no further action", "investigation ongoing", "victim does not support action", "community resolution", "charged",
    "warning or advice",
)  # fmt: skip
OUTCOME_SLIP = 0.004
"""Chance that an outcome is typed freely, outside the list."""
BIRTH_DATE_SLIP = 0.001
"""Chance that a date of birth is no date at all."""
AGE_BANDS = ((10, "under 10"), (18, "10 to 17"), (25, "18 to 24"), (35, "25 to 34"), (50, "35 to 49"), (65, "50 to 64"))
OLDEST_BAND = "65 and over"
BEAT_METRES = 10_000
QUAY_METRES = 1_500
_RULES = {
    IncidentKind.ANTISOCIAL: "antisocial", IncidentKind.BURGLARY: "burglary", IncidentKind.DAMAGE: "damage",
    IncidentKind.DOMESTIC: "domestic", IncidentKind.DRUGS: "drugs", IncidentKind.MISSING: "missing",
    IncidentKind.SHOPLIFTING: "shoplifting", IncidentKind.THEFT: "theft", IncidentKind.VEHICLE: "vehicle",
    IncidentKind.VIOLENCE: "violence",
}  # fmt: skip


def nominal_register(rng: Random) -> Register:
    """Return the force's register of nominals."""
    return Register(
        rates=RATES, most_rows=MOST_ROWS, key=lambda number: f"WN{shuffled(number, 100_000_000):08d}", rng=rng
    )


def records_of(
    incidents: list[Incident], homes: tuple[Household, ...], register: Register, *, block: int, rng: Random
) -> list[Record]:
    """Write down every incident of a block, in the order in which they happened."""
    found: list[Record] = []
    for place, incident in enumerate(sorted(incidents, key=lambda incident: incident.at)):
        reference = f"WXP/{shuffled(block * 10_000 + place, 1_000_000_000):09d}/{incident.at:%y}"
        collar = str(rng.randrange(1000, 9999))
        people = [
            (role, register.view(person, home))
            for role, person, home in (
                ("victim", incident.victim, incident.home),
                ("suspect", incident.suspect, incident.suspect_home),
                ("missing person", incident.subject, incident.home),
            )
            if person is not None and home is not None
        ]
        cast = _cast(incident, people, homes, reference=reference, collar=collar, rng=rng)
        text = tell(read_grammar("police"), _RULES[incident.kind], cast, rng)
        shared = _shared(incident, reference, collar, text, rng)
        for number, (role, view) in enumerate(people):
            if not register.admits(view.person):
                continue
            entry = f"E{block:04d}{place:04d}{number}"
            found.append(
                Record(
                    dataset=DATASET,
                    period=period_of(incident.at.date()),
                    entry=entry,
                    row={"entry_id": entry, "nominal_role": role, **shared, **_about(view, incident.at.date(), rng)},
                    text_column="narrative",
                    text=text,
                )
            )
    return found


def _shared(incident: Incident, reference: str, collar: str, text: Text, rng: Random) -> Row:
    outcome = rng.choice(("NFA", "N/A", "see oel")) if rng.random() < OUTCOME_SLIP else rng.choice(OUTCOMES)
    return {
        "incident_ref": reference,
        "ward": incident.place.ward,
        "beat": beat_of(incident.place.point),
        "easting": incident.place.point.easting,
        "northing": incident.place.point.northing,
        "incident_type": incident.kind.value,
        "occurred_at": _stamp(incident.at),
        "reported_at": f"{incident.at:%d/%m/%Y}",
        "response_minutes": None if rng.random() < 0.05 else min(1440, round(rng.lognormvariate(3.4, 0.9))),
        "outcome": outcome,
        "officer_collar": collar,
        "narrative": text.text,
    }


def beat_of(point: Point) -> str:
    """Return the beat of a place: a square of the county such as `C2`, or the quay, where little happens."""
    if max(point) < QUAY_METRES:
        return "quay"
    return f"{'ABC'[point.easting // BEAT_METRES]}{point.northing // BEAT_METRES + 1}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M}"


def _about(view: View, day: date, rng: Random) -> Row:
    born = None if view.born is None else f"{view.born:%d/%m/%Y}"
    return {
        "nominal_id": view.key,
        "surname": view.surname.upper() or None,
        "given_name": view.given,
        "date_of_birth": "00/00/1900" if born and rng.random() < BIRTH_DATE_SLIP else born,
        "sex": view.sex.value,
        "phone": spaced_phone(view.phone, rng) if view.phone else None,
        "address": view.address_on(day),
        "postcode": view.postcode_on(day),
        "vehicle": view.person.plate,
        "age_band": None if view.born is None else age_band(view.born, day),
    }


def age_band(born: date, day: date) -> str:
    """Return the force's age band of somebody on a day."""
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next((label for below, label in AGE_BANDS if age < below), OLDEST_BAND)


def _cast(
    incident: Incident,
    people: list[tuple[str, View]],
    homes: tuple[Household, ...],
    *,
    reference: str,
    collar: str,
    rng: Random,
) -> Cast:
    cast = Cast()
    place, home = incident.place, incident.home
    lead = people[0][1].person
    for slot in ("officer", "second"):
        cast.stranger(slot, who="officer")
    for slot in ("witness", "relative"):
        cast.stranger(slot, who="relative" if slot == "relative" else "other")
    friend_of(lead, homes, cast, rng)
    cast.fact("collar", collar, MarkType.COLLAR_NUMBER, "officer")
    cast.fact("ref", reference, MarkType.REFERENCE, "subject")
    cast.fact("place", rng.choice((place.line, place.line, place.street)), MarkType.ADDRESS, "place")
    cast.fact("street", place.street, MarkType.ADDRESS, "place")
    cast.fact("home", home.address_on(incident.at.date()).line, MarkType.ADDRESS, "subject")
    cast.fact("postcode", home.address_on(incident.at.date()).postcode, MarkType.POSTCODE, "subject")
    cast.fact("plate", lead.plate or plate(rng), MarkType.PLATE, "subject")
    cast.fact("email", lead.email, MarkType.EMAIL, "subject")
    cast.fact(
        "school", school_of(home.home.ward, 9 if lead.age_on(FIRST_DAY) > 10 else 3), MarkType.ORGANISATION, "place"
    )
    cast.fact("shop", shop_near(place.ward, rng), MarkType.ORGANISATION, "place")
    cast.fact("ex", home.former_partner, MarkType.PERSON, "relative")
    cast.day("date", incident.at.date())
    cast.time("time", incident.at)
    slots = {"victim": "ip", "suspect": "sus", "missing person": "mis"}
    for role, view in people:
        _cast_person(cast, slots[role], view, incident.at.date())
    _cast_family(cast, home, lead)
    return cast


def _cast_person(cast: Cast, slot: str, view: View, day: date) -> None:
    person = view.person
    cast.person(slot, view.given, view.surname, who="subject", sex=person.sex, known_as=person.known_as)
    cast.phone(f"{slot}_phone", person.phone, "subject")
    cast.birthday("born" if slot == "ip" else f"{slot}_born", view.born or person.born)
    cast.fact(f"{slot}_home", view.home.address_on(day).line, MarkType.ADDRESS, "subject")


def _cast_family(cast: Cast, home: Household, lead: Person) -> None:
    parents = [member for member in home.members if member.is_parent and member is not lead]
    if parents:
        parent = next((member for member in parents if member.sex is Sex.FEMALE), parents[0])
        cast.person("parent", parent.given, parent.surname, who="relative", sex=parent.sex)
        cast.phone("parent_phone", parent.phone, "relative")
    child = next((member for member in home.members if member.age_on(FIRST_DAY) < 18 and member is not lead), None)
    if child:
        cast.person("child", child.given, child.surname, who="relative", sex=child.sex, known_as=child.known_as)
        cast.birthday("child_born", child.born, "relative")
