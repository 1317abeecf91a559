"""Numbers and codes that name a person or a place in the United Kingdom: can this text be one?

A check character turns away nearly every number that only looks right; a shape turns away less. A ten-digit number
passes the NHS check by chance once in eleven times: for a column the share of valid values tells, for one value in
prose the check does not, and redaction masks long numbers whether they pass or not.

Standards: NHS number and CHI, modulus 11 (NHS Data Dictionary; Public Health Scotland, CHI number); UPN, modulus 23
(DfE, Unique Pupil Numbers guide); NINO (HMRC, NIM39110); UPRN (BS 7666-2, up to 12 digits); postcode (BS 7666-2 and
the PAF programmers' guide); passport and driving licence (HM Passport Office; DVLA, INS57P).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from anonymise.validity import is_nhs_number, is_nino, is_upn

# The letters after one digit are those in use and those that were (W1M, W1N, W1R, W1V, W1X and W1Y until 2000):
# records hold both.
_OUTWARD: Final = r"(?:[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKMNPR-Y]|[A-HK-Y](?:[0-9]{1,2}|[0-9][ABEHMNPRV-Y]))|GIR)"
_INWARD: Final = r"[0-9][ABD-HJLNP-UW-Z]{2}"
"""The letters C, I, K, M, O and V never stand in an inward code."""
_POSTCODE = re.compile(_OUTWARD + _INWARD)
_DISTRICT = re.compile(_OUTWARD)
_LICENCE = re.compile(r"(?=[A-Z])[A-Z]{1,5}9{0,4}(?<=.{5})[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]")
_CHI = re.compile(r"(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{6}")
_SEPARATORS = re.compile(r"[\s\-./]+")


class IdentifierKind(StrEnum):
    """What an identifier is one of."""

    NHS_NUMBER = "nhs_number"
    CHI = "chi"
    UPN = "upn"
    NINO = "nino"
    UPRN = "uprn"
    POSTCODE = "postcode"
    DRIVING_LICENCE = "driving_licence"


def squeeze(text: str) -> str:
    """Return a text in capitals without the blanks, hyphens, dots and slashes that people write into numbers."""
    return _SEPARATORS.sub("", text).upper()


def is_chi(text: str) -> bool:
    """Whether ten digits are a Scottish CHI number: a birthday as DDMMYY, and the NHS check digit."""
    return _CHI.fullmatch(text) is not None and is_nhs_number(text)


def is_uprn(text: str) -> bool:
    """Whether a text has the shape of a Unique Property Reference Number: up to 12 digits, no leading zero.

    Six digits at least: shorter ones exist, and are house numbers, ages and counts far more often.
    """
    return re.fullmatch(r"[1-9][0-9]{5,11}", text) is not None


def is_postcode(text: str) -> bool:
    """Whether a text in capitals without blanks has the shape of a full UK postcode."""
    return _POSTCODE.fullmatch(text) is not None


def is_postcode_district(text: str) -> bool:
    """Whether a text in capitals has the shape of an outward code, such as `GU21`."""
    return _DISTRICT.fullmatch(text) is not None


def is_driving_licence(text: str) -> bool:
    """Whether 16 characters can be a driving licence number: surname, birthday, initials, check characters."""
    return len(text) == 16 and text.isalnum() and _LICENCE.match(text) is not None  # noqa: PLR2004 - DVLA's length


CHECKS: Final[Mapping[IdentifierKind, Callable[[str], bool]]] = MappingProxyType(
    {
        IdentifierKind.CHI: is_chi,
        IdentifierKind.NHS_NUMBER: is_nhs_number,
        IdentifierKind.UPN: is_upn,
        IdentifierKind.NINO: is_nino,
        IdentifierKind.DRIVING_LICENCE: is_driving_licence,
        IdentifierKind.POSTCODE: is_postcode,
        IdentifierKind.UPRN: is_uprn,
    }
)
"""The check of each kind on a squeezed text, the most telling first."""


def kinds_of(text: str) -> tuple[IdentifierKind, ...]:
    """List what a text can be, the most telling kind first; empty where it can be none."""
    squeezed = squeeze(text)
    return tuple(kind for kind, check in CHECKS.items() if check(squeezed))
