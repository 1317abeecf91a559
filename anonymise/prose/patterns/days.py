"""Days, and birthdays apart from others.

A year alone is left, and a month of a year: they name nobody, and research needs them.
"""

from __future__ import annotations

from typing import Final

from anonymise.prose.cleaned.signs import DASHES
from anonymise.prose.dates.written_range import DAY, MONTH_NUMBER, RANGE, TO
from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import TextPattern

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?!\s(?:have|be|not|need|also|well)\b)|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC_SHAPES: Final = ("0/0", "0 /", "0/ ", "0.0", "0-0", "0|0", "0\\0", "0_0")
_TIME: Final = (
    r"(?:T\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?|\s\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?=\s?Z\b|[+-]\d\d:?\d\d))"
)
"""Of a time stamp (ISO 8601, RFC 3339)."""
_YEAR: Final = r"(?:\d{4}|'?\d{2})"
_NUMERIC: Final = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{1,2}[|\\_]\d{1,2}[|\\_](?:\d{4}|\d{2})|\d{1,2}\s?/\s?\d{1,2}\s?/\s?(?:\d{4}|\d{2})|"
    rf"\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}}(?:{_TIME}(?:\s?Z\b|[+-]\d\d(?::?\d\d)?)?)?)"
)
_SIGN: Final = rf"[./{DASHES}-]"
_SPACED_SIGN: Final = rf"(?:\s{_SIGN}\s?|{_SIGN}\s)"
"""With a blank before it, behind it or on both sides."""
_SPACED: Final = (
    rf"(?:{DAY}{_SPACED_SIGN}{MONTH_NUMBER}{_SPACED_SIGN}(?:19|20)\d\d|"
    rf"(?:19|20)\d\d{_SPACED_SIGN}{MONTH_NUMBER}{_SPACED_SIGN}{DAY})"
)
"""A day of the calendar with its year in full, or three readings with dashes between would be one."""
_SPACED_SHAPES: Final = tuple(shape for sign in f"./-{DASHES}" for shape in (f"0 {sign}", f"{sign} 0"))
_TENS: Final = r"(?:twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety)"
_UNIT: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_BELOW_HUNDRED: Final = (
    rf"(?:{_TENS}(?:[\s-]{_UNIT})?|(?:thir|four|fif|six|seven|eigh|nine)teen|ten|eleven|twelve|{_UNIT})"
)
_YEAR_IN_WORDS: Final = (
    rf"(?:(?:nineteen|twenty)(?:[\s-](?:hundred(?:\s(?:and\s)?{_BELOW_HUNDRED})?|(?:oh|o|nought|zero)[\s-]{_UNIT}|"
    rf"{_BELOW_HUNDRED}))|two[\s-]thousand(?:\s(?:and\s)?{_BELOW_HUNDRED})?)"
)
_WRITTEN_YEAR: Final = rf"(?:,?\s{_YEAR_IN_WORDS}(?![\w-]))"
_NUMBERED: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY_FIRST: Final = (
    rf"{_NUMBERED}[\s./-]{{0,2}}(?:day\s)?(?:of\s)?{_MONTH}(?:,?[\s./-]{{0,2}}{_YEAR}\b|{_WRITTEN_YEAR})?(?!\w)"
)
_MONTH_FIRST: Final = rf"{_MONTH}\s(?:the\s)?{_NUMBERED}(?:,?\s\d{{4}}|{_WRITTEN_YEAR})?(?!\d)\b"
_UNITS: Final = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_ORDINAL: Final = (
    rf"(?:(?:twenty|thirty)[\s-])?(?:{_UNITS}|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|"
    r"twentieth|thirtieth)"
)
_IN_WORDS: Final = (
    rf"(?:{_ORDINAL}\s(?:day\s)?(?:of\s)?{_MONTH}|{_MONTH}\s(?:the\s)?{_ORDINAL})(?!\w)"
    rf"(?:,?\s\d{{4}}\b|{_WRITTEN_YEAR})?"
)
_ORDINAL_ENDS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
                        "eleventh", "twelfth", "teenth", "tieth")  # fmt: skip
_FEAST: Final = (
    r"(?:christmas\s(?:day|eve)|boxing\sday|new\syear'?s\s(?:day|eve)|good\sfriday|easter\s(?:sunday|monday)|"
    r"valentine'?s\sday|hallowe'?en|bonfire\snight)"
)
_BORN: Final = (
    r"\b(?:born|d\.?\s?o\.?\s?b\b\.?|date[\s_]?of[\s_]?birth|birth\s?da(?:te|y)|d/o/b)"
    r"(?:\s(?:is|was|on|given\sas|the)\b|[\s:=,.(\"'-]){0,8}"
)
_YEAR_IN_FULL: Final = r"(?:19|20)\d\d"
_WELSH_MONTHS: Final = (
    "ionawr", "chwefror", "mawrth", "ebrill", "mai", "mehefin", "gorffennaf", "awst", "medi", "hydref", "tachwedd",
    "rhagfyr",
)  # fmt: skip
_IN_WELSH: Final = (
    rf"(?<![\d/.,:\u00a3])\b{DAY}(?:af|ail|ydd|ed|fed|eg|ain)?\s(?:o\s)?(?:{'|'.join(_WELSH_MONTHS)})"
    rf"(?:\s{_YEAR_IN_FULL})?(?!\w)"
)
_ON: Final = r"\b(?:on|mtn?g|appt|at|since|until|till?|from|by|before|after|due|dated?|between)[\s:]{1,3}(?:the\s)?"
"""Words before a day and a month without a year: two figures and a slash are a share of something elsewhere."""
_WEEK_OF: Final = r"\b(?:w\s?/\s?[bce]|(?:week|wk)\s(?:commencing|beginning|ending|of))[\s:]{1,3}(?:the\s)?"
_SHARE: Final = r"(?<!\b(?:pain|scor(?:e[sd]?|ing)|rat(?:e[sd]?|ing)|gcs|down|reduced|sats)\b[^.;\n]{0,24})"
_RANGE_BEGINS: Final = r"(?=\d{1,2}(?!\d)|\d{4}-|[adfjmnostw][aceohpru])"
"""A day, a year or the first two letters of a month or a day of the week: most else is passed over by it."""
_DAY_MONTH: Final = rf"{DAY}/{MONTH_NUMBER}(?![\d/]|\s?(?:of\b|%))"

DAYS: Final[tuple[TextPattern, ...]] = (
    TextPattern(entity=Entity.DATE, regex=rf"(?<![\d/]){_NUMERIC}(?![\d/])", score=0.65, shapes=_NUMERIC_SHAPES),
    TextPattern(
        entity=Entity.DATE, regex=rf"(?<![\d./{DASHES}-]|[\d./{DASHES}-]\s){_SPACED}(?!\w|\s?{_SIGN}\s?\d)",
        score=0.65, shapes=_SPACED_SHAPES,
    ),
    TextPattern(entity=Entity.DATE, regex=rf"\b{_DAY_FIRST}", score=0.65, needs="0", near=_MONTHS),
    TextPattern(entity=Entity.DATE, regex=rf"\b{_MONTH_FIRST}", score=0.65, needs="0", near=_MONTHS),
    TextPattern(
        entity=Entity.DATE, regex=rf"(?<![\d/.:\u00a3$-])\b{_RANGE_BEGINS}(?:{RANGE})(?![\w/])", score=0.66, needs="0",
        near=(*_MONTHS, "/", ".", "-"),
    ),
    TextPattern(
        entity=Entity.DATE,
        regex=rf"(?:{_SHARE}{_ON}|{_WEEK_OF})\K(?:{DAY}{TO})?{_DAY_MONTH}(?:{TO}{_DAY_MONTH})?",
        score=0.6, shapes=("0/0",),
    ),
    TextPattern(
        entity=Entity.DATE, regex=rf"{_WEEK_OF}\K{DAY}(?:st|nd|rd|th)(?!\w)",
        score=0.6, needs="0", near=("/", "week", "wk"),
    ),
    TextPattern(
        entity=Entity.DATE, regex=rf"{_SHARE}(?<![\d/.])\b{_DAY_MONTH}{TO}{_DAY_MONTH}",
        score=0.6, shapes=("0/0",),
    ),
    TextPattern(
        entity=Entity.DATE,
        regex=rf"(?<!\d[\s./:-]?)\b{DAY}[ ]{MONTH_NUMBER}[ ](?:{_YEAR_IN_FULL}|[0-4]\d)\b(?![\s./:-]?\d|\s?%)",
        score=0.5, shapes=("0 0",),
    ),
    TextPattern(
        entity=Entity.DATE, regex=r"\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s(?:the\s)?"
        rf"{DAY}(?:st|nd|rd|th)(?!\w)",
        score=0.6, needs="0", near=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ),
    TextPattern(
        entity=Entity.DATE,
        regex=r"\b(?:week|wk)\.?\s?(?:no\.?\s?)?\d{1,2}"
        rf"(?:[\s,/(-]|\sof\s|\sin\s){{1,2}}{_YEAR_IN_FULL}\b|"
        rf"(?<!\d){_YEAR_IN_FULL}-?W[0-5]\d(?:-?[1-7])?\b|"
        rf"\b\d{{1,3}}(?:st|nd|rd|th)\sday\s(?:of|in)\s(?:the\syear\s)?{_YEAR_IN_FULL}\b|"
        rf"\bday\s\d{{1,3}}\s(?:of|in)\s{_YEAR_IN_FULL}\b|"
        rf"(?<!\d){_YEAR_IN_FULL}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T\d{{4,6}}(?:Z|[+-]\d{{4}})?(?!\w)",
        score=0.66, needs="0", near=("w", "day", "t"),
    ),
    TextPattern(entity=Entity.DATE, regex=_IN_WELSH, score=0.65, needs="0", near=_WELSH_MONTHS),
    TextPattern(  # `third of the sixth eighty four`
        entity=Entity.DATE,
        regex=rf"\b{_ORDINAL}\sof\sthe\s(?:{_UNITS}|tenth|eleventh|twelfth),?\s"
        rf"(?:{_YEAR_IN_WORDS}|{_TENS}[\s-]{_UNIT}|(?:19|20)?\d\d)(?![\w-])",
        score=0.65, near=_ORDINAL_ENDS,
    ),
    TextPattern(entity=Entity.DATE, regex=rf"\b{_IN_WORDS}", score=0.65, near=_ORDINAL_ENDS),
    TextPattern(
        entity=Entity.DATE, regex=rf"\b{_FEAST},?\s(?:in\s|of\s)?\d{{4}}\b",
        score=0.65, needs="0",
        near=("christmas", "boxing", "new year", "friday", "easter", "valentine", "hallowe", "bonfire"),
    ),
    TextPattern(
        entity=Entity.DATE_OF_BIRTH,
        regex=rf"{_BORN}\K(?:{_NUMERIC}|{_DAY_FIRST}|{_MONTH_FIRST}|{_IN_WORDS}|{_MONTH}\s\d{{4}}|"
        rf"\d{{1,2}}{_SPACED_SIGN}\d{{1,2}}{_SPACED_SIGN}(?:\d{{4}}|\d{{2}})|{_SPACED}|"
        r"\d{1,2}[\s./-]\d{1,2}(?:[\s./-](?:\d{4}|\d{2}))?|\d{8}|\d{6})(?!\w)",
        score=0.9, near=("born", "ob", "birth", "o.b", "o/b", "o. b"),
    ),
    TextPattern(
        entity=Entity.DATE_OF_BIRTH, regex=rf"(?<![\d/]){_NUMERIC}(?=\s?\(?(?:dob|d\.o\.b|date\sof\sbirth)\b)",
        score=0.9, needs="0", near=("dob", "d.o.b", "birth"),
    ),
)  # fmt: skip
