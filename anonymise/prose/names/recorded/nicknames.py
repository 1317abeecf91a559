"""Short forms: what somebody whose record says `Margaret` is called in its text."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

FILE: Final = "nicknames.toml"


def other_forms(name: str) -> frozenset[str]:
    """Return in small letters what else the bearer of a given name may be called."""
    return _forms().get(name.casefold(), frozenset())


@cache
def _forms() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for shorts, longs in _lines():
        for long in longs:
            forms[long] |= shorts
        for short in shorts:
            forms[short] |= longs | shorts
    return {name: frozenset(others - {name}) for name, others in forms.items()}


def _lines() -> Iterator[tuple[set[str], set[str]]]:
    listed = tomllib.loads(resources.files("anonymise.prose.names.recorded").joinpath(FILE).read_text("utf-8"))["short"]
    for line in listed.casefold().strip().splitlines():
        shorts, _, longs = line.partition(":")
        yield set(shorts.split()), set(longs.split())
