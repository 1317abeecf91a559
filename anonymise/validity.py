"""Whether a number can be what it looks like: shapes and check characters."""

from __future__ import annotations

import re
from typing import Final

_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters of the UPN check, modulus 23: I, O and S are left out (DfE, Unique Pupil Numbers guide)."""
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_POLICE_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
"""Check letters of police numbers, modulus 23 (CJS Data Standards Catalogue: PNC identifier, CRO number)."""
_PNC = re.compile(r"(?:19|20)?([0-9]{2})/?([0-9]{1,7})([A-HJ-NP-RT-Z])")
_CRO = re.compile(r"(?P<serial>[0-9]{1,6})/(?P<year>[0-9]{2})(?P<check>[A-HJ-NP-RT-Z])")
_CRO_FILE = re.compile(r"SF(?P<year>[0-9]{2})/(?P<serial>[0-9]{1,6})(?P<check>[A-HJ-NP-RT-Z])")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]?")
"""HMRC, National Insurance Manual NIM39110: letters and prefixes that are never given out."""


def is_nhs_number(text: str) -> bool:
    """Whether ten digits are an NHS number: modulus 11 (NHS Data Dictionary), and not one digit ten times."""
    if not re.fullmatch(r"[0-9]{10}", text) or len(set(text)) == 1:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), text, strict=False))
    return (11 - total % 11) % 11 == int(text[9])


def is_upn(text: str) -> bool:
    """Whether thirteen characters are a Unique Pupil Number; a temporary one ends in a letter."""
    if not _UPN.fullmatch(text):
        return False
    values = [int(character) if character.isdigit() else _UPN_LETTERS.index(character) for character in text[1:]]
    total = sum(weight * value for weight, value in enumerate(values, start=2))
    return _UPN_LETTERS[total % 23] == text[0]


def is_nino(text: str) -> bool:
    """Whether eight or nine characters can be a National Insurance number."""
    return _NINO.fullmatch(text) is not None


def is_uln(text: str) -> bool:
    """Whether ten digits are a Unique Learner Number: weighted by 10 to 1 they leave 10 of modulus 11 (HESA, ULN).

    The check is the NHS number's with another remainder, so that no number is both.
    """
    if not re.fullmatch(r"[1-9][0-9]{9}", text):
        return False
    return sum(weight * int(digit) for weight, digit in zip(range(10, 0, -1), text, strict=True)) % 11 == 10  # noqa: PLR2004


def is_pnc_id(text: str) -> bool:
    """Whether a text in capitals is a PNC identifier, such as `2012/0123456X` or `12/123456X`, by its check letter."""
    match = _PNC.fullmatch(text)
    return match is not None and _has_police_letter(match[1], match[2].zfill(7), match[3])


def is_cro_number(text: str) -> bool:
    """Whether a text in capitals is a number of the Criminal Records Office, such as `123456/12X` or `SF39/123456X`."""
    match = _CRO.fullmatch(text) or _CRO_FILE.fullmatch(text)
    return match is not None and _has_police_letter(match["year"], match["serial"].zfill(6), match["check"])


def _has_police_letter(year: str, serial: str, letter: str) -> bool:
    return _POLICE_LETTERS[int(year + serial) % 23] == letter


def passes_luhn(text: str) -> bool:
    """Whether digits end in the check digit of ISO/IEC 7812-1, which cards and telephones (IMEI) have."""
    if not text.isascii() or not text.isdigit():
        return False
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(text)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - two digits added


def is_card_number(text: str) -> bool:
    """Whether 13 to 19 digits can be the number of a payment card: industries 2 to 6 of ISO/IEC 7812-1."""
    return re.fullmatch(r"[2-6][0-9]{12,18}", text) is not None and passes_luhn(text)


def is_imei(text: str) -> bool:
    """Whether fifteen digits are the number of a mobile telephone (3GPP TS 23.003, 6.2.1)."""
    return len(text) == 15 and passes_luhn(text)  # noqa: PLR2004 - 3GPP's length


def is_iban(text: str) -> bool:
    """Whether a text in capitals without blanks is an International Bank Account Number (ISO 13616: modulus 97)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
