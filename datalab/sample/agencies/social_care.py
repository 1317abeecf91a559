"""Children's social care: one row for each contact about a child, with the social worker's case note."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from datalab.sample.agencies.places_of_work import practice_of, school_of
from datalab.sample.agencies.register import Record, Register
from datalab.sample.lives.calendar import FIRST_DAY, period_of
from datalab.sample.lives.care import Contact
from datalab.sample.narratives.cast import Cast
from datalab.sample.narratives.grammar import read_grammar, tell
from datalab.sample.narratives.marks import MarkType
from datalab.sample.people.identifiers import shuffled
from datalab.sample.people.names import Sex
from datalab.sample.people.person import Person
from datalab.sample.people.slips import SlipRates, View

DATASET = "social_care_contacts"
COLUMNS = (
    "contact_id", "social_care_id", "nhs_number", "upn", "surname", "first_name", "date_of_birth", "sex", "address",
    "postcode", "carer_phone", "ward", "contact_date", "contact_source", "primary_need", "outcome", "days_to_decision",
    "worker", "case_note",
)  # fmt: skip
MOST_ROWS = 8
RATES = SlipRates(
    typo=0.015, nickname=0.06, maiden=0.0, names_swapped=0.003, day_month_swapped=0.01, wrong_year=0.004,
    no_birth_date=0.01, wrong_sex=0.002, postcode_typo=0.01, no_postcode=0.03, no_number=0.40, number_typo=0.005,
    relatives_number=0.004, no_phone=0.10, old_address=0.15, second_key=0.02, keeps_accents=True,
)  # fmt: skip
SOURCES = ("police", "school", "health", "family", "anonymous", "other")
NEEDS = (
    "abuse or neglect",
    "family in acute stress",
    "family dysfunction",
    "child's disability",
    "absent parenting",
    "low income",
)
OUTCOMES = ("no further action", "early help", "assessment", "strategy discussion", "information and advice")
LONGEST_DECISION = 45
"""Working days."""


def child_register(rng: Random) -> Register:
    """Return social care's register of children."""
    return Register(
        rates=RATES, most_rows=MOST_ROWS, key=lambda number: f"SC{shuffled(number, 10_000_000):07d}", rng=rng
    )


def records_of(contacts: list[Contact], register: Register, *, block: int, rng: Random) -> list[Record]:
    """Write down every contact of a block, in order of time."""
    found: list[Record] = []
    for place, contact in enumerate(sorted(contacts, key=lambda contact: contact.at)):
        if not register.admits(contact.child):
            continue
        view = register.view(contact.child, contact.home)
        found.append(_record(contact, view, f"C{block:04d}{place:04d}", rng))
    return found


def _record(contact: Contact, view: View, entry: str, rng: Random) -> Record:
    day = contact.at.date()
    carer = _carer(contact)
    cast = _cast(contact, view, carer, entry, rng)
    text = tell(read_grammar("social_care"), "note", cast, rng)
    return Record(
        dataset=DATASET,
        period=period_of(day),
        entry=entry,
        row={
            "contact_id": entry,
            "social_care_id": view.key,
            "nhs_number": view.nhs_number,
            "upn": view.upn if contact.child.age_on(day) >= 5 else None,
            "surname": view.surname or None,
            "first_name": view.given,
            "date_of_birth": None if view.born is None else view.born.isoformat(),
            "sex": view.sex.value,
            "address": view.address_on(day),
            "postcode": view.postcode_on(day),
            "carer_phone": carer.phone if view.phone else None,
            "ward": contact.home.address_on(day).ward,
            "contact_date": day.isoformat(),
            "contact_source": "police"
            if contact.after_domestic
            else rng.choices(SOURCES, (0.15, 0.3, 0.2, 0.15, 0.1, 0.1))[0],
            "primary_need": NEEDS[0] if contact.after_domestic and rng.random() < 0.6 else rng.choice(NEEDS),
            "outcome": rng.choices(OUTCOMES, (0.4, 0.2, 0.2, 0.08, 0.12))[0],
            "days_to_decision": min(LONGEST_DECISION, int(rng.expovariate(0.4))),
            "worker": cast.say("worker.full", rng).text,
            "case_note": text.text,
        },
        text_column="case_note",
        text=text,
    )


def _carer(contact: Contact) -> Person:
    adults = contact.home.members
    return next((member for member in adults if member.is_parent and member.sex is Sex.FEMALE), adults[0])


def _cast(contact: Contact, view: View, carer: Person, entry: str, rng: Random) -> Cast:
    cast = Cast()
    child, home, day = contact.child, contact.home, contact.at.date()
    cast.person("child", view.given, view.surname, who="subject", sex=child.sex, known_as=child.known_as)
    cast.person("parent", carer.given, carer.surname, who="relative", sex=carer.sex, known_as=carer.known_as)
    cast.phone("parent_phone", carer.phone, "relative")
    cast.fact("email", carer.email, MarkType.EMAIL, "relative")
    sibling = next((m for m in home.members if m is not child and not m.is_parent and m.age_on(day) < 18), None)
    if sibling:
        cast.person("sibling", sibling.given, sibling.surname, who="relative", sex=sibling.sex)
    for slot in ("worker", "manager", "teacher"):
        cast.stranger(slot, who="professional")
    cast.stranger("officer", who="officer")
    cast.stranger("relative", who="relative", born=1955)
    cast.fact("collar", str(rng.randrange(1000, 9999)), MarkType.COLLAR_NUMBER, "officer")
    cast.fact("ex", home.former_partner, MarkType.PERSON, "relative")
    cast.fact("gp", practice_of(home.home.ward), MarkType.ORGANISATION, "place")
    cast.fact("school", school_of(home.home.ward, max(0, child.age_on(FIRST_DAY) - 5)), MarkType.ORGANISATION, "place")
    cast.fact("home", home.address_on(day).line, MarkType.ADDRESS, "subject")
    cast.fact("postcode", home.address_on(day).postcode, MarkType.POSTCODE, "subject")
    if home.former is not None and home.moved_on is not None and day >= home.moved_on:
        cast.fact("old_home", home.former.line, MarkType.ADDRESS, "subject")
    cast.fact("nhs", view.nhs_number, MarkType.NHS_NUMBER, "subject")
    cast.fact("upn", view.upn, MarkType.UPN, "subject")
    cast.fact("ref", f"MASH-{entry[1:]}", MarkType.REFERENCE, "subject")
    cast.day("date", day)
    cast.day("visit", _visit(day, rng))
    cast.birthday("born", view.born or child.born)
    return cast


def _visit(day: date, rng: Random) -> date:
    return day + timedelta(days=rng.randrange(1, 15))
