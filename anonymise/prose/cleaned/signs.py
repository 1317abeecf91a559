"""Dashes, slashes and apostrophes of print as a keyboard has them: one sign for one, so that no place in a text moves.

Programs print long dashes and curly apostrophes for what was typed as `07700-900-123` and `D'Souza`. Patterns are
written for what is typed.
"""

from __future__ import annotations

from typing import Final

import regex  # type: ignore[import-untyped]  # what stands before a sign may be of any length

DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"
"""Hyphens, dashes, the minus sign and the hyphen bullet, with their small and full-width forms."""
SLASHES: Final = "\u2044\u2215\uff0f"
"""The slashes of fractions and of division, and the full-width one."""
APOSTROPHES: Final = "\u2018\u2019\u02bc\uff07\u00b4`"
"""Quotation marks and accents that are written for an apostrophe."""
POINTS: Final = "\u2022\u00b7\u2219\u30fb"
"""Bullets and middle dots between figures."""

_TYPED: Final = str.maketrans(
    dict.fromkeys(f"{DASHES}{POINTS}", "-") | dict.fromkeys(SLASHES, "/") | dict.fromkeys(APOSTROPHES, "'")
)
_ANY: Final = regex.compile(rf"[{DASHES}{SLASHES}]|\d[{POINTS}_:]\d")
_APOSTROPHE: Final = regex.compile(rf"(?<=\p{{L}})[{APOSTROPHES}](?=\p{{L}})")
_HYPHENS: Final = "\u2010\u2011\u2212\u2043\ufe63\uff0d"
"""Those that nobody writes between two clauses."""
_IN_NUMBER: Final = regex.compile(
    rf"(?<=\d\s?)[{DASHES}](?=\s?\d)|"
    # Between letters and figures of a code. Behind a year a dash may begin a clause.
    rf"(?<=\b[A-Z]{{1,5}}|\b[a-z]{{1,2}}|\d[A-Za-z]{{1,2}})[{DASHES}](?=\d)|"
    rf"(?<=\d)[{DASHES}](?=(?![AI]\b)[A-Z]{{1,5}}\b|(?![ai]\b)[a-z]\b|[A-Za-z]{{1,2}}\d)|"
    rf"(?<=\w)[{_HYPHENS}](?=\d)|(?<=\d)[{_HYPHENS}](?=\w)"
)
_SPAN: Final = regex.compile(
    rf"(?<![\d{DASHES}/-][\s.]?|\b(?:ref(?:erence)?|id|urn|log|cad|crime|incident|case|claim|mrn|acc(?:ount)?|policy)\b[\s.:]{{0,2}})"
    rf"\b(?:\d{{1,5}}\s?([\u2012-\u2015\u2212])\s?\d{{1,5}}|[1-9]\d{{5}}\s?([\u2012-\u2015\u2212])\s?[1-9]\d{{5}})"
    rf"(?![\w{DASHES}{SLASHES}/-]|[\s.]\d)",
    flags=regex.IGNORECASE,
)
"""From one number to another: pages, pay, years; no part of a longer one."""
_SLASH_IN_NUMBER: Final = regex.compile(
    # In compatibility form a half is 1, a slash of fractions and 2: `at 3 1/2 years` is no day.
    rf"(?<=\w\s?)(?!\u2044(?:[2-9]|10)(?![\d{SLASHES}/])(?<!\d[{SLASHES}/]\d{{1,2}}\u2044))[{SLASHES}](?=\s?\w)"
)
_POINTED: Final = regex.compile(
    r"\b(?:nhs|chi|tel|telephone|phone|ph|mob|mobile|fax|ring|rang|call(?:ed)?|contact|text(?:ed)?|number|no)\b"
    rf"[^\d\n]{{0,20}}\K(?:\+?44|0|(?=\d{{3}}[{POINTS}_:.]\d{{3}}[{POINTS}_:.]\d{{4}}(?!\w)))"
    rf"\d{{0,5}}(?:[{POINTS}_:.]\d{{2,6}}){{1,4}}(?!\w)",
    flags=regex.IGNORECASE,
)
"""A telephone or NHS number in groups that other signs set apart, behind a word for it."""
_POINT: Final = regex.compile(f"[{POINTS}_:.]")
_DIGITS: Final = range(10, 14)
"""Digits of such a number: a time and a date have fewer."""


def typed(text: str) -> str:
    """Return a text of the same length with every sign of print as a keyboard has it: for a cell that is no prose."""
    return text if text.isascii() and "`" not in text else text.translate(_TYPED)


def with_typed_apostrophes(text: str) -> str:
    """Return a text of the same length with plain apostrophes inside words."""
    if text.isascii() and "`" not in text:
        return text
    return str(_APOSTROPHE.sub("'", text))


def with_typed_numbers(text: str) -> str:
    """Return a text of the same length with plain hyphens and slashes inside numbers and codes."""
    if _ANY.search(text) is None:
        return text
    shown = text
    if not text.isascii():
        spans = {max(match.start(1), match.start(2)) for match in _SPAN.finditer(text)}
        shown = _IN_NUMBER.sub(lambda match: match.group() if match.start() in spans else "-", text)
        shown = _SLASH_IN_NUMBER.sub("/", shown)
    return str(_POINTED.sub(_hyphened, shown))


def _hyphened(match: regex.Match[str]) -> str:
    number: str = match.group()
    return _POINT.sub("-", number) if sum(map(str.isdigit, number)) in _DIGITS else number
