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
"""Says one slot that is no person."""


class Player(NamedTuple):
    """Somebody who can be named in several ways."""

    given: str
    family: str
    """Empty for people with one name only."""
    who: str
    sex: Sex
    known_as: str

    @property
    def full(self) -> str:
        """Both names."""
        return f"{self.given} {self.family}".strip()


class Cast:
    """Slots by name; a template is only told if every slot it needs is cast.

    A person's slot has forms: `ip` is formal, `ip.short`, `ip.full` and `ip.given` are other ways to name them, and
    `ip.they`, `ip.them`, `ip.their` are pronouns. Strangers are drawn when they are first spoken of.
    """

    __slots__ = ("_players", "_speakers", "_strangers")

    def __init__(self) -> None:
        self._speakers: dict[str, Speaker] = {}
        self._players: dict[str, Player] = {}
        self._strangers: dict[str, tuple[str, int]] = {}

    def __contains__(self, slot: str) -> bool:
        if slot in self._speakers:
            return True
        name = slot.partition(".")[0]
        return name in self._players or name in self._strangers

    def say(self, slot: str, rng: Random) -> Said:
        """Say one slot; said twice it may come out differently, as people write."""
        speaker = self._speakers.get(slot)
        if speaker is not None:
            return speaker(rng)
        name, _, form = slot.partition(".")
        player = self._players.get(name)
        if player is None:
            player = self._players[name] = _stranger(*self._strangers[name], rng)
        if form in _PRONOUNS:
            return Said(_PRONOUNS[form][player.sex is Sex.MALE], None, "")
        return Said(_named(player, form, rng), MarkType.PERSON, player.who)

    def word(self, slot: str, text: str) -> None:
        """Cast a slot as a word that identifies nobody."""
        self._speakers[slot] = lambda _rng: Said(text, None, "")

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
        """Cast a slot as somebody of the county."""
        self._players[slot] = Player(given, family, who, sex, known_as)

    def stranger(self, slot: str, *, who: str, born: int = 1985) -> None:
        """Cast a slot as somebody who is in nobody's records: a colleague, a shop worker, a passer-by."""
        self._strangers[slot] = (who, born)


_PRONOUNS = {"they": ("she", "he"), "them": ("her", "him"), "their": ("her", "his")}


def _stranger(who: str, born: int, rng: Random) -> Player:
    community = a_community(rng)
    sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
    return Player(given_name(community, sex, born, rng), surname(community, sex, rng), who, sex, "")


def _named(player: Player, form: str, rng: Random) -> str:
    match form:
        case "full":
            return player.full
        case "given":
            return player.given
        case "short":
            return _short(player, rng)
        case _:
            return _formal(player, rng)


def _formal(player: Player, rng: Random) -> str:
    draw = rng.random()
    if draw < 0.62 or not player.family:
        return player.full
    if draw < 0.80:
        return f"{player.given} {player.family.upper()}"
    if draw < 0.88:
        return f"{player.family}, {player.given}"
    return f"{player.given[0]}. {player.family}" if draw < 0.94 else player.full.upper()


def _short(player: Player, rng: Random) -> str:
    draw = rng.random()
    last = player.family or player.given
    if draw < 0.60:
        return player.known_as if draw > 0.45 and player.known_as else player.given
    if draw < 0.85:
        return last.upper() if draw < 0.70 else last
    return f"{'Ms' if player.sex is Sex.FEMALE else 'Mr'} {last}"


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
    if 11 <= number <= 13:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
