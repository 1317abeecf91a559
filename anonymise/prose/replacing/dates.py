"""What stands for a date: nothing of it, another day of the same unit's calendar, or its month.

A day of birth is never moved, for it is known to others and would tell by how much: it is masked, or only its year is
left. So is a text that looks like a date and is none: a known number moved along would tell too (Alexander and Beatty
2022, doi:10.1093/jamia/ocac147).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, assert_never

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.dates.written_date import WEEKDAY_BEFORE, WrittenDate, read_date
from anonymise.prose.dates.written_range import WrittenRange
from anonymise.prose.entities import Span
from anonymise.prose.replacing.births import says_birth
from datalab.contract.model import TextDates
from datalab.errors import InternalError

BIRTH: Final = "DATE OF BIRTH"
"""Word of the kind of dates that are found as days of birth."""
DATES: Final = frozenset({"DATE", BIRTH})
"""Words of the kinds that are dates."""
_LOOKED_BEFORE: Final = 30
"""Characters before a date that are looked at for a weekday, and after it for a weekday."""
_WEEK = regex.compile(
    r"\b(?:w\s?/\s?[bce]|(?:week|wk)\s(?:commencing|beginning|ending))[\s:]{0,3}$", flags=regex.IGNORECASE
)
"""Before a day whose weekday everybody knows."""
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_WEEKDAY = regex.compile(
    r"(?<!\w)(?:(?i:mon|tues|wednes|thurs|fri|satur|sun)(?i:days?)|Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|"
    r"MON|TUES?|WED|THU(?:RS?)?|FRI|SAT|SUN)(?!\w)"
)
"""In full in any case; in short with a capital, for `sat` and `sun` are words."""
_STOP = regex.compile(r"[.;!?\n]")


def with_weekdays(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans, each date with the weekday before it, and other words of its sentence that are its weekday.

    A true weekday beside a moved date tells the move, and beside a month it leaves four days or five.
    """
    wide: list[Span] = []
    done = 0
    for span in spans:
        before = (
            WEEKDAY_BEFORE.search(text[max(done, span.start - _LOOKED_BEFORE) : span.start])
            if span.entity.value in DATES
            else None
        )
        starts_word = before is not None and not text[: span.start - len(before.group())][-1:].isalnum()
        wide.append(replace(span, start=span.start - len(before.group())) if before and starts_word else span)
        done = span.end
    lone: dict[int, Span] = {}
    for place, span in enumerate(wide):
        if span.entity.value in DATES:
            first = wide[place - 1].end if place else 0
            end = wide[place + 1].start if place + 1 < len(wide) else len(text)
            lone |= {one.start: one for one in _own_weekdays(text, span, first, end)}
    return sorted((*wide, *lone.values()), key=lambda span: span.start)


def _own_weekdays(text: str, span: Span, first: int, end: int) -> Iterator[Span]:
    """Yield words between two places that are the weekday of a date and stand in its sentence."""
    written = _read(text[span.start : span.end])
    names = {_WEEKDAYS[day.weekday()] for day in written.readings} if written is not None else set()
    if not names:
        return
    for match in _A_WEEKDAY.finditer(
        text, max(first, span.start - _LOOKED_BEFORE), min(end, span.end + _LOOKED_BEFORE)
    ):
        between = (match.end(), span.start) if match.end() <= span.start else (span.end, match.start())
        if match.group()[:3].casefold() in names and between[0] <= between[1] and not _STOP.search(text, *between):
            yield Span(match.start(), match.end(), span.entity, span.score)


def dated(
    text: str,
    span: Span,
    *,
    dates: TextDates,
    births: Collection[date],
    days: int | None,
    is_likely_birth: bool = False,
) -> str | None:
    """Return what stands for a date; None where its placeholder does.

    Args:
        text: cleaned text.
        span: a date in it.
        dates: what the contract says of dates in text.
        births: days of birth that the rows of the unit hold.
        days: by how many days dates of the unit are moved.
        is_likely_birth: the text does not say that it is a birth, and it looks like one: it is not moved.

    Raises:
        InternalError: if dates are to be moved, and nothing says by how much.
    """
    if dates is TextDates.MASK:
        return None
    written = _read(text[span.start : span.end])
    if written is None:
        return None
    is_birth = span.entity.value == BIRTH or says_birth(text, span) or any(day in births for day in written.readings)
    match dates:
        case TextDates.SHIFT:
            is_week = _WEEK.search(text, max(0, span.start - _LOOKED_BEFORE), span.start) is not None
            return None if is_birth or is_likely_birth or is_week else _moved(written, days)
        case TextDates.GENERALISE if is_birth:
            return written.year or None
        case TextDates.GENERALISE:
            return written.month_and_year()
        case _:
            assert_never(dates)


def _read(said: str) -> WrittenDate | WrittenRange | None:
    return read_date(said) or WrittenRange.read(said)


def _moved(written: WrittenDate | WrittenRange, days: int | None) -> str | None:
    """Return dates moved; None where the text gives no year, or the calendar ends."""
    if days is None:
        raise InternalError("Dates are to be moved, and nothing says by how much.")
    try:
        if isinstance(written, WrittenRange):
            return written.moved(days)
        return None if written.day is None else written.write(written.day + timedelta(days=days))
    except OverflowError:
        return None
