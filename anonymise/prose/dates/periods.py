"""Months, quarters and seasons: beside moved dates they tell by how much, so that they are masked where dates move.

Where dates are masked or made coarser they stay: they name nobody, and research needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.dates.written_range import MONTH
from anonymise.prose.entities import Entity, Span

_SCORE: Final = 0.6
_SURE: Final = r"(?:january|february|july|september|october|november|december)"
"""Months that are neither names nor other words."""
_MONTHS: Final = rf"{MONTH}(?:(?:\s?[\u2010-\u2015&/-]\s?|\s(?:to|and|or|until|till?)\s){MONTH})*"
_YEAR: Final = r"(?:19|20)\d\d"
_AFTER: Final = (
    r"(?:in|since|until|till?|during|last|next|this|from|by|before|after|around|about|between|throughout|through|mid|"
    r"early|late|of|every|for|to|and|till)"
)
_SEASON: Final = (
    r"(?:spring|summer|autumn|winter|christmas|xmas|easter|michaelmas|hilary|trinity|lent)"
    r"(?:\s(?:term|holidays?|half[\s-]term|break))?"
)
_PERIODS: Final = regex.compile(
    rf"\b{_MONTHS}(?:[\s,/-]|\s(?:of|in)\s){{0,2}}(?:{_YEAR}|'\d\d)(?!\d)|"
    rf"\b{MONTH}[-/]\d\d(?![\d/-])|"
    rf"\b{_AFTER}[\s-](?:(?:early|late|mid|the|end|start|beginning|middle|of|last|next|this)[\s-]){{0,4}}\K{_MONTHS}(?!\w)"
    rf"(?:(?:[\s,/-]|\s(?:of|in)\s){{0,2}}(?:{_YEAR}|'\d\d)(?!\d))?|"
    rf"\b(?:{_SURE}(?:\s?[/&\u2010-\u2015-]\s?{MONTH})?|{MONTH}(?:\s?[/&\u2010-\u2015-]\s?{MONTH})+)(?!\w)|"
    rf"(?<![\d/.-])(?:0?[1-9]|1[0-2])[/.-]{_YEAR}(?![\d/]|[.-]\d)|(?<![\d/.-]){_YEAR}[-.](?:0[1-9]|1[0-2])(?![\d/]|[.-]\d)|"
    rf"\bq[1-4][\s/,'-]{{0,2}}(?:of\s)?(?:{_YEAR}|\d\d)(?!\d)|(?<!\d){_YEAR}[\s/-]?q[1-4]\b|"
    rf"\b(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\squarter\s(?:of|in)\s{_YEAR}\b|"
    rf"\b{_SEASON},?\s(?:of\s|in\s)?'?(?:{_YEAR}|\d\d)\b|\b(?:last|next|this|since|until)\s(?:the\s)?\K{_SEASON}\b",
    flags=regex.IGNORECASE,
)


_MONTH_ALONE = regex.compile(MONTH, flags=regex.IGNORECASE)
_BEFORE_MONTH = regex.compile(r"\b(?:in|during|last|next|early|late|mid)[\s-]$", flags=regex.IGNORECASE)
_AFTER_MONTH = regex.compile(rf"(?:[\s,/-]|\sof\s){{1,2}}(?:{_YEAR}|'\d\d)(?!\d)")
_LOOKED_BEFORE: Final = 8
"""Characters before a month that are looked at."""


def is_month(text: str, span: Span) -> bool:
    """Whether what lists take for a name is surely a month: `in June`, `June 2021`, `September`, not `by June`."""
    said = text[span.start : span.end]
    if _MONTH_ALONE.fullmatch(said) is None:
        return False
    before = text[max(0, span.start - _LOOKED_BEFORE) : span.start]
    return (
        regex.fullmatch(_SURE, said.casefold()) is not None
        or _BEFORE_MONTH.search(before) is not None
        or _AFTER_MONTH.match(text, span.end) is not None
    )


def with_periods(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans and the months, quarters and seasons that stand beside them, in order and without overlap.

    Args:
        text: cleaned text.
        spans: what was found in it, in order and without overlap.
    """
    kept: list[Span] = []
    done = 0
    for match in _PERIODS.finditer(text):
        start, end = match.span()
        while done < len(spans) and spans[done].end <= start:
            kept.append(spans[done])
            done += 1
        behind = done
        while behind < len(spans) and spans[behind].start < end:
            behind += 1
        # A month that was taken for a name goes with its year; a name that begins as a month stays one.
        if all(start <= span.start and span.end <= end for span in spans[done:behind]):
            kept.append(Span(start, end, Entity.DATE, _SCORE))
            done = behind
    return [*kept, *spans[done:]]
