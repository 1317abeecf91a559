"""Schools, shops and practices of the county, and the friends people are with: what several agencies write of."""

from __future__ import annotations

from random import Random

from datalab.sample.narratives.cast import Cast
from datalab.sample.people.person import Household, Person
from datalab.sample.people.places import WARDS

_SECONDARY = (
    "St Aidan's Academy", "Wexmoor Girls' School", "Harbour Side Academy", "Kingsfold High School",
    "Sir Thomas Alderwick School", "Our Lady of Marlpit Catholic School",
)  # fmt: skip
_SHOPS = (
    "Morley's Food Hall",
    "Fenside News",
    "Wexmart",
    "Bargain Barn",
    "Harbour Pharmacy",
    "Dunmoor Stores",
    "Corner Plus",
)
_PRACTICES = ("Health Centre", "Surgery", "Medical Practice")
FIRST_SECONDARY_YEAR = 7


def school_of(ward: str, year: int) -> str:
    """Return the school of a ward's children in a school year (0 is Reception)."""
    if year < FIRST_SECONDARY_YEAR:
        return f"{ward} Primary School"
    return _SECONDARY[WARDS.index(ward) // 4]


def shop_near(ward: str, rng: Random) -> str:
    """Return a shop of a ward."""
    return f"{rng.choice(_SHOPS)}, {ward}"


def practice_of(ward: str) -> str:
    """Return the general practice of a ward."""
    return f"{ward} {_PRACTICES[WARDS.index(ward) % len(_PRACTICES)]}"


def friend_of(person: Person, homes: tuple[Household, ...], cast: Cast, rng: Random) -> None:
    """Cast a friend: somebody of about the same age from the same neighbourhood, if one turns up soon."""
    for _ in range(6):
        friend = rng.choice(rng.choice(homes).members)
        if friend is not person and abs(friend.born.year - person.born.year) < 4:
            cast.person("friend", friend.given, friend.surname, who="other", sex=friend.sex, known_as=friend.known_as)
            return
