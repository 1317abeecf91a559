"""Names: who is called what in which community, and what they are called at home.

A name is more than given name and surname: some people have one name only, three parts, two surnames, a hyphen, an
apostrophe, or letters outside English; wives may or may not share a surname. Linkage and redaction that fail on them
fail unequally, so the sample holds them in number.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random

OLD_NAMES_BEFORE = 1972
"""People born before this year get the older list of given names, where a community has one."""


class Sex(StrEnum):
    """Sex as recorded."""

    FEMALE = "F"
    MALE = "M"


class Style(StrEnum):
    """How a community builds a surname."""

    SHARED_SURNAME = "shared_surname"
    """Families share one; many wives take it."""
    OWN_SURNAME = "own_surname"
    """Women keep their own, often a woman's name."""
    SINGH_KAUR = "singh_kaur"
    FEMININE_SKA = "feminine_ska"
    """Women's surnames end in -ska where men's end in -ski."""
    TWO_SURNAMES = "two_surnames"
    THREE_PART = "three_part"
    """Own name, father's, grandfather's."""
    MONONYM = "mononym"
    """Half of the people have one name only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A pool of names, and what the census would call the people who bear them."""

    name: str
    ethnic_group: str
    style: Style
    given: dict[Sex, tuple[str, ...]]
    given_old: dict[Sex, tuple[str, ...]]
    surnames: tuple[str, ...]
    female_surnames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePools:
    """Every community, the running sum of their shares, and short forms of given names."""

    communities: tuple[Community, ...]
    shares: tuple[float, ...]
    nicknames: dict[str, tuple[str, ...]]


@cache
def name_pools() -> NamePools:
    """Read the lists of names once."""
    stated = tomllib.loads((files("datalab.sample.people") / "names.toml").read_text(encoding="utf-8"))
    pools = stated["community"]
    return NamePools(
        communities=tuple(_community(name, pool) for name, pool in pools.items()),
        shares=tuple(accumulate(pool["share"] for pool in pools.values())),
        nicknames={name: _listed(forms) for name, forms in stated["nicknames"].items()},
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _community(name: str, pool: dict[str, str]) -> Community:
    female, male = _listed(pool["female"]), _listed(pool["male"])
    surnames = _listed(pool["surnames"])
    return Community(
        name=name,
        ethnic_group=pool["ethnic_group"],
        style=Style(pool["style"]),
        given={Sex.FEMALE: female, Sex.MALE: male},
        given_old={
            Sex.FEMALE: _listed(pool["female_old"]) if "female_old" in pool else female,
            Sex.MALE: _listed(pool["male_old"]) if "male_old" in pool else male,
        },
        surnames=surnames,
        female_surnames=_listed(pool["female_surnames"]) if "female_surnames" in pool else surnames,
    )


def a_community(rng: Random) -> Community:
    """Draw a community by its share."""
    pools = name_pools()
    return rng.choices(pools.communities, cum_weights=pools.shares)[0]


def common_first(names: tuple[str, ...], rng: Random) -> str:
    """Draw from a list that runs from common to rare, the first ones most often."""
    return names[int(len(names) * rng.random() ** 1.7)]


def given_name(community: Community, sex: Sex, born: int, rng: Random) -> str:
    """Draw a given name for somebody born in a year; a few have two with a hyphen."""
    pool = community.given_old[sex] if born < OLD_NAMES_BEFORE else community.given[sex]
    name = common_first(pool, rng)
    if community.name == "english" and rng.random() < 0.03 and "-" not in name:
        return f"{name}-{rng.choice(('Louise', 'Marie', 'Rose') if sex is Sex.FEMALE else ('James', 'Lee', 'Paul'))}"
    return name


def surname(community: Community, sex: Sex, rng: Random) -> str:
    """Draw the surname somebody is born with; empty for people with one name only."""
    match community.style:
        case Style.SINGH_KAUR if rng.random() < 0.5:
            return "Kaur" if sex is Sex.FEMALE else "Singh"
        case Style.TWO_SURNAMES:
            return f"{common_first(community.surnames, rng)} {common_first(community.surnames, rng)}"
        case Style.THREE_PART:
            return f"{common_first(community.surnames, rng)} {common_first(community.surnames, rng)}"
        case Style.MONONYM if rng.random() < 0.5:
            return ""
        case Style.OWN_SURNAME:
            return common_first(community.female_surnames if sex is Sex.FEMALE else community.surnames, rng)
        case _:
            return for_sex(common_first(community.surnames, rng), sex, community)


def for_sex(name: str, sex: Sex, community: Community) -> str:
    """Return the form of a family's surname that a woman or a man bears."""
    if community.style is Style.FEMININE_SKA and sex is Sex.FEMALE and name.endswith("ki"):
        return f"{name[:-1]}a"
    if community.style is Style.SINGH_KAUR and name in {"Singh", "Kaur"}:
        return "Kaur" if sex is Sex.FEMALE else "Singh"
    return name


def nickname(given: str, rng: Random) -> str:
    """Return what somebody is called at home: a short form where there is one, else the given name."""
    forms = name_pools().nicknames.get(given)
    return rng.choice(forms) if forms else given
