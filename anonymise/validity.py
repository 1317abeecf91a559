"""Whether a person number can be one: shapes and check characters."""

from __future__ import annotations

import re
from typing import Final

_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters of the UPN check, modulus 23: I, O and S are left out (DfE, Unique Pupil Numbers guide)."""
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
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
