"""Names of people that canaries bear: of communities that the sample county lacks, words, and slips of the keyboard."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final

from datalab.sample.people.names import Sex, a_community, given_name, surname

COUNTY: Final = 0.15
"""Share of people who are named as those of the sample county are; the rest bear names it does not have."""
HYPHENED: Final = 0.1
"""Share of people whose surname is two with a hyphen."""
SLIPS: Final = 0.08
"""Share of names with a slip of the keyboard: letters of a name are swapped, doubled or left out."""
CURLED: Final = 0.5
"""Share of apostrophes that are curly, as word processors make them."""
_LONG_ENOUGH: Final = 5
"""Letters of a word in which a slip leaves something that a reader takes for the name."""


@dataclass(frozen=True, slots=True)
class _Community:
    given: tuple[str, ...]
    surnames: tuple[str, ...]
    share: int


def person(rng: Random) -> str:
    """Return a name as somebody might write it: in half of the cases both names, else one, or with an initial."""
    given, family = _county(rng) if rng.random() < COUNTY else _elsewhere(rng)
    if rng.random() < HYPHENED and "-" not in family and family:
        family = f"{family}-{rng.choice(rng.choice(_communities()).surnames)}"
    name = rng.choice(
        (f"{given} {family}", f"{given} {family}", f"{given} {family}", given, family, f"{given[0]}. {family}")
    ).strip()
    name = name if len(name) > 2 else given  # noqa: PLR2004 - who has one name has no initial
    if rng.random() < SLIPS:
        name = _slipped(name, rng)
    return name.replace("'", "\u2019") if rng.random() < CURLED else name


def _county(rng: Random) -> tuple[str, str]:
    sex, community = rng.choice(tuple(Sex)), a_community(rng)
    return given_name(community, sex, rng.randrange(1930, 2015), rng), surname(community, sex, rng)


def _elsewhere(rng: Random) -> tuple[str, str]:
    communities = _communities()
    community = rng.choices(communities, [one.share for one in communities])[0]
    return rng.choice(community.given), rng.choice(community.surnames)


def _slipped(name: str, rng: Random) -> str:
    """Return a name with one slip in one of its words, where a word is long enough; never in its first letter."""
    words = name.split()
    place = rng.randrange(len(words))
    word = words[place]
    if len(word) >= _LONG_ENOUGH and word.isalpha():
        at = rng.randrange(1, len(word) - 2)
        one, other = word[at], word[at + 1]
        words[place] = word[:at] + rng.choice((other + one, one + one + other, other)) + word[at + 2 :]
    return " ".join(words)


@cache
def _communities() -> tuple[_Community, ...]:
    stated = tomllib.loads((files("anonymise.prose.planted") / "names.toml").read_text(encoding="utf-8"))
    return tuple(
        _Community(tuple(pool["given"].split(", ")), tuple(pool["surnames"].split(", ")), pool.get("share", 1))
        for pool in stated["community"]
    )
