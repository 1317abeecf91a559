"""Numbers of police, prisons and courts, and codes of no known kind."""

from __future__ import annotations

import re
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import IS, TextPattern
from anonymise.prose.patterns.people import RANK
from anonymise.validity import is_cro_number, is_pnc_id


def _is_code(text: str) -> bool:
    """Whether a word is a code, and neither a year nor a pair of readings: `120/80` is a blood pressure."""
    digits = sum(character.isdigit() for character in text)
    letters = any(character.isalpha() for character in text)
    if digits < (_CODE_DIGITS if letters else _BARE_CODE_DIGITS) or text.isdigit():
        return False
    return _TIMES.fullmatch(text) is None


_CODE_DIGITS: Final = 4
"""Digits that a word with letters needs to be a code."""
_BARE_CODE_DIGITS: Final = 6
"""Digits that a word without letters needs."""
_TIMES = re.compile(r"(?:19|20)\d\d(?:s|[-/]\d\d|[-/](?:19|20)\d\d|[-/][a-z]{1,12})|\d{4}h(?:rs?)?", re.IGNORECASE)
"""A decade, a school year, `2024-related`; a time of day, `1430hrs`."""


def _is_pnc(text: str) -> bool:
    return is_pnc_id(text.upper())


def _is_cro(text: str) -> bool:
    return is_cro_number(text.upper())


_LETTERS: Final = "A-Za-z\u0130\u0131\u017f\u212a"
"""Letters of codes, as `[A-Z]` in any case has them; written out they take half the time."""
_COURTS: Final = (
    # Crown Court and magistrates: T20217001. Tribunals: 2400123/2020, UKEAT/0123/20/RN, EH901/20/00012.
    r"[TSAUI]20\d{6}|(?:S/|ET/)?\d{7}/20\d\d|UKEATS?/\d{4}/\d\d(?:/[A-Z]{2,4})?|(?:SC|EH)\d{3}/\d\d/\d{3,6}|"
    # High Court, appeals and tribunals since 2015: QB-2021-001234, EA-2020-000123-AT; before: CO/1234/2020, HQ17X01234.
    r"[A-Z]{2}-20\d\d-\d{4,6}(?:-[A-Z]{1,6})?|[A-Z]{1,2}\d?/(?:20\d\d/\d{3,6}|\d{3,6}/20\d\d)(?:/[A-Z]{1,4})?|"
    r"[A-Z]{1,2}\d\d[A-Z]\d{5}|"
    # County and family courts: D00CV123, 9BS12345. Court of Appeal: 202101234 A1.
    r"[A-Z]\d\d[A-Z]{2}\d{3}|\d[A-Z]{2}\d{5}|20\d{2}[/ ]?\d{5}[/ ][A-D]\d"
)

_COURT_SHAPES: Final = (
    "A00000000", "/0000", "/00/0", "AA-0000-0000", "/000", "A00A00000", "A00AA000", "0AA00000", "00000 A0",
)  # fmt: skip

CASES: Final[tuple[TextPattern, ...]] = (
    # Police. The letter of both numbers is a check; without it the shape is told further down.
    TextPattern(
        entity=Entity.PNC_ID, regex=r"(?<![\w/])(?:(?:19|20)?\d\d/\d{1,7}|(?:19|20)\d{9})[A-HJ-NP-RT-Z]\b",
        score=0.95, shapes=("00/0", "00000000000A"), check=_is_pnc,
    ),
    TextPattern(
        entity=Entity.PNC_ID, regex=rf"\bpnc{IS}\K\d{{2,4}}/?\d{{1,7}}[A-Z]?\b", score=0.9, needs="0", near=("pnc",)
    ),
    TextPattern(
        entity=Entity.CRO_NUMBER, regex=r"(?<![\w/])(?:\d{1,6}/\d\d|SF\d\d/\d{1,6})[A-HJ-NP-RT-Z]\b", score=0.94,
        shapes=("0/00A", "AA00/0"), check=_is_cro,
    ),
    TextPattern(
        entity=Entity.CRO_NUMBER, regex=rf"\bcro{IS}\K(?:SF)?\d{{1,6}}/\d{{2,6}}[A-Z]?\b", score=0.96, needs="0",
        near=("cro",),
    ),
    TextPattern(entity=Entity.PRISON_NUMBER, regex=r"\b[A-Z]\d{4}[A-Z]{2}\b", score=0.85, shapes=("A0000AA",)),
    TextPattern(
        entity=Entity.PRISON_NUMBER,
        regex=rf"\b(?:pris(?:on|oner)|noms|hmp)\s(?:no|num(?:ber)?|id)\b{IS}\K[A-Z]{{1,2}}\d{{4,5}}(?:[A-Z]{{2}})?\b",
        score=0.86, needs="0", near=("pris", "noms", "hmp"),
    ),
    # Courts.
    TextPattern(
        entity=Entity.COURT_CASE,
        regex=r"[\[(](?:18|19|20)\d\d[\])]\s(?:\d\s)?[A-Z][A-Z.]{1,7}(?:\s[A-Z][A-Z.]{0,6}){0,2}\s[A-Z]?\d{1,6}"
        r"(?:\s\([A-Z]{2,10}\))?",
        score=0.9, needs="[(",
    ),
    TextPattern(
        entity=Entity.COURT_CASE,
        regex=rf"\b(?<![/-])(?=[A-Z]{{0,6}}+[\d/-])(?:{_COURTS})(?![\w/-])", score=0.83, shapes=_COURT_SHAPES
    ),
    TextPattern(
        entity=Entity.COURT_CASE,
        regex=r"\b(?:cop|(?:claim|court|tribunal|appeal|petition|indictment|summons|charge|docket)\s"
        rf"(?:no|num(?:ber)?|ref)s?){IS}\K(?=[A-Z/-]{{0,8}}+\d)[A-Z0-9][A-Z0-9/-]{{2,30}}\b",
        score=0.84, needs="0",
        near=("cop", "claim", "court", "tribunal", "appeal", "petition", "indictment", "summons", "charge", "docket"),
    ),
    TextPattern(  # Applications to a court have as few as three digits, like a blood pressure.
        entity=Entity.COURT_CASE,
        regex=r"(?:applications?\s\(?nos?\.\s|\d/\d\d(?:,|;|\sand|,\sand)\s)\K\d{1,6}/\d\d(?![\w/])",
        score=0.77, shapes=("0/00",),
    ),
    TextPattern(  # Of a list of applications, each behind the first.
        entity=Entity.COURT_CASE,
        regex=r"(?<![\w/])(?=\d{1,6}/\d\d(?![\w/]))"
        r"(?<=applications?\s\(?n(?:os?\.?|umbers?)\s(?:\d{1,6}/\d\d(?:,|;|,?\sand|,?\s&)\s){1,60})\d{1,6}/\d\d",
        score=0.77, shapes=("0/00",), near=("application",),
    ),
    TextPattern(  # Of a table of them, at the head of a numbered row.
        entity=Entity.COURT_CASE,
        regex=r"(?<=(?:^|[\n\t ])\d{1,4}\.[\t ]{1,4})\d{1,6}/\d\d(?=[\t ]{1,4}(?-i:\p{Lu}))",
        score=0.77, shapes=("0/00",), near=("application no", "application number"),
    ),
    # Officers, crimes, incidents, custody, exhibits, patients.
    TextPattern(
        entity=Entity.REFERENCE, regex=rf"{RANK}\s?#?\K\d{{2,6}}[A-Z]?\b", score=0.85, any_case=False, needs="0"
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:pc|dc|pcso|wpc|tdc|spc|sgt|insp|collar(?:\sno)?|shoulder(?:\sno)?)\.?\s?#?\K\d{3,6}\b",
        score=0.85, needs="0", near=("pc", "dc", "sgt", "insp", "collar", "shoulder"),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:(?:badge|shoulder|epaulette)(?:\s(?:no|num(?:ber)?|id)\b)?|(?:officer|collar)\s(?:no|num(?:ber)?|id)\b)"
        r"\.?[\s:#]{1,3}(?:is\s)?\K\d{3,6}\b",
        score=0.85, needs="0", near=("badge", "shoulder", "epaulette", "officer", "collar"),
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=r"\b(?:\d{2,4}/\d{1,7}|\d{1,6}/\d\d)[A-Z]\b", score=0.8, shapes=("0/0",)
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=r"(?<![\w/])(?!(?:19|20)\d\d/\d\d(?!\d))\d{4,7}/\d{2,4}(?![\w/])", score=0.7,
        shapes=("0000/00",),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:ref(?:erence)?|crime|incident|case|cad|log|urn|pnc|cro|cris|occurrence|niche|custody|hospital|"
        r"patient|pupil|mrn|nominal|client|member(?:ship)?|policy|exhibit|warrant|application|nomis|detention)\b"
        r"(?:\s(?:nos?|number|num|ref(?:erence)?|id|record)){0,2}\s?[.:#]?\s?"
        r"\K(?=[A-Z/-]{0,8}+\d)[A-Z0-9][A-Z0-9/-]{2,30}",
        score=0.75, needs="0",
        near=("ref", "crime", "incident", "case", "cad", "log", "urn", "pnc", "cr", "occ", "niche", "custody",
              "hospital", "patient", "pupil", "mrn", "nominal", "client", "member", "policy", "exhibit", "warrant",
              "application",
              "nomis", "detention"),
    ),
    TextPattern(  # `BWV exhibited as 4839/1`, `produced as OW/1`; with a slip in the long word too
        entity=Entity.REFERENCE,
        regex=r"\b(?:e[xh]{1,2}\p{L}{4,9}|produced|seized|bwv|cctv)\s(?:as|ref\.?|exhibit)\s"
        r"\K(?!(?:19|20)\d\d/\d\d\b)(?:\d{4,6}|[A-Z]{2,4}/?\d{0,6})/\d{1,3}\b",
        score=0.8, needs="0", near=(" as ", "ref", "exhibit"),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:cad|log|incident|inc|event|serial|entry)\s(?:no\.?\s|number\s)?\K\d{1,5}(?=\sof\s\d)", score=0.76,
        needs="0", near=(" of ",),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=rf"\b(?<![/-])(?=[{_LETTERS}/-]{{0,140}}+\d)[{_LETTERS}0-9]{{1,20}}"
        rf"(?:[-/][{_LETTERS}0-9]{{1,20}}){{0,6}}(?![\w/-])",
        score=0.45, any_case=False, needs="0", check=_is_code,
    ),
)  # fmt: skip
