"""Names of places that are no people's: countries, and towns and districts of the United Kingdom."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from anonymise.prose.lists.names import bare

FOLDER: Final = resources.files("anonymise.cells")


def is_place(text: str) -> bool:
    """Whether a text, in any case, is a listed town, district, county or country."""
    return " ".join(map(bare, text.replace("-", " ").split())) in _places()


@cache
def _places() -> frozenset[str]:
    lines = FOLDER.joinpath("places.txt").read_text("utf-8").splitlines()
    named = (part.strip() for line in lines if not line.startswith("#") for part in line.split(","))
    return frozenset(" ".join(map(bare, one.replace("-", " ").split())) for one in named if one)
