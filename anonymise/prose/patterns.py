r"""Patterns of identifiers in British prose, as data; `anonymise.prose.recognisers` hands them to Presidio.

Context stands inside a pattern (`\K` drops what is left of it from the match): Presidio's own context scoring wants
lemmas, which cost more than everything else together. Every repetition is bounded, so that no text makes a pattern
slow. Scores order kinds among themselves; all findings are masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import Ordinary, bare, name_lists


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPattern:
    """One shape of one kind of identifier."""

    entity: Entity
    regex: str
    """In the dialect of the `regex` package."""
    score: float
    any_case: bool = True
    needs: str = ""
    """Characters of which a text must hold one, or the pattern is not tried; `0` stands for any digit."""
    check: Callable[[str], bool] | None = None
    """Turns matches away that are something else."""


_NAME: Final = (
    r"(?:(?:[Oo]'|[Dd]'|Mc|Mac|al-|Al-|St\.? |\u00d3\s|N[\u00cdi]\s|Nic\s|Ap\s)?\p{Lu}[\p{L}'\u2019\-]{1,30}|\p{Lu}\.)"
)
_NAMES: Final = rf"{_NAME}(?:\s(?:(?:de|dela|del|dos|van|von|der|bin|ibn|al|el|la|du|da)\s){{0,2}}{_NAME}){{0,3}}"
_TITLE: Final = (
    r"\b(?:Mr|MR|Mrs|MRS|Ms|MS|Miss|MISS|Mx|Dr|DR|Prof|Professor|Rev|Reverend|Father|Fr|Sir|Dame|Lord|Lady|Cllr|"
    r"Councillor|Judge|Justice|Nurse|Sister|Imam|Rabbi|S/N|SN|RN|CPN|S/W)\.?"
)
_RANK: Final = (
    r"\b(?:PC|DC|PS|DS|DI|DCI|DSU|SGT|Sgt|Sergeant|Insp|Inspector|Constable|CI|Supt|Superintendent|PCSO|WPC|SC|TDC|"
    r"Officer|officer|Detective|[Cc]ollar(?:\s(?:no|number))?)\.?"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr|court|ct|place|pl|crescent|cres|gardens|gdns|terrace|"
    r"ter|way|grove|hill|park|square|sq|row|walk|mews|view|rise|green|parade|house|lodge|mount|croft|wharf|quay|yard|"
    r"vale|fields|meadows?|end|gate|bank|circus|broadway)\b"
)
_NOT_A_STREET: Final = (
    r"(?!(?:the|a|an|in|on|at|of|to|from|and|or|for|with|people|men|women|boys|girls|years?|days?|my|his|her|their|our|"
    r"this|that|same|main|another|each|every|side)\s)"
)
_SURE_STREET: Final = (
    r"(?:street|road|avenue|lane|drive|crescent|gardens|terrace|grove|mews|close|way|place|rise|walk|rd|ave)\b"
)
"""Words that a street's name ends in, where no number stands before it."""
_PLACE: Final = (
    r"(?:School|Academy|College|Nursery|Surgery|Practice|Hospital|Infirmary|Hospice|Pharmacy|Clinic|Medical Centre|"
    r"Health Centre|Care Home|Children's Home|University|Church|Mosque|Temple|Gurdwara|Synagogue|Stores|Supermarket|"
    r"Newsagents?|News|Post Office|Food Hall|Barn|Garage|Caf[e\u00e9]|Takeaway|Leisure Centre|Library|Hotel|Arms|Inn)"
)
_SMALL_PLACE: Final = (
    r"(?:(?:high|primary|secondary|infant|junior|grammar|girls'?|boys'?)\s(?:school|academy)|academy|surgery|infirmary|"
    r"medical\scentre|health\scentre|care\shome|children's\shome)\b"
)
"""Places whose name stands before them in small letters too."""
_BUILDING: Final = (
    r"(?:point|tower|heights|buildings?|mansions|villas|apartments|chambers|cottages?|farm|hall|keep|block)\b"
)
_RELATIVE: Final = (
    r"\b(?:[Mm]other|[Ff]ather|[Mm]um|[Dd]ad|[Ss]on|[Dd]aughter|[Bb]rother|[Ss]ister|[Pp]artner|[Ww]ife|[Hh]usband|"
    r"[Uu]ncle|[Aa]unt(?:ie)?|[Gg]ran(?:dmother|dfather|dad)?|[Nn]an|[Cc]ousin|[Nn]eighbour|[Ff]riend|[Bb]oyfriend|"
    r"[Gg]irlfriend|NOK|[Nn]ext of kin|[Aa]pplicant|[Cc]laimant|[Aa]ppellant|[Dd]efendant|[Cc]omplainant|[Ww]itness|"
    r"[Vv]isitor|[Ss]olicitor|[Tt]eacher|[Cc]arer|[Ss]ibling|[Ss]tep(?:father|mother|dad|mum|son))"
)
_NOT_A_NAME: Final = r"(?!(?:The|This|That|He|She|They|It|We|But|And|In|On|At|A|I|No|Sir|Madam|All|Team|Colleagues?)\b)"


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


def _may_be_surname(text: str) -> bool:
    """Whether a word after a title is one: `miss school` is a verb."""
    lists, word = name_lists(), bare(text.rsplit(maxsplit=1)[-1])
    return lists.is_surname(word) or lists.ordinary(word) > Ordinary.COMMON


def _begins_with_a_name(text: str) -> bool:
    """Whether the first word is no English one: `kingsfold high school`, and not `attends high school`."""
    return name_lists().ordinary(bare(text.split(maxsplit=1)[0])) > Ordinary.COMMON


_CODE_DIGITS: Final = 4
"""Digits that a word with letters needs to be a code."""
_BARE_CODE_DIGITS: Final = 6
"""Digits that a word without letters needs."""
_TIMES = re.compile(r"(?:19|20)\d\d(?:s|[-/]\d\d|[-/](?:19|20)\d\d|[-/][a-z]{1,12})|\d{4}h(?:rs?)?", re.IGNORECASE)
"""A decade, a school year, `2024-related`; a time of day, `1430hrs`."""
_SPAN_OF_TIMES = re.compile(r"(?:19|20)\d\d ?- ?(?:19|20)\d\d")


PATTERNS: Final[tuple[TextPattern, ...]] = (
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
        entity=Entity.REFERENCE, regex=rf"{_RANK}\s?#?\K\d{{2,6}}[A-Z]?\b", score=0.85, any_case=False, needs="0"
    ),
    TextPattern(entity=Entity.REFERENCE, regex=r"\b(?:\d{2,4}/\d{1,7}|\d{1,6}/\d\d)[A-Z]\b", score=0.8, needs="0"),
    TextPattern(  # Applications to a court have as few as three digits, like a blood pressure.
        entity=Entity.REFERENCE,
        regex=r"(?:applications?\s\(?nos?\.\s|\d/\d\d(?:,|;|\sand|,\sand)\s)\K\d{1,6}/\d\d(?![\w/])", score=0.7,
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
        entity=Entity.REFERENCE, regex=r"(?<![\w/-])[A-Z0-9]{1,20}(?:[-/][A-Z0-9]{1,20}){0,6}(?![\w/-])", score=0.45,
        needs="0", check=_is_code,
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
    # Where somebody lives, is taught or is treated.
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"(?:\b(?:flat|apt|apartment|unit|room)\s\w{1,4},?\s)?\b\d{1,4}[a-z]?(?:[-/]\d{1,4}[a-z]?)?,?\s"
        rf"(?:{_NOT_A_STREET}[\p{{L}}'\u2019.-]{{2,30}}\s){{1,4}}?{_STREET}",
        score=0.85,
        needs="0",
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"\b(?:flat|apartment|apt)\s\d{1,4}[a-z]?\b"
        rf"(?:,\s(?:[\p{{L}}'\u2019-]{{2,30}}\s){{1,3}}?(?:{_STREET}|{_BUILDING})){{0,3}}",
        score=0.86,
        needs="0",
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"(?:\b{_NOT_A_STREET}\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{1,3}}(?i:{_SURE_STREET})",
        score=0.7,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"\b(?:on|at|in|of|near|along|outside|towards|to)\s\K(?:{_NOT_A_STREET}[\p{{L}}'\u2019-]{{3,30}}\s){{1,2}}"
        rf"{_SURE_STREET}",
        score=0.6,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"(?:\b\p{{Lu}}[\p{{L}}'\u2019.-]{{0,30}}\s(?:(?:of|the|and|&)\s){{0,2}}){{1,6}}(?i:{_PLACE})\b",
        score=0.6,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=rf"\b[\p{{L}}'\u2019-]{{3,30}}\s{_SMALL_PLACE}", score=0.55,
        check=_begins_with_a_name,
    ),
    # Names that their neighbourhood gives away.
    TextPattern(entity=Entity.PERSON, regex=rf"{_TITLE}\s{_NOT_A_NAME}{_NAMES}", score=0.9, any_case=False),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_RANK}\s(?:#?\d{{1,6}}[A-Z]?\s)?\K{_NOT_A_NAME}{_NAMES}", score=0.9,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=rf"{_RANK}\s{_NAMES}\s\(?\K\d{{2,6}}\b", score=0.85, any_case=False,
        needs="0",
    ),
    TextPattern(entity=Entity.PERSON, regex=r"\b(?:mr|mrs)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8),
    TextPattern(
        entity=Entity.PERSON, regex=r"\b(?:ms|miss|mx|dr|cllr|prof)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8,
        check=_may_be_surname,
    ),
    TextPattern(entity=Entity.PERSON, regex=rf"\bDear\s\K{_NOT_A_NAME}{_NAMES}", score=0.7, any_case=False),
    TextPattern(
        entity=Entity.PERSON, regex=rf"\b(?:[Nn]ame|NAME|[Ss]igned)(?:\s(?:is|was|of))?\s?:?\s\K{_NOT_A_NAME}{_NAMES}",
        score=0.7, any_case=False,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_RELATIVE},?\s\(?\K{_NOT_A_NAME}{_NAME}(?:\s{_NAME})?", score=0.7,
        any_case=False,
    ),
)  # fmt: skip
"""Every pattern of the lab's own."""
