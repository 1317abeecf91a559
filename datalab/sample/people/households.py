"""People and the households they live in, made in blocks that need nothing of each other.

A block is a neighbourhood of `BLOCK_PEOPLE` people. Its random numbers come from the seed and the block's number alone,
so any block can be made first, last or twice, and memory never grows with the county.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from datalab.sample.people import identifiers
from datalab.sample.people.names import (
    Community,
    Sex,
    Style,
    a_community,
    for_sex,
    given_name,
    nickname,
    surname,
)
from datalab.sample.people.person import Household, Person
from datalab.sample.people.places import SEGMENTS, Segment, address, segment

BLOCK_PEOPLE = 1_000
"""People in a block; the last block of a county may hold fewer."""
MOST_PEOPLE = 5_000_000
"""Largest county: numbers of people, postcodes and properties stay different up to here."""
CENSUS_DAY = date(2023, 1, 1)
"""Day on which ages are drawn."""
DOORS = 14
"""Doors a segment has before the next one starts."""
_SHAPES = (
    "single",
    "couple",
    "couple_children",
    "lone_parent",
    "older_single",
    "older_couple",
    "sharers",
    "three_generations",
)
_SHAPE_SHARES = (0.17, 0.18, 0.27, 0.10, 0.11, 0.10, 0.04, 0.03)


def block_count(people: int) -> int:
    """Return how many blocks a county of so many people has."""
    return -(-people // BLOCK_PEOPLE)


def block_random(seed: int, block: int, purpose: str) -> Random:
    """Return the random numbers of one block for one purpose: SHA-512 of the text seeds them, so they never change."""
    return Random(f"datalab sample/{seed}/{block}/{purpose}")


def households_of(*, seed: int, block: int, people: int) -> tuple[Household, ...]:
    """Make the households of one block.

    Args:
        seed: the county's seed.
        block: number of the block, from 0.
        people: people to make, at most `BLOCK_PEOPLE`; the last household loses its youngest to fit.
    """
    rng = block_random(seed, block, "people")
    segments = [segment(block * SEGMENTS + n, rng) for n in range(SEGMENTS)]
    made: list[Household] = []
    first = block * BLOCK_PEOPLE
    count = 0
    while count < people:
        household = _household(
            rng, block=block, place=len(made), segments=segments, first=first + count, room=people - count
        )
        made.append(household)
        count += len(household.members)
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    sex: Sex
    born: date
    community: Community
    surname: str
    birth_surname: str
    given: str
    is_parent: bool = False


def _household(rng: Random, *, block: int, place: int, segments: list[Segment], first: int, room: int) -> Household:
    number = block * BLOCK_PEOPLE + place
    shape = rng.choices(_SHAPES, _SHAPE_SHARES)[0]
    drafts = tuple(_members(shape, rng))[:room]
    where = segments[place // DOORS % SEGMENTS]
    # A block with many small households starts its segments again; the second round stands behind the first.
    door = place % DOORS + DOORS * (place // (DOORS * SEGMENTS))
    moved = rng.random() < 0.08
    old = segments[rng.randrange(SEGMENTS)]
    return Household(
        number=number,
        home=address(where, door=door, household=number),
        former=address(old, door=3 * DOORS + rng.randrange(DOORS), household=number + 5_000_000) if moved else None,
        moved_on=CENSUS_DAY + timedelta(days=rng.randrange(30, 420)) if moved else None,
        members=tuple(_person(draft, rng, number=first + n, block=block) for n, draft in enumerate(drafts)),
        is_couple=shape in {"couple", "couple_children", "older_couple", "three_generations"} and len(drafts) > 1,
        former_partner=_stranger(rng),
    )


def _stranger(rng: Random) -> str:
    community = a_community(rng)
    sex = Sex.MALE if rng.random() < 0.8 else Sex.FEMALE
    return f"{given_name(community, sex, 1985, rng)} {surname(community, sex, rng)}".strip()


def _born(rng: Random, youngest: int, oldest: int) -> date:
    return CENSUS_DAY - timedelta(days=rng.randrange(youngest * 365 + youngest // 4, (oldest + 1) * 365 + oldest // 4))


def _adult(rng: Random, community: Community, sex: Sex, ages: tuple[int, int]) -> _Draft:
    born = _born(rng, *ages)
    family = surname(community, sex, rng)
    return _Draft(
        sex=sex,
        born=born,
        community=community,
        surname=family,
        birth_surname=family,
        given=given_name(community, sex, born.year, rng),
    )


def _members(shape: str, rng: Random) -> Iterator[_Draft]:
    community = a_community(rng)
    sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
    match shape:
        case "single":
            yield _adult(rng, community, sex, (18, 66))
        case "older_single":
            yield _adult(rng, community, Sex.FEMALE if rng.random() < 0.65 else Sex.MALE, (67, 97))
        case "couple":
            yield from _couple(rng, community, (20, 66))
        case "older_couple":
            yield from _couple(rng, community, (67, 92))
        case "sharers":
            for _ in range(rng.randrange(2, 6)):
                yield _adult(rng, a_community(rng), Sex.FEMALE if rng.random() < 0.5 else Sex.MALE, (18, 35))
        case "lone_parent":
            parent = _adult(rng, community, Sex.FEMALE if rng.random() < 0.86 else Sex.MALE, (20, 52))
            yield replace(parent, is_parent=True)
            yield from _children(rng, (parent,))
        case _:
            parents = tuple(_couple(rng, community, (22, 55)))
            yield from (replace(parent, is_parent=True) for parent in parents)
            if shape == "three_generations":
                yield _adult(rng, community, Sex.FEMALE if rng.random() < 0.7 else Sex.MALE, (66, 93))
            yield from _children(rng, parents)


def _couple(rng: Random, community: Community, ages: tuple[int, int]) -> Iterator[_Draft]:
    other = a_community(rng) if rng.random() < 0.08 else community
    first = _adult(rng, community, Sex.MALE, ages)
    gap = rng.randrange(-6, 5)
    near = min(max(first.born.year + gap, CENSUS_DAY.year - ages[1] - 4), CENSUS_DAY.year - 18)
    born = date(near, rng.randrange(1, 13), rng.randrange(1, 29))
    partner_sex = Sex.MALE if rng.random() < 0.015 else Sex.FEMALE
    own = surname(other, partner_sex, rng)
    taken = own
    if community.style in (Style.SHARED_SURNAME, Style.FEMININE_SKA) and first.surname and rng.random() < 0.62:
        taken = for_sex(first.surname, partner_sex, community)
        if own and rng.random() < 0.08 and "-" not in own + taken and " " not in own + taken:
            taken = f"{own}-{taken}"
    yield first
    yield _Draft(
        sex=partner_sex, born=born, community=other, surname=taken, birth_surname=own,
        given=given_name(other, partner_sex, born.year, rng),
    )  # fmt: skip


def _children(rng: Random, parents: tuple[_Draft, ...]) -> Iterator[_Draft]:
    mother = parents[-1]
    count = rng.choices((1, 2, 3, 4, 5, 6), (0.40, 0.38, 0.14, 0.05, 0.02, 0.01))[0]
    age_now = CENSUS_DAY.year - mother.born.year
    previous: date | None = None
    for _ in range(count):
        oldest = min(age_now - 17, 21)
        born = _born(rng, 0, max(oldest, 0))
        if previous is not None and rng.random() < 0.03:
            born = previous  # twins
        previous = born
        yield _child(rng, parents, born)


def _child(rng: Random, parents: tuple[_Draft, ...], born: date) -> _Draft:
    sex = Sex.FEMALE if rng.random() < 0.488 else Sex.MALE
    parent = parents[0]
    community = parent.community
    match community.style:
        case Style.THREE_PART:
            family = f"{parent.given} {parent.surname.split()[0]}" if parent.surname else parent.given
        case Style.MONONYM:
            family = parent.given
        case Style.OWN_SURNAME if rng.random() < 0.3:
            family = surname(community, sex, rng)
        case _:
            family = for_sex(parent.surname, sex, community)
    if len(parents) > 1 and rng.random() < 0.07:
        hers = parents[1].birth_surname
        if hers and family and hers != family and not set("- ") & set(hers + family):
            family = f"{hers}-{family}"
    named_after = rng.random() < 0.015 and sex is parent.sex  # father and son, two people of one name
    given = parent.given if named_after else given_name(community, sex, born.year, rng)
    return _Draft(sex=sex, born=born, community=community, surname=family, birth_surname=family, given=given)


def _person(draft: _Draft, rng: Random, *, number: int, block: int) -> Person:
    age = CENSUS_DAY.year - draft.born.year
    handle = "".join(letter for letter in draft.given.lower() if "a" <= letter <= "z") or "user"
    return Person(
        number=number,
        given=draft.given,
        surname=draft.surname,
        birth_surname=draft.birth_surname,
        known_as=nickname(draft.given, rng),
        sex=draft.sex,
        born=draft.born,
        community=draft.community.name,
        ethnic_group=draft.community.ethnic_group,
        nhs_number=identifiers.nhs_number(number),
        upn=identifiers.upn(block=block, place=number % BLOCK_PEOPLE, allocated=draft.born.year + 4)
        if age <= 27
        else None,
        phone=identifiers.mobile(rng) if age >= 12 else identifiers.landline(rng),
        email=f"{handle}{rng.randrange(10, 999)}@example.{rng.choice(('com', 'org', 'net'))}",
        plate=identifiers.plate(rng) if age >= 18 and rng.random() < 0.6 else None,
        is_parent=draft.is_parent,
    )
