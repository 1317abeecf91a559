"""Days that share a month or a year as somebody wrote them: `13-20 April 2021`, `5th, 6th and 9th of May 2021`.

Moved they may share it no longer, so each day is written out in the style of the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.dates.written_date import MONTHS, WrittenDate, read_date

WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s(?:the\s)?)"
DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
MONTH_NUMBER: Final = r"(?:0?[1-9]|1[0-2])(?!\d)"
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?!\s(?:have|be|not|need|also|well)\b)|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
TO: Final = (
    r"(?:[ ]?[\u2010-\u2015&+/-][ ]?|\s(?:to|and|or|until|till?|through|thru)\s(?:the\s)?|,\s(?:and|or)\s(?:the\s)?)"
)
"""What stands before the last day."""
_NAMED: Final = rf"{DAY}(?:st|nd|rd|th)?[\s-]?(?:day\s)?(?:of\s)?{MONTH}"
_PART: Final = rf"{WEEKDAY}?(?:{_NAMED}|{DAY}[/.]{MONTH_NUMBER}\.?|{DAY}(?:st|nd|rd|th)?)"
_YEAR: Final = r"(?:\d{4}|'?\d{2})(?!\d)"
_LAST: Final = rf"{WEEKDAY}?(?:{_NAMED}(?:,?[\s./-]{{0,2}}{_YEAR})?|{DAY}[/.-]{MONTH_NUMBER}[/.-]{_YEAR})"
_ISO: Final = r"\d{4}-\d\d-\d\d(?:T[\d:.,Z+-]{4,24})?"
_BLANK: Final = r"\s?"
_TAIL: Final = (
    rf"(?:(?:,{_BLANK}|{TO})(?:{DAY}(?:st|nd|rd|th)|{DAY}/{MONTH_NUMBER}(?![\d/]))"
    rf"(?!\w|\s(?:of\s)?{MONTH}|\s(?:floor|birthday|year|week|grade|time|centile|percentile)))+"
)
"""Days after one that is written whole, as in `5 March 2021 and 12th`: told apart from nothing, so masked with it."""
RANGE: Final = (
    rf"(?:{_PART}(?:,{_BLANK}{_PART}){{0,6}}{TO}){{1,6}}{_LAST}|"
    rf"{WEEKDAY}?{DAY}(?:st|nd|rd|th),\s{_LAST}|"
    rf"{MONTH}\s(?:the\s)?{DAY}(?:st|nd|rd|th)?(?:{TO}{DAY}(?:st|nd|rd|th)?)+(?!\w)(?:,?\s\d{{4}})?|"
    rf"{_ISO}/{_ISO}|{_LAST}{_TAIL}|\d{{4}}-\d\d-\d\d{TO}\d\d(?![\w-])"
)
"""Several days of which one alone is written whole, in any case; not too many, or lists of figures take long."""
_RANGE = regex.compile(
    rf"(?:(?P<part>{_PART})(?P<to>,\s?(?:(?:and|or)\s)?(?:the\s)?|{TO}))+(?P<last>{_LAST})", flags=regex.IGNORECASE
)
_OF_PART = regex.compile(
    rf"{WEEKDAY}?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:[/.](?P<month>\d{{1,2}})\.?|[\s-]?(?:day\s)?(?:of\s)?(?P<name>{MONTH}))?",
    flags=regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrittenRange:
    """Days in their style, in the order in which they stand."""

    days: tuple[date, ...]
    """Empty where the text gives no year."""
    _styles: tuple[WrittenDate, ...]
    """Of each day; of days without a year, of the last."""
    _between: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a range; None where it is none, or leaves in doubt which days are meant."""
        first, slash, second = text.partition("/")
        start, end = read_date(first), read_date(second)
        if slash and start and end and start.day and end.day:
            return cls((start.day, end.day), (start, end), (slash,))
        match = _RANGE.fullmatch(text)
        last = read_date(match["last"]) if match is not None else None
        if match is None or last is None or last.is_american:
            return None
        parts = [_OF_PART.fullmatch(part) for part in match.captures("part")]
        if last.day is None:
            shares = not any(part["month"] or part["name"] for part in parts)
            return cls((), (last,), ()) if shares else None
        days = [_day_of(part, last.day) for part in parts]
        known = [day for day in days if day is not None]
        if len(known) < len(days):
            return None
        between = tuple(" to " if to.strip() == "/" else to for to in match.captures("to"))
        return cls((*known, last.day), (last,) * (len(days) + 1), between)

    @property
    def readings(self) -> tuple[date, ...]:
        """Every day that may be meant: of a year in two digits either century's."""
        written = (read_date(style.write(day)) for style, day in zip(self._styles, self.days, strict=False))
        return (*self.days, *(day for one in written if one is not None for day in one.readings))

    @property
    def year(self) -> str:
        """The year as it is written; empty where the text gives none, or the days are of several."""
        return self._styles[-1].year if len({day.year for day in self.days}) == 1 else ""

    @property
    def is_short(self) -> bool:
        """Whether the year of the last day is written without its century."""
        return self._styles[-1].is_short

    @property
    def last(self) -> date | None:
        """The last of the days; None where the text gives no year."""
        return self.days[-1] if self.days else None

    def moved(self, days: int) -> str | None:
        """Return each day written out, moved by that many days; None where the text gives no year.

        Raises:
            OverflowError: if the calendar ends.
        """
        by = timedelta(days=days)
        written = [style.write(day + by) for style, day in zip(self._styles, self.days, strict=False)]
        return self._joined(written) if self.days else None

    def month_and_year(self) -> str | None:
        """Return the months of the days, in their style, one where they share it; None where too little is known."""
        if not self.days:
            return self._styles[0].month_and_year()
        months = [_month_of(style, day) for style, day in zip(self._styles, self.days, strict=True)]
        written = [month for month in months if month is not None]
        if len(written) < len(months):
            return None
        return written[0] if len(set(written)) == 1 else self._joined(written)

    def _joined(self, written: Sequence[str]) -> str:
        rest = zip(self._between, written[1:], strict=True)
        return written[0] + "".join(f"{between}{day}" for between, day in rest)


def _day_of(part: regex.Match[str], last: date) -> date | None:
    """Return the day of a part; None where it cannot come before the last."""
    month = last.month
    if part["month"]:
        month = int(part["month"])
    elif part["name"]:
        short = part["name"][:3].casefold()
        month = next(number for number, name in enumerate(MONTHS, start=1) if name[:3].casefold() == short)
    try:
        day = date(last.year - (month > last.month), month, int(part["day"]))
    except ValueError:
        return None
    return day if day <= last else None


def _month_of(style: WrittenDate, day: date) -> str | None:
    written = read_date(style.write(day))
    return None if written is None else written.month_and_year()
