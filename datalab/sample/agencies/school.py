"""The county's schools: one row for each pupil and term, with the sessions missed. No free text."""

from __future__ import annotations

from datetime import date
from random import Random

from datalab.sample.agencies.places_of_work import FIRST_SECONDARY_YEAR, school_of
from datalab.sample.agencies.register import Record, Register
from datalab.sample.lives.absence import TermAbsence
from datalab.sample.lives.calendar import period_of
from datalab.sample.lives.effects import absence_band
from datalab.sample.people.identifiers import shuffled
from datalab.sample.people.slips import SlipRates

DATASET = "school_attendance"
COLUMNS = (
    "record_id", "pupil_id", "upn", "legal_surname", "legal_forename", "date_of_birth", "sex", "address", "postcode",
    "ward", "ethnic_group", "school", "phase", "year_group", "age_band", "free_school_meals", "sen_status", "term",
    "possible_sessions", "absence_sessions", "unauthorised_sessions", "absence_band",
)  # fmt: skip
MOST_ROWS = 4
RATES = SlipRates(
    typo=0.005, nickname=0.03, maiden=0.0, names_swapped=0.002, day_month_swapped=0.004, wrong_year=0.001,
    no_birth_date=0.0, wrong_sex=0.001, postcode_typo=0.005, no_postcode=0.01, no_number=0.015, number_typo=0.004,
    relatives_number=0.0, no_phone=0.0, old_address=0.35, second_key=0.01, keeps_accents=True,
)  # fmt: skip
SEN = ("none", "SEN support", "education, health and care plan")
NO_ETHNIC_GROUP = 0.03
YEAR_GROUPS = ("Reception", *(f"Year {year}" for year in range(1, 12)))
AGE_BANDS = ((8, "4 to 7"), (11, "8 to 10"), (14, "11 to 13"))
OLDEST_BAND = "14 to 16"


def pupil_register(rng: Random) -> Register:
    """Return the schools' register of pupils."""
    return Register(
        rates=RATES, most_rows=MOST_ROWS, key=lambda number: f"P{shuffled(number, 100_000_000):08d}", rng=rng
    )


def records_of(terms: list[TermAbsence], register: Register, *, block: int, rng: Random) -> list[Record]:
    """Write down every pupil's terms."""
    found: list[Record] = []
    circumstances: dict[int, tuple[bool, str, str | None]] = {}
    for place, term in enumerate(terms):
        if not register.admits(term.pupil):
            continue
        hard = term.home.home.deprivation
        about = circumstances.setdefault(
            term.pupil.number,
            (
                rng.random() < 0.08 + 0.3 * hard,
                rng.choices(SEN, (0.81, 0.14, 0.05))[0],
                None if rng.random() < NO_ETHNIC_GROUP else term.pupil.ethnic_group,
            ),
        )
        found.append(_record(term, register, about, f"S{block:04d}{place:04d}"))
    return found


def _record(term: TermAbsence, register: Register, about: tuple[bool, str, str | None], entry: str) -> Record:
    view = register.view(term.pupil, term.home)
    meals, needs, ethnic_group = about
    day: date = term.term.first
    age = term.pupil.age_on(day)
    return Record(
        dataset=DATASET,
        period=period_of(day),
        entry=entry,
        row={
            "record_id": entry,
            "pupil_id": view.key,
            "upn": view.upn,
            "legal_surname": view.surname or None,
            "legal_forename": view.given,
            "date_of_birth": view.born,
            "sex": view.sex.value,
            "address": view.address_on(day),
            "postcode": view.postcode_on(day),
            "ward": term.home.address_on(day).ward,
            "ethnic_group": ethnic_group,
            "school": school_of(term.home.home.ward, term.year),
            "phase": "secondary" if term.year >= FIRST_SECONDARY_YEAR else "primary",
            "year_group": YEAR_GROUPS[term.year],
            "age_band": next((label for below, label in AGE_BANDS if age < below), OLDEST_BAND),
            "free_school_meals": meals,
            "sen_status": needs,
            "term": term.term.label,
            "possible_sessions": term.possible,
            "absence_sessions": term.missed,
            "unauthorised_sessions": term.unauthorised,
            "absence_band": absence_band(term.missed / term.possible),
        },
    )
