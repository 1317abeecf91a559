"""Cells that hold an identifier among other words: an e-mail address in a remark, a postcode after a street."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # the dialect of the patterns

from anonymise.cells.kind import CHECKED, SURE, CellKind
from anonymise.cells.numbers import ADDRESS, EMAIL, PHONE, POSTCODE, may_be_phone
from anonymise.identifiers import is_postcode, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.patterns.all import PATTERNS
from anonymise.prose.patterns.places import PLACES
from anonymise.validity import is_nhs_number, is_nino

_EMAIL: Final = next(regex.compile(one.regex, regex.IGNORECASE) for one in PATTERNS if one.entity is Entity.EMAIL)
_PHONE: Final = next(regex.compile(one.regex) for one in PATTERNS if one.entity is Entity.PHONE)
_ADDRESSES: Final = tuple(
    regex.compile(one.regex, regex.IGNORECASE) for one in PLACES if one.entity is Entity.ADDRESS and one.needs == "0"
)
"""Addresses with a number of a house or a flat; the name of a street alone is no home."""
_POSTCODE: Final = regex.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}(?![A-Z0-9])")
_SMALL_POSTCODE: Final = regex.compile(r"(?<![a-z0-9])[a-z]{1,2}\d[a-z0-9]? \d[a-z]{2}(?![a-z0-9])")
_TEN: Final = regex.compile(r"(?<![\w.-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
_NINO: Final = regex.compile(r"(?<!\w)[A-Z]{2}(?: ?\d\d){3} ?[A-D](?!\w)")
_HOUSE: Final = regex.compile(
    r"(?:\p{L}[\p{L}\p{M}'\u2019-]*\s){1,4}(?:cottages?|farm|farmhouse|vicarage|rectory|forge|bungalow|barn|manse|parsonage|"
    r"schoolhouse|oast|smithy|tollhouse|coach\shouse|gate\s?house)(?:,.*)?",
    regex.IGNORECASE,
)
_HOUSE_NAMES: Final = CellKind("addresses", CHECKED)
"""Names of houses. `House`, `Lodge`, `Hall` and `Grange` are of homes and wards too, where many live."""
_NHS_HELD: Final = CellKind("NHS numbers", 0.05)
"""Among words one number in eleven passes by chance as well, and most words hold none."""
_NINO_HELD: Final = CellKind("National Insurance numbers", SURE)


def held_kinds(cell: str) -> Iterator[CellKind]:
    """Yield what stands in a cell among other words."""
    if "@" in cell and _EMAIL.search(cell):
        yield EMAIL
    if _HOUSE.fullmatch(cell):
        yield _HOUSE_NAMES
    if not any(map(str.isdigit, cell)):
        return
    if any(may_be_phone(found.group()) for found in _PHONE.finditer(cell)):
        yield PHONE
    if any(is_postcode(squeeze(found.group())) for one in (_POSTCODE, _SMALL_POSTCODE) for found in one.finditer(cell)):
        yield POSTCODE
    if any(pattern.search(cell) for pattern in _ADDRESSES):
        yield ADDRESS
    if " " in cell and any(is_nhs_number(squeeze(found.group())) for found in _TEN.finditer(cell)):
        yield _NHS_HELD
    if any(is_nino(squeeze(found.group())) for found in _NINO.finditer(cell)):
        yield _NINO_HELD
