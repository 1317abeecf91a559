"""The weekday before a day: `Tuesday 7 March 2023` goes whole, or the weekday tells which days it can have been."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Span

_LONGEST: Final = 16
"""Characters of a weekday with a comma and an article."""
_BEFORE: Final = regex.compile(
    r"(?<![\w'\u2019-])(?:mon|tues|wednes|thurs|fri|satur|sun)day,?[ \u00a0](?:the[ \u00a0])?$|"
    r"(?<![\w'\u2019-])(?-i:Mon|Tues?|Weds?|Thu(?:rs?)?|Fri|Sat|Sun|MON|TUES?|WEDS?|THU(?:RS?)?|FRI|SAT|SUN)"
    r"\.?,?[ \u00a0]$",
    flags=regex.IGNORECASE,
)
"""In full in any case; in short with a capital, for `sat` and `sun` are words."""


def with_weekday(text: str, span: Span) -> Span:
    """Return a date with the weekday that stands just before it.

    Args:
        text: cleaned text.
        span: a date.
    """
    match = _BEFORE.search(text[max(0, span.start - _LONGEST) : span.start])
    return span if match is None else replace(span, start=span.start - len(match.group()))
