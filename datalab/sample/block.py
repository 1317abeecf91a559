"""One neighbourhood from nothing: its people, what happens to them, and what four agencies write down."""

from __future__ import annotations

from dataclasses import dataclass

from datalab.sample.agencies import hospital, police, school, social_care
from datalab.sample.agencies.register import Record
from datalab.sample.lives.absence import TermAbsence, absences_of
from datalab.sample.lives.care import Attendance, Contact, attendances_of, contacts_of
from datalab.sample.lives.crime import Incident, incidents_of
from datalab.sample.people.households import block_random, households_of
from datalab.sample.people.person import Household
from datalab.sample.people.slips import View

Views = dict[str, dict[int, tuple[View, ...]]]
"""Dataset to person number to that person's entries in the agency's register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A neighbourhood: what is true of it, and what is on record."""

    number: int
    homes: tuple[Household, ...]
    terms: list[TermAbsence]
    incidents: list[Incident]
    attendances: list[Attendance]
    contacts: list[Contact]
    records: list[Record]
    views: Views


def make_block(*, seed: int, number: int, people: int) -> Block:
    """Make one block; the same seed and number always give the same block.

    Args:
        seed: the county's seed.
        number: number of the block, from 0.
        people: how many people live in it.
    """
    homes = households_of(seed=seed, block=number, people=people)

    terms = [
        term for rng in (block_random(seed, number, "absence"),) for home in homes for term in absences_of(home, rng)
    ]
    incidents = incidents_of(homes, terms, block_random(seed, number, "crime"))
    attendances = attendances_of(homes, incidents, block_random(seed, number, "attendances"))
    contacts = contacts_of(homes, incidents, terms, block_random(seed, number, "contacts"))

    rngs = {
        name: block_random(seed, number, name)
        for name in (police.DATASET, school.DATASET, hospital.DATASET, social_care.DATASET)
    }
    nominals = police.nominal_register(rngs[police.DATASET])
    pupils = school.pupil_register(rngs[school.DATASET])
    patients = hospital.patient_register(rngs[hospital.DATASET])
    children = social_care.child_register(rngs[social_care.DATASET])
    records = [
        *police.records_of(incidents, homes, nominals, block=number, rng=rngs[police.DATASET]),
        *school.records_of(terms, pupils, block=number, rng=rngs[school.DATASET]),
        *hospital.records_of(attendances, patients, block=number, rng=rngs[hospital.DATASET]),
        *social_care.records_of(contacts, children, block=number, rng=rngs[social_care.DATASET]),
    ]
    return Block(
        number=number,
        homes=homes,
        terms=terms,
        incidents=incidents,
        attendances=attendances,
        contacts=contacts,
        records=records,
        views={
            police.DATASET: nominals.views,
            school.DATASET: pupils.views,
            hospital.DATASET: patients.views,
            social_care.DATASET: children.views,
        },
    )
