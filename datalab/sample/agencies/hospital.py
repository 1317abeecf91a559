"""The hospital's emergency department: one row for each attendance, with the triage note."""

from __future__ import annotations

from datetime import date
from random import Random

from datalab.sample.agencies.places_of_work import practice_of, school_of
from datalab.sample.agencies.register import Record, Register
from datalab.sample.lives.calendar import period_of
from datalab.sample.lives.care import GROWN_UP, Attendance, Complaint
from datalab.sample.narratives.cast import Cast
from datalab.sample.narratives.grammar import Grammar, read_grammar, tell
from datalab.sample.narratives.marks import MarkType, Text
from datalab.sample.people.identifiers import shuffled, spaced_phone
from datalab.sample.people.slips import SlipRates, View

DATASET = "ae_attendances"
COLUMNS = (
    "attendance_id", "hospital_number", "nhs_number", "surname", "forename", "date_of_birth", "sex", "postcode",
    "mobile", "gp_practice", "ethnic_category", "age", "ward", "arrived_at", "arrival_mode", "acuity",
    "chief_complaint", "disposal", "los_minutes", "triage_note",
)  # fmt: skip
MOST_ROWS = 12
RATES = SlipRates(
    typo=0.01, nickname=0.03, maiden=0.03, names_swapped=0.004, day_month_swapped=0.008, wrong_year=0.003,
    no_birth_date=0.005, wrong_sex=0.003, postcode_typo=0.008, no_postcode=0.02, no_number=0.06, number_typo=0.006,
    relatives_number=0.003, no_phone=0.15, old_address=0.20, second_key=0.02, keeps_accents=False,
)  # fmt: skip
ARRIVAL_MODES = ("walk-in", "ambulance", "police", "other")
ACUITIES = ("1 immediate", "2 very urgent", "3 urgent", "4 standard", "5 non-urgent")
DISPOSALS = ("discharged", "admitted", "referred to clinic", "left before treatment", "transferred")
NO_ETHNIC_CATEGORY = 0.08
NO_STAY = 0.015
DISPOSAL_SLIP = 0.003
"""Chance that a disposal is typed freely, outside the list."""
LONGEST_STAY = 1440
"""Minutes; longer stays are recorded as this."""


def patient_register(rng: Random) -> Register:
    """Return the hospital's index of patients."""
    return Register(
        rates=RATES, most_rows=MOST_ROWS, key=lambda number: f"RXW{shuffled(number, 10_000_000):07d}", rng=rng
    )


def records_of(attendances: list[Attendance], register: Register, *, block: int, rng: Random) -> list[Record]:
    """Write down every attendance of a block, in the order of arrival."""
    found: list[Record] = []
    for place, attendance in enumerate(sorted(attendances, key=lambda attendance: attendance.at)):
        if not register.admits(attendance.patient):
            continue
        view = register.view(attendance.patient, attendance.home)
        found.append(_record(attendance, view, f"A{block:04d}{place:04d}", rng))
    return found


def _record(attendance: Attendance, view: View, entry: str, rng: Random) -> Record:
    day = attendance.at.date()
    text = _note(attendance, view, rng)
    person = view.person
    return Record(
        dataset=DATASET,
        period=period_of(day),
        entry=entry,
        row={
            "attendance_id": entry,
            "hospital_number": view.key,
            "nhs_number": view.nhs_number,
            "surname": view.surname or None,
            "forename": view.given,
            "date_of_birth": None if view.born is None else view.born.isoformat(),
            "sex": view.sex.value,
            "postcode": view.postcode_on(day),
            "mobile": spaced_phone(view.phone, rng) if view.phone else None,
            "gp_practice": practice_of(attendance.home.home.ward),
            # Asked at every visit, so missing by the row and not by the person.
            "ethnic_category": None if rng.random() < NO_ETHNIC_CATEGORY else person.ethnic_group,
            "age": person.age_on(day),
            "ward": attendance.home.address_on(day).ward,
            "arrived_at": attendance.at.isoformat(timespec="minutes") + ":00",
            "arrival_mode": rng.choices(ARRIVAL_MODES, (0.68, 0.26, 0.02, 0.04))[0],
            "acuity": rng.choices(ACUITIES, (0.01, 0.12, 0.42, 0.38, 0.07))[0],
            "chief_complaint": attendance.complaint.value,
            "disposal": _disposal(rng),
            "los_minutes": None if rng.random() < NO_STAY else min(LONGEST_STAY, round(rng.lognormvariate(5.1, 0.6))),
            "triage_note": text.text,
        },
        text_column="triage_note",
        text=text,
    )


def _disposal(rng: Random) -> str:
    if rng.random() < DISPOSAL_SLIP:
        return rng.choice(("DC home", "Adm", "DNW"))
    return rng.choices(DISPOSALS, (0.60, 0.24, 0.08, 0.06, 0.02))[0]


def _note(attendance: Attendance, view: View, rng: Random) -> Text:
    grammar = _for_complaint(attendance.complaint)
    return tell(grammar, "note", _cast(attendance, view, rng), rng)


_BY_COMPLAINT: dict[Complaint, Grammar] = {}


def _for_complaint(complaint: Complaint) -> Grammar:
    """Return the hospital's grammar, its rule `why` being the complaint's own."""
    if complaint not in _BY_COMPLAINT:
        whole = read_grammar("hospital")
        _BY_COMPLAINT[complaint] = Grammar(rules={**whole.rules, "why": whole.rules[complaint.value.replace(" ", "_")]})
    return _BY_COMPLAINT[complaint]


def _cast(attendance: Attendance, view: View, rng: Random) -> Cast:
    cast = Cast()
    person, home, day = view.person, attendance.home, attendance.at.date()
    cast.person("pt", view.given, view.surname, who="subject", sex=person.sex, known_as=person.known_as)
    cast.word("age", str(person.age_on(day)))
    for slot in ("nurse", "doctor"):
        cast.stranger(slot, who="professional")
    cast.fact("gp", practice_of(home.home.ward), MarkType.ORGANISATION, "place")
    cast.fact("hosp", view.key, MarkType.REFERENCE, "subject")
    cast.fact("nhs", _spaced(view.nhs_number, rng), MarkType.NHS_NUMBER, "subject")
    cast.fact("home", home.address_on(day).line, MarkType.ADDRESS, "subject")
    cast.fact("street", home.address_on(day).street, MarkType.ADDRESS, "place")
    cast.fact("postcode", home.address_on(day).postcode, MarkType.POSTCODE, "subject")
    cast.phone("pt_phone", person.phone, "subject")
    cast.day("date", day)
    cast.birthday("born", view.born or person.born)
    cast.time("time", attendance.at)
    _cast_family(cast, attendance, day)
    return cast


def _cast_family(cast: Cast, attendance: Attendance, day: date) -> None:
    patient, home = attendance.patient, attendance.home
    if patient.age_on(day) < GROWN_UP:
        cast.fact("school", school_of(home.home.ward, max(0, patient.age_on(day) - 5)), MarkType.ORGANISATION, "place")
    others = [member for member in home.members if member is not patient and member.age_on(day) >= GROWN_UP]
    if others:
        nok = others[0]
        cast.person("nok", nok.given, nok.surname, who="relative", sex=nok.sex, known_as=nok.known_as)
        cast.phone("nok_phone", nok.phone, "relative")
        if nok.is_parent and patient.age_on(day) < GROWN_UP:
            cast.person("parent", nok.given, nok.surname, who="relative", sex=nok.sex)
    if home.is_couple and patient in home.members[:2]:
        partner = home.members[1 - home.members.index(patient)]
        cast.person(
            "partner", partner.given, partner.surname, who="relative", sex=partner.sex, known_as=partner.known_as
        )


def _spaced(number: str | None, rng: Random) -> str | None:
    if number is None or rng.random() < 0.4:
        return number
    return f"{number[:3]} {number[3:6]} {number[6:]}"
