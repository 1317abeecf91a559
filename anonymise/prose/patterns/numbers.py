"""Ways to reach somebody, numbers and codes, and days."""

from __future__ import annotations

import re
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.prose.patterns.people import RANK

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)


def _is_code(text: str) -> bool:
    """Whether a word is a code, and neither a year nor a pair of readings: `120/80` is a blood pressure."""
    digits = sum(character.isdigit() for character in text)
    letters = any(character.isalpha() for character in text)
    if digits < (_CODE_DIGITS if letters else _BARE_CODE_DIGITS) or text.isdigit():
        return False
    return _TIMES.fullmatch(text) is None


def _is_long_number(text: str) -> bool:
    """Whether digits are a number and no span of years."""
    return _SPAN_OF_TIMES.fullmatch(text) is None


_CODE_DIGITS: Final = 4
"""Digits that a word with letters needs to be a code."""
_BARE_CODE_DIGITS: Final = 6
"""Digits that a word without letters needs."""
_TIMES = re.compile(r"(?:19|20)\d\d(?:s|[-/]\d\d|[-/](?:19|20)\d\d|[-/][a-z]{1,12})|\d{4}h(?:rs?)?", re.IGNORECASE)
"""A decade, a school year, `2024-related`; a time of day, `1430hrs`."""
_SPAN_OF_TIMES = re.compile(r"(?:19|20)\d\d ?- ?(?:19|20)\d\d")

NUMBERS: Final[tuple[TextPattern, ...]] = (
    # Ways to reach somebody.
    TextPattern(
        entity=Entity.EMAIL,
        regex=r"(?<![\w.])[\w.!#$%&'*+/=?^`{|}~-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
        score=0.95,
        needs="@",
    ),
    TextPattern(entity=Entity.HANDLE, regex=r"(?<![\w@])@\w{2,30}", score=0.6, needs="@"),
    TextPattern(
        entity=Entity.URL,
        regex=r"\b(?:(?:https?|ftp)://|www\.)[^\s<>\"']{2,2000}",
        score=0.9,
        needs=":.",
    ),
    TextPattern(
        entity=Entity.URL,
        regex=r"\b(?:[\w-]{1,63}\.){1,5}(?:com|org|net|info|io|uk|eu|ie|me|tv|gov|edu)\b(?:/[^\s<>\"']{0,2000})?",
        score=0.6,
        needs=".",
    ),
    TextPattern(
        entity=Entity.PHONE,
        regex=r"(?<![\w.])(?:(?:\+|00)\s?44[\s.-]?(?:\(0\))?|\(?0)(?:[\s().-]{0,2}\d){9,10}(?!\d)",
        score=0.8,
        needs="0",
    ),
    TextPattern(entity=Entity.PHONE, regex=r"\+[1-9]\d{0,2}(?:[\s().-]{0,2}\d){6,12}(?!\d)", score=0.75, needs="+"),
    TextPattern(
        entity=Entity.PHONE,
        regex=r"\b(?:tel|telephone|phone|mobile|mob|fax|contact|call(?:ed)?)\b[^\d\n]{0,20}\K\d(?:[\s-]?\d){5,12}\b",
        score=0.7,
        needs="0",
    ),
    # Person numbers.
    TextPattern(
        entity=Entity.NHS_NUMBER,
        regex=r"\bnhs\b[^\d\n]{0,16}\K\d{3}[\s-]?\d{3}[\s-]?\d{4}\b",
        score=0.95,
        needs="0",
    ),
    TextPattern(entity=Entity.UPN, regex=r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b", score=0.9, needs="0"),
    TextPattern(
        entity=Entity.NINO,
        regex=r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s.-]?\d\d){3}(?:[\s.-]?[A-D])?\b",
        score=0.85,
        needs="0",
    ),
    TextPattern(entity=Entity.PASSPORT, regex=r"\bpassport\b[^\d\n]{0,16}\K\d{9}\b", score=0.9, needs="0"),
    TextPattern(
        entity=Entity.DRIVING_LICENCE,
        regex=r"\b[A-Z9]{5}[\s-]?\d{6}[\s-]?[A-Z9]{2}[A-Z0-9][A-Z]{2}\b",
        score=0.9,
        needs="0",
    ),
    # Vehicles: 2001 and later in any case, earlier ones in capitals only ("M25 the" is a road and an article).
    TextPattern(entity=Entity.VEHICLE, regex=r"\b[A-Z]{2}\d{2}[\s-]?[A-Z]{3}\b", score=0.8, needs="0"),
    TextPattern(
        entity=Entity.VEHICLE,
        regex=r"\b(?:[A-Z]\d{1,3}[\s-]?[A-Z]{3}|[A-Z]{3}[\s-]?\d{1,3}[A-Z]|[A-Z]{1,2}I[A-Z]\s?\d{1,4})\b",
        score=0.6,
        any_case=False,
        needs="0",
    ),
    TextPattern(
        entity=Entity.VEHICLE,
        regex=r"\b(?:reg(?:istration)?|vrm|vrn|index|plates?)\b(?:\s(?:no|number|mark|is))?\s?[:.]?\s?"
        r"\K(?=[A-Z ]{0,4}\d)[A-Z0-9]{1,4}\s?[A-Z0-9]{1,4}\b",
        score=0.7,
        needs="0",
    ),
    # Money.
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b",
        score=0.85, any_case=False, needs="0",
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\bsort\s?code\b[^\d\n]{0,8}\K\d\d[\s-]?\d\d[\s-]?\d\d\b", score=0.9,
        needs="0",
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b(?:account|acc|acct|a/c)\b[^\d\n]{0,12}\K\d{6,10}\b", score=0.85,
        needs="0",
    ),
    TextPattern(entity=Entity.BANK_ACCOUNT, regex=r"(?<![\d-])\d\d-\d\d-\d\d(?![\d-])", score=0.5, needs="0"),
    # Cases, crimes, officers, patients.
    TextPattern(
        entity=Entity.REFERENCE, regex=rf"{RANK}\s?#?\K\d{{2,6}}[A-Z]?\b", score=0.85, any_case=False, needs="0"
    ),
    TextPattern(entity=Entity.REFERENCE, regex=r"\b(?:\d{2,4}/\d{1,7}|\d{1,6}/\d\d)[A-Z]\b", score=0.8, needs="0"),
    TextPattern(  # Applications to a court have as few as three digits, like a blood pressure.
        entity=Entity.REFERENCE,
        regex=r"(?:applications?\s\(?nos?\.\s|\d/\d\d(?:,|;|\sand|,\sand)\s)\K\d{1,6}/\d\d(?![\w/])",
        score=0.7,
        needs="0",
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=r"(?<![\w/])(?!(?:19|20)\d\d/\d\d(?!\d))\d{4,7}/\d{2,4}(?![\w/])", score=0.7,
        needs="0",
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:ref(?:erence)?|crime|incident|case|cad|log|urn|pnc|cro|occurrence|niche|custody|hospital|patient|"
        r"pupil|mrn|nominal|client|member(?:ship)?|policy|exhibit|warrant|application)\b"
        r"(?:\s(?:no|number|num|ref(?:erence)?|id|record))?\s?[.:#]?\s?\K(?=[A-Z/-]{0,8}\d)[A-Z0-9][A-Z0-9/-]{2,30}",
        score=0.75,
        needs="0",
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"(?<![\w/-])(?=[A-Z/-]{0,140}\d)[A-Z0-9]{1,20}(?:[-/][A-Z0-9]{1,20}){0,6}(?![\w/-])",
        score=0.45,
        needs="0",
        check=_is_code,
    ),
    TextPattern(
        entity=Entity.NUMBER, regex=r"(?<![\w.£$€])\d(?:[ -]?\d){6,30}(?!\w)", score=0.4, needs="0",
        check=_is_long_number,
    ),
    # Days. A year alone is left: it names nobody, and research needs it.
    TextPattern(
        entity=Entity.DATE,
        regex=r"(?<![\d/])(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})(?![\d/])",
        score=0.65,
        needs="0",
    ),
    TextPattern(
        entity=Entity.DATE,
        regex=rf"\b\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of\s)?{_MONTH}(?:,?[\s-](?:\d{{4}}|\d{{2}})\b)?(?!\w)",
        score=0.65,
        needs="0",
    ),
    TextPattern(
        entity=Entity.DATE,
        regex=rf"\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?(?!\d)\b",
        score=0.65,
        needs="0",
    ),
)  # fmt: skip
