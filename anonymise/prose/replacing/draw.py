"""Keyed draws: the same unit, kind and value always draw the same, and without the key nobody can draw again."""

from __future__ import annotations

import hmac
import tomllib
from collections.abc import Callable, Hashable
from functools import cache
from importlib import resources
from random import Random
from typing import Final

TRIES: Final = 60
"""Draws before a surrogate is given up: texts that hold so many of a pool's words are lists."""


def drawn(secret: bytes, kind: str, value: Hashable, make: Callable[[Random], str], fits: Callable[[str], bool]) -> str:
    """Return the first surrogate that fits; empty where none does.

    Args:
        secret: of the unit.
        kind: what is replaced.
        value: what is replaced, in one form however it was written.
        make: draws a surrogate.
        fits: whether a surrogate may stand in the text.
    """
    seed = hmac.digest(secret, f"{kind}|{value}".encode(), "sha256")
    rng = Random(int.from_bytes(seed, "big"))
    return next((made for made in (make(rng) for _ in range(TRIES)) if fits(made)), "")


@cache
def pool(name: str) -> tuple[str, ...]:
    """Return a list of `surrogates.toml`."""
    return tuple(word.strip() for word in _pools()[name].split(","))


@cache
def _pools() -> dict[str, str]:
    text = resources.files("anonymise.prose.replacing").joinpath("surrogates.toml").read_text("utf-8")
    return tomllib.loads(text)


def cased(written: str, made: str) -> str:
    """Return a surrogate in the case in which the original is written."""
    if written.isupper() and len(written) > 1:
        return made.upper()
    return made.lower() if written.islower() else made
