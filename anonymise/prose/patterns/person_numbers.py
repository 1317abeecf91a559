"""Numbers that an agency gives to a person or a home: health, schools, taxes, passports, licences, social care."""

from __future__ import annotations

from typing import Final

from anonymise.identifiers import is_driving_licence, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import IS, TextPattern
from anonymise.validity import is_nino, is_uln, is_upn

_LEAD_WORDS: Final = frozenset(("AT", "BY", "TO", "AS", "OF", "ON", "IN", "OR", "NO", "SO", "WE", "HE", "AN", "IS"))
"""Words of two letters before a date in numbers: `on 10 11 12`."""


def _is_uln(text: str) -> bool:
    return is_uln(squeeze(text))


def _is_upn(text: str) -> bool:
    return is_upn(text.upper())


def _can_be_nino(text: str) -> bool:
    """Whether a National Insurance number holds, or is one of an example (`QQ`) or a temporary one (`TN`)."""
    return is_nino(squeeze(text)) or text[:2] in ("QQ", "TN")


def _is_set_apart(text: str) -> bool:
    return text[:2].upper() not in _LEAD_WORDS or text[2].isdigit()


def _can_be_licence(text: str) -> bool:
    """Whether a driving licence number holds; one in blocks has no other reading, so a slip in it is passed over."""
    return " " in text or is_driving_licence(squeeze(text))


PERSON_NUMBERS: Final[tuple[TextPattern, ...]] = (
    # Health. A bare number of ten digits is told by its check digit (Presidio's recogniser), or is just a number.
    TextPattern(
        entity=Entity.NHS_NUMBER, regex=r"\bnhs[^\d\n]{0,16}\K\d{3}[\s.-]?\d{3}[\s.-]?\d{4}\b", score=0.95,
        needs="0", near=("nhs",),
    ),
    TextPattern(
        entity=Entity.NHS_NUMBER, regex=r"(?<![\w.])\d{3}\.\d{3}\.\d{4}(?!\w|\.\d)", score=0.4, shapes=("000.000.0000",)
    ),
    TextPattern(
        entity=Entity.CHI, regex=rf"\bchi{IS}\K\d{{6}}[\s-]?\d{{4}}\b", score=0.95, needs="0", near=("chi",)
    ),
    # Schools and colleges.
    TextPattern(
        entity=Entity.UPN, regex=r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b", score=0.9, check=_is_upn,
        shapes=("A00000000000",),
    ),
    TextPattern(
        entity=Entity.UPN, regex=rf"\bu(?:pn\b|nique pupil){IS}\K[A-Z]\d{{11}}[0-9A-Z]\b", score=0.9, needs="0",
        near=("upn", "unique pupil"),
    ),
    TextPattern(
        entity=Entity.ULN, regex=rf"\bu(?:ln\b|nique learner){IS}\K\d(?:[\s-]?\d){{9}}\b", score=0.95, needs="0",
        near=("uln", "unique learner"),
    ),
    TextPattern(
        entity=Entity.ULN, regex=r"(?<![\w.£$€-])[1-9]\d{9}(?![\w-])", score=0.41, shapes=("0000000000",),
        check=_is_uln,
    ),
    # Homes. Any number of up to twelve digits can be one (BS 7666-2), so its name must stand before it.
    TextPattern(
        entity=Entity.UPRN, regex=rf"\bu(?:prn\b|nique property ref(?:erence)?){IS}\K\d{{1,12}}\b", score=0.95,
        needs="0", near=("uprn", "unique property"),
    ),
    # Taxes and benefits.
    TextPattern(
        entity=Entity.NINO, regex=r"\b[A-Z]{2}(?:[\s.-]?\d\d){3}[\s.-]?[A-D]\b", score=0.87,
        squeezed=("AA000000A",), check=_can_be_nino,
    ),
    TextPattern(
        entity=Entity.NINO,
        regex=r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s-]?\d\d){3}\b", score=0.85, any_case=False,
        squeezed=("AA000000",), check=_is_set_apart,
    ),
    TextPattern(
        entity=Entity.NINO,
        regex=rf"\b(?:nino|ni|nat(?:ional)?\.?\sins(?:urance)?){IS}\K[A-Z]{{2}}(?:[\s.-]?\d\d){{3}}(?:[\s.-]?[A-D])?\b",
        score=0.9, needs="0", near=("ni", "ins"),
    ),
    # Documents.
    TextPattern(
        entity=Entity.PASSPORT,
        regex=r"\b(?:passport|ppt)\b[^\d\n]{0,16}?\K(?:[A-Z]{0,3}\d{6,9}[A-Z]?|\d{3}\s\d{3}\s\d{3})\b", score=0.9,
        needs="0", near=("passport", "ppt"),
    ),
    TextPattern(
        entity=Entity.DRIVING_LICENCE, regex=r"\b[A-Z9]{5}[\s-]?\d{6}[\s-]?[A-Z9]{2}[\s-]?[A-Z0-9][A-Z]{2}\b",
        score=0.9, squeezed=("000000",), check=_can_be_licence,
    ),
    TextPattern(
        entity=Entity.DRIVING_LICENCE,
        regex=rf"\b(?:d(?:riving|river'?s?)\slicen[cs]e|licen[cs]e\sno|dln?)\b{IS}"
        r"\K(?=[A-Z]{0,5}+\d)[A-Z0-9]{8,18}\b",
        score=0.85, needs="0", near=("licen", "dl"),
    ),
    # Social care: systems number their people from one, so the system or the word must stand before.
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:mosaic|liquid ?logic|lcs|care ?first|framework-?i|azeus|eclipse|icaseworks?|swift|paris|rio|"
        r"systm ?one|emis|nomis|noms|delius|oasys|niche|athena|connect|holmes|"
        r"social (?:care|services)|(?:service )?user|client|person|party|child|case ?file|family|adult|lac|pid|"
        r"crn|prn|mrn|ward|student|pupil|employee|staff|payroll|council tax|rent|tenancy|benefit|claim|asylum|"
        r"home office|nass|casrep)"
        r"(?:\s(?:system|account))?"
        r"(?:\s(?:nos?|num(?:ber)?|id|ref(?:erence)?|code|record)\b(?:\s(?:is|was))?[\s:.#=-]{1,3}"
        r"|\s?[:#=]\s?)\K(?=[A-Z/-]{0,8}+\d)[A-Z0-9][A-Z0-9/-]{1,20}\b",
        score=0.78, needs="0",
        near=("mosaic", "logic", "lcs", "first", "framework", "azeus", "eclipse", "icase", "swift", "paris",
              "rio", "emis", "systm", "nom", "delius", "oasys", "niche", "athena", "connect", "holmes",
              "social", "user", "client", "person", "party", "child", "case", "family", "adult", "lac", "pid",
              "crn", "prn", "mrn", "ward", "student", "pupil", "employee", "staff", "payroll", "council",
              "rent", "tenancy", "benefit", "claim", "asylum", "home", "nass", "casrep"),
    ),
    TextPattern(
        entity=Entity.REFERENCE,
        regex=r"\b(?:mosaic|liquid ?logic|lcs|care ?first|framework-?i|azeus|icaseworks?|pid|crn|delius|nomis|noms)\s"
        r"\K\d{3,10}\b",
        score=0.78, needs="0",
        near=("mosaic", "logic", "lcs", "first", "framework", "azeus", "icasework", "pid", "crn", "delius", "nom"),
    ),
)  # fmt: skip
