"""Where on the earth something is: latitude and longitude, grid references, three words of what3words."""

from __future__ import annotations

import re
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import IS, TextPattern

_SQUARES: Final = r"(?:H[PTUWXYZ]|N[A-DF-HJ-OR-UW-Z]|O[V]|S[C-EHJ-PR-Z]|T[AFGLMQRV])"
"""Squares of 100 km of the National Grid with land in them (Ordnance Survey, A guide to coordinate systems)."""
_DEGREES: Final = r"-?\d{1,3}\.\d{3,10}"
_DECIMALS: Final = re.compile(r"-?\d{1,3}\.\d+")
_PARTS: Final = re.compile(r"\d+")
_DMS: Final = (
    r"\d{1,3}\s?[\u00b0\u00bado]\s?\d{1,2}(?:\.\d+)?\s?['\u2019\u2032m]?\s?"
    r"(?:\d{1,2}(?:\.\d{1,4})?\s?(?:[\"\u201d\u2033s]|['\u2019\u2032]{2})?)?"
)
_MINUTES: Final = r"\d{1,3}[\s\u00b0]\s?\d{1,2}\.\d{1,5}['\u2019\u2032]?"
_WORDS3: Final = r"\p{L}{3,18}"


def _is_on_earth(text: str) -> bool:
    """Whether two decimal numbers can be a latitude and a longitude."""
    latitude, longitude = map(float, _DECIMALS.findall(text)[:2])
    return abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees


def _is_grid(text: str) -> bool:
    """Whether eastings and northings have the same number of digits."""
    return sum(map(len, _PARTS.findall(text))) % 2 == 0


POSITIONS: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.COORDINATES,
        regex=rf"(?<![\w.]){_DEGREES}\s?\u00b0?\s?[NS]?\s?[,;/\s]\s?{_DEGREES}(?:\s?\u00b0?\s?[EW]\b)?(?![\w.]\d)",
        score=0.85, shapes=(".000",), check=_is_on_earth,
    ),
    TextPattern(
        entity=Entity.COORDINATES,
        regex=r"\b(?:lat(?:itude)?|lon(?:g(?:itude)?)?|lng)\b[\s:=.]{0,3}(?:is\s)?\K-?\d{1,3}(?:\.\d{1,10})?"
        r"(?:\s?\u00b0)?(?:\s?[NSEW]\b)?", score=0.8, needs="0", near=("lat", "lon", "lng"),
    ),
    TextPattern(
        entity=Entity.COORDINATES,
        regex=rf"(?<![\w.]){_DMS}\s?[NS]\b[,;\s]{{0,3}}{_DMS}\s?[EW]\b|"
        rf"(?<![\w.])\d{{1,2}}\.\d{{3,10}}\s?[NS][,\s]{{1,2}}"
        r"\d{1,3}\.\d{3,10}\s?[EW]\b", score=0.88,
        shapes=("0\u00b0", "0 \u00b0", "0A0", "0A 0", "0 A0", "0 A 0", ".000"),
    ),
    TextPattern(  # degrees and minutes, as instruments show them
        entity=Entity.COORDINATES,
        regex=rf"\b[NS]\s?{_MINUTES}[,;\s]{{1,3}}[EW]\s?{_MINUTES}(?!\w)", score=0.88, shapes=("A00", "A 00"),
    ),
    TextPattern(  # eastings and northings in metres
        entity=Entity.COORDINATES,
        regex=r"(?<![\w.,/\u00a3$\u20ac-])[0-6]\d{5}\s?,\s?\d{6}(?!\w|[.,/-]\d)", score=0.6,
        shapes=("000000,", "000000 ,"),
    ),
    TextPattern(
        entity=Entity.COORDINATES,
        regex=rf"\b{_SQUARES}(?:\s?\d{{3}}\s?\d{{3}}|\s?\d{{4}}\s?\d{{4}}|\s?\d{{5}}\s?\d{{5}})(?!\w)", score=0.8,
        any_case=False, shapes=("AA000", "AA 000"),
    ),
    TextPattern(
        entity=Entity.COORDINATES,
        regex=rf"\b(?:grid(?:\sref(?:erence)?)?|ngr|os\sref(?:erence)?|osgr){IS}"
        r"\K(?:[A-Z]{1,2}\s?)?\d{2,5}[\s,]{0,2}\d{2,5}\b",
        score=0.85, needs="0", near=("grid", "ngr", "os"), check=_is_grid,
    ),
    TextPattern(
        entity=Entity.COORDINATES, regex=rf"/{{2,3}}{_WORDS3}\.{_WORDS3}\.{_WORDS3}\b", score=0.92, needs="/"
    ),
    TextPattern(
        entity=Entity.COORDINATES,
        regex=rf"\b(?:what\s?(?:3|three)\s?words?|w3w)\b{IS}"
        rf"\K/{{0,3}}{_WORDS3}[.\s,/-]{{1,2}}{_WORDS3}[.\s,/-]{{1,2}}{_WORDS3}\b",
        score=0.9, near=("words", "w3w", "word"),
    ),
)  # fmt: skip
