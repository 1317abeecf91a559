"""The truth folder: who is who, where identifiers stand in texts, and what effects were planted.

It exists because the county is fiction. Nothing of the lab reads it but tests, studies of the lab's own quality, and
the demonstration that shows an answer beside what it estimates.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datalab.sample.agencies.register import Record
from datalab.sample.block import Block
from datalab.sample.lives import effects
from datalab.sample.lives.calendar import FIRST_DAY, YEARS
from datalab.sample.lives.crime import ADULT, IncidentKind
from datalab.sample.lives.effects import Effect

PEOPLE = "people.jsonl"
IDENTIFIERS = "identifiers.jsonl"
EFFECTS = "effects.json"


def people_of(block: Block) -> Iterator[dict[str, object]]:
    """Yield everybody in a block: true identity, and each agency's keys for them with the slips made."""
    for home in block.homes:
        for person in home.members:
            entries = {dataset: views.get(person.number, ()) for dataset, views in block.views.items()}
            yield {
                "person": person.number,
                "household": home.number,
                "given_name": person.given,
                "surname": person.surname,
                "birth_surname": person.birth_surname,
                "sex": person.sex.value,
                "date_of_birth": person.born.isoformat(),
                "nhs_number": person.nhs_number,
                "upn": person.upn,
                "community": person.community,
                "ethnic_group": person.ethnic_group,
                "ward": home.home.ward,
                "postcode": home.home.postcode,
                "keys": {dataset: [view.key for view in views] for dataset, views in entries.items() if views},
                "slips": {view.key: sorted(view.slips) for views in entries.values() for view in views if view.slips},
            }


def identifiers_of(record: Record) -> Iterator[dict[str, object]]:
    """Yield every identifier in a record's text, with its place in Unicode code points."""
    if record.text is None:
        return
    for mark in record.text.marks:
        yield {
            "dataset": record.dataset,
            "record": record.entry,
            "column": record.text_column,
            "start": mark.start,
            "end": mark.end,
            "type": mark.type.value,
            "who": mark.who,
            "value": record.text.text[mark.start : mark.end],
        }


def _tally() -> Counter[str]:
    return Counter()


@dataclass(slots=True, kw_only=True)
class Realised:
    """What the random numbers made of the planted effects, added up block by block."""

    term_units: Counter[str] = field(default_factory=_tally)
    """Pupil-terms of pupils aged 10 or more, by absence band."""
    term_incidents: Counter[str] = field(default_factory=_tally)
    """Antisocial-behaviour incidents of those pupils in those terms, by absence band."""
    adults: Counter[str] = field(default_factory=_tally)
    attendances: Counter[str] = field(default_factory=_tally)
    expected: Counter[str] = field(default_factory=_tally)
    """Attendances that the same adults would make at the rate of their age alone."""
    burglaries: Counter[str] = field(default_factory=_tally)
    children: Counter[str] = field(default_factory=_tally)
    contacts: Counter[str] = field(default_factory=_tally)
    incidents: Counter[str] = field(default_factory=_tally)
    """Incidents by kind."""

    def add(self, block: Block) -> None:
        """Add one block."""
        self._absence(block)
        self._attendance(block)
        self._contact(block)
        for incident in block.incidents:
            self.incidents[incident.kind.value] += 1
            if incident.kind is IncidentKind.BURGLARY:
                self.burglaries["near_repeats" if incident.follows else "first"] += 1

    def _absence(self, block: Block) -> None:
        days: dict[int, list[str]] = {}
        for incident in block.incidents:
            if incident.kind is IncidentKind.ANTISOCIAL and incident.suspect is not None:
                days.setdefault(incident.suspect.number, []).append(incident.at.date().isoformat())
        for term in block.terms:
            if term.pupil.age_on(term.term.first) < effects.RESPONSIBLE_AGE:
                continue
            self.term_units[term.band] += 1
            first, last = term.term.first.isoformat(), term.term.last.isoformat()
            self.term_incidents[term.band] += sum(first <= day <= last for day in days.get(term.pupil.number, ()))

    def _attendance(self, block: Block) -> None:
        victims = _victims(block)
        visits = Counter(attendance.patient.number for attendance in block.attendances)
        for home in block.homes:
            for person in home.members:
                age = person.age_on(FIRST_DAY)
                if age < ADULT:
                    continue
                group = "victims" if person.number in victims else "others"
                self.adults[group] += 1
                self.attendances[group] += visits[person.number]
                # In ten-thousandths, so that the tally stays whole.
                self.expected[group] += round(effects.attendances_per_year(age) * YEARS * 10_000)

    def _contact(self, block: Block) -> None:
        troubled = {i.home.number for i in block.incidents if i.kind is IncidentKind.DOMESTIC}
        told = Counter(contact.child.number for contact in block.contacts)
        for home in block.homes:
            for person in home.members:
                if person.age_on(FIRST_DAY) < 18 and not person.is_parent:
                    group = "troubled_homes" if home.number in troubled else "others"
                    self.children[group] += 1
                    self.contacts[group] += told[person.number]

    def document(self) -> dict[str, object]:
        """Return the planted effects with what came of them."""
        stated = effects.stated_effects()
        realised: dict[Effect, dict[str, object]] = {
            Effect.ABSENCE: {"pupil_terms": dict(self.term_units), "incidents": dict(self.term_incidents)},
            Effect.ATTENDANCE: {
                "adults": dict(self.adults),
                "attendances": dict(self.attendances),
                "expected_by_age": {group: count / 10_000 for group, count in self.expected.items()},
            },
            Effect.BURGLARY: dict(self.burglaries),
            Effect.CONTACT: {"children": dict(self.children), "contacts": dict(self.contacts)},
        }
        return {
            "effects": {effect.value: {**stated[effect], "realised": realised[effect]} for effect in Effect},
            "incidents_by_type": dict(sorted(self.incidents.items())),
        }


def _victims(block: Block) -> set[int]:
    return {
        incident.victim.number
        for incident in block.incidents
        if incident.kind is IncidentKind.DOMESTIC and incident.victim is not None
    }


def write_effects(folder: Path, realised: Realised) -> None:
    """Write `effects.json`."""
    text = json.dumps(realised.document(), indent=2, ensure_ascii=False, sort_keys=True)
    (folder / EFFECTS).write_text(text + "\n", encoding="utf-8")
