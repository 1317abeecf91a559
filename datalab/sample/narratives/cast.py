"""The cast of a text: what each slot of a template stands for, in the forms in which people write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from datalab.sample.narratives.marks import MarkType
from datalab.sample.people.identifiers import spaced_phone
from datalab.sample.people.names import Sex, a_community, given_name, surname


class Said(NamedTuple):
    """What stands in the text, and what kind of identifier it is, if any."""

    text: str
    type: MarkType | None
    who: str


Speaker = Callable[[Random], Said]
"""Says one slot; a slot said twice may come out differently, as people write."""


class Cast:
    """Slots by name; a template is only told if every slot it needs is cast."""

    __slots__ = ("_speakers",)

    def __init__(self) -> None:
        self._speakers: dict[str, Speaker] = {}

    def __contains__(self, slot: str) -> bool:
        return slot in self._speakers

    def say(self, slot: str, rng: Random) -> Said:
        """Say one slot."""
        return self._speakers[slot](rng)

    def word(self, slot: str, text: str) -> None:
        """Cast a slot as a word that identifies nobody."""
        said = Said(text, None, "")
        self._speakers[slot] = lambda _rng: said

    def fact(self, slot: str, text: str | None, kind: MarkType, who: str) -> None:
        """Cast a slot as an identifier with one form; nothing is cast where it is missing."""
        if text:
            said = Said(text, kind, who)
            self._speakers[slot] = lambda _rng: said

    def phone(self, slot: str, number: str | None, who: str) -> None:
        """Cast a slot as a phone number, spaced as people do."""
        if number:
            self._speakers[slot] = lambda rng: Said(spaced_phone(number, rng), MarkType.PHONE, who)

    def day(self, slot: str, day: date) -> None:
        """Cast a slot as the date of something, written one of the ways people write dates."""
        self._speakers[slot] = lambda rng: Said(_written(day, rng), MarkType.DATE, "subject")

    def birthday(self, slot: str, day: date, who: str = "subject") -> None:
        """Cast a slot as a date of birth, always with its year."""
        self._speakers[slot] = lambda rng: Said(_whole(day, rng), MarkType.BIRTH_DATE, who)

    def time(self, slot: str, moment: datetime) -> None:
        """Cast a slot as a time of day, which is no identifier."""
        self._speakers[slot] = lambda rng: Said(
            rng.choice((f"{moment:%H:%M}", f"{moment:%H%M} hrs", f"{moment:%H%M}hrs")), None, ""
        )

    def person(self, slot: str, given: str, family: str, *, who: str, sex: Sex, known_as: str = "") -> None:
        """Cast a slot as somebody's name, with `.full`, `.short` and `.given` forms and pronouns."""
        title = "Ms" if sex is Sex.FEMALE else "Mr"
        full = f"{given} {family}".strip()
        last = family or given

        def formal(rng: Random) -> Said:
            draw = rng.random()
            if draw < 0.62 or not family:
                return Said(full, MarkType.PERSON, who)
            if draw < 0.80:
                return Said(f"{given} {family.upper()}", MarkType.PERSON, who)
            if draw < 0.88:
                return Said(f"{family}, {given}", MarkType.PERSON, who)
            return Said(f"{given[0]}. {family}" if draw < 0.94 else full.upper(), MarkType.PERSON, who)

        def short(rng: Random) -> Said:
            draw = rng.random()
            if draw < 0.45:
                return Said(given, MarkType.PERSON, who)
            if draw < 0.60 and known_as:
                return Said(known_as, MarkType.PERSON, who)
            if draw < 0.85:
                return Said(last.upper() if draw < 0.7 else last, MarkType.PERSON, who)
            return Said(f"{title} {last}", MarkType.PERSON, who)

        self._speakers |= {slot: formal, f"{slot}.short": short}
        self.fact(f"{slot}.full", full, MarkType.PERSON, who)
        self.fact(f"{slot}.given", given, MarkType.PERSON, who)
        for word, (hers, his) in _PRONOUNS.items():
            self.word(f"{slot}.{word}", hers if sex is Sex.FEMALE else his)

    def stranger(self, slot: str, rng: Random, *, who: str, born: int = 1985) -> None:
        """Cast a slot as somebody who is in nobody's records: a colleague, a shop worker, a passer-by."""
        community = a_community(rng)
        sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
        self.person(slot, given_name(community, sex, born, rng), surname(community, sex, rng), who=who, sex=sex)


_PRONOUNS = {"they": ("she", "he"), "them": ("her", "him"), "their": ("her", "his"), "title": ("Ms", "Mr")}


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _written(day: date, rng: Random) -> str:
    if rng.random() < 0.17:  # the year goes without saying
        return f"{day.day}{_ordinal(day.day)} {_MONTHS[day.month - 1]}"
    return _whole(day, rng)


def _whole(day: date, rng: Random) -> str:
    # English months by hand: strftime speaks the machine's language.
    match int(5 * rng.random()):
        case 0:
            return f"{day.day:02d}/{day.month:02d}/{day.year}"
        case 1:
            return f"{day.day:02d}/{day.month:02d}/{day.year % 100:02d}"
        case 2:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        case 3:
            return f"{day.day:02d}.{day.month:02d}.{day.year % 100:02d}"
        case _:
            return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def _ordinal(number: int) -> str:
    if 11 <= number <= 13:  # noqa: PLR2004 - eleventh, twelfth, thirteenth
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
