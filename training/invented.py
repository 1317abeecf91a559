"""Texts invented from pieces of many genres, with names of every community of the county and of the wide lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from example import Example, Name

from anonymise.prose.lists.names import name_lists
from datalab.sample.people.identifiers import spaced_phone
from datalab.sample.people.names import Sex, a_community, given_name, nickname, surname

HOLE = re.compile(r"\{([a-z]+\d?)(?:\.([a-z]))?\}")
HERE = Path(__file__).parent / "texts"
WIDE = 0.45
"""Share of people named from the wide lists: Faker's names of many countries and the census of the United States."""
LABELS = {
    "org": "ORG", "firm": "ORG", "school": "ORG", "charity": "ORG", "hospital": "ORG", "gp": "ORG", "dept": "ORG",
    "team": "ORG", "town": "GPE", "city": "GPE", "county": "GPE", "country": "GPE", "area": "GPE", "building": "FAC",
    "road": "FAC", "address": "FAC", "nation": "NORP", "date": "DATE", "day": "DATE", "money": "MONEY",
}  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LISTS = {
    "town": "towns", "city": "cities", "county": "counties", "country": "countries", "nation": "nations",
    "area": "areas", "team": "teams", "org": "bodies", "dept": "departments", "charity": "charities", "firm": "firms",
    "school": "schools", "hospital": "hospitals", "gp": "practices", "building": "buildings", "product": "products",
}  # fmt: skip


@cache
def _texts(name: str) -> dict[str, list[str]]:
    stated = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    return stated.get("genres", stated)


@cache
def _wide() -> tuple[tuple[str, ...], tuple[str, ...]]:
    lists = name_lists()
    given = sorted(word for word in lists.given if word.isalpha() and 2 < len(word) < 12)
    family = sorted(word for word in lists.surnames if len(word) > 2)
    return tuple(given), tuple(family)


class Person:
    """Somebody who can be named in several ways."""

    def __init__(self, rng: Random) -> None:
        self.sex = rng.choice((Sex.FEMALE, Sex.MALE))
        community = a_community(rng)
        self.given = given_name(community, self.sex, rng.randrange(1935, 2020), rng)
        self.family = surname(community, self.sex, rng)
        if rng.random() < WIDE:
            given, family = _wide()
            self.given, self.family = rng.choice(given).title(), rng.choice(family).title()

    def said(self, form: str, rng: Random) -> tuple[str, str]:
        """Return what stands before the name (a title) and the name."""
        family = self.family or self.given
        ways = {
            "g": (self.given,),
            "s": (family,),
            "i": (f"{self.given[0]} {family}", f"{self.given[0]}. {family}", f"{self.given[0]}.{family}"),
            "w": (f"{family}, {self.given}", f"{family.upper()} {self.given}", f"{family.upper()}, {self.given}"),
            "t": (family, family, family, self.full),
        }
        if form == "t":
            ladies, men = ("Mrs", "Ms", "Miss", "Dr", "Prof"), ("Mr", "Mr", "Dr", "Rev", "Cllr")
            return rng.choice(ladies if self.sex is Sex.FEMALE else men) + " ", rng.choice(ways["t"])
        if form == "n":
            return "", nickname(self.given, rng) or self.given
        if form in ways:
            return "", rng.choice(ways[form])
        middle = f" {rng.choice('ABCDEFGHJKLMNPRSTW')}." if rng.random() < 0.08 else ""
        return "", f"{self.given}{middle} {self.family}".strip()

    @property
    def full(self) -> str:
        """Both names."""
        return f"{self.given} {self.family}".strip()


class Page:
    """A text as it is written, with its names."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.text = ""
        self.names: list[Name] = []
        self.people: dict[str, Person] = {}

    def write(self, piece: str) -> None:
        """Write a piece, its holes filled."""
        done = 0
        for hole in HOLE.finditer(piece):
            self.text += piece[done : hole.start()]
            self._fill(hole[1], hole[2] or "")
            done = hole.end()
        self.text += piece[done:]

    def _fill(self, slot: str, form: str) -> None:
        if re.fullmatch(r"p\d", slot):
            person = self.people.setdefault(slot, Person(self.rng))
            title, name = person.said(form, self.rng)
            self.text += title
            self._named(name, "PERSON")
            return
        kind = slot.rstrip("0123456789")
        said = filled(kind, self.rng)
        if kind in LABELS:
            said = said.removeprefix("the ") if kind != "date" else said
            self._named(said, LABELS[kind])
        else:
            self.text += said

    def _named(self, said: str, label: str) -> None:
        self.names.append(Name(len(self.text), len(self.text) + len(said), label))
        self.text += said


def filled(kind: str, rng: Random) -> str:
    """Say one slot that is no person."""
    made: dict[str, Callable[[], str]] = {
        "date": lambda: rng.choice(
            (
                f"{rng.randrange(1, 29)} {rng.choice(MONTHS)} {rng.randrange(1990, 2027)}",
                f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(10, 27)}",
                f"{rng.choice(MONTHS)} {rng.randrange(1980, 2027)}",
                str(rng.randrange(1950, 2026)),
            )
        ),
        "day": lambda: rng.choice(DAYS),
        "phone": lambda: spaced_phone(f"07700900{rng.randrange(1000):03d}", rng),
        "email": lambda: f"{rng.choice('abcdefghjkl')}{rng.randrange(99)}@mail.example",
        "money": lambda: f"\u00a3{rng.randrange(10, 900)}",
        "number": lambda: str(rng.randrange(2, 90)),
        "ref": lambda: f"{rng.choice('ABCD')}/{rng.randrange(1000, 99999)}",
        "postcode": lambda: (
            f"{rng.choice('ABCDEFG')}{rng.randrange(1, 20)} "
            f"{rng.randrange(1, 9)}{rng.choice('ABDE')}{rng.choice('FGHJ')}"
        ),
        "road": lambda: _road(rng),
        "address": lambda: f"{rng.choice(('', 'Flat 2, ', 'the '))}{rng.randrange(1, 180)} {_road(rng)}".replace(
            "the ", ""
        ),
        "given": lambda: Person(rng).given,
        "surname": lambda: Person(rng).said("s", rng)[1],
    }
    if kind in made:
        return made[kind]()
    said = rng.choice(_texts("places")[LISTS[kind]])
    return HOLE.sub(lambda hole: filled(hole[1].rstrip("0123456789"), rng), said)


def _road(rng: Random) -> str:
    places = _texts("places")
    name = HOLE.sub(lambda hole: filled(hole[1], rng), rng.choice(places["road_names"]))
    return f"{name} {rng.choice(places['road_kinds'])}"


def invent(rng: Random) -> Example:
    """Invent a text: some pieces of one genre, now and then with plain sentences between."""
    genres = _texts("genres")
    pieces = genres[rng.choice([name for name in genres if name != "plain"])]
    page = Page(rng)
    between = rng.choice((" ", " ", "\n", "\n\n"))
    for number in range(rng.randrange(1, 7)):
        if number:
            page.write(between)
        page.write(rng.choice(genres["plain"] if rng.random() < 0.3 else pieces))
    return Example(page.text, tuple(page.names))
