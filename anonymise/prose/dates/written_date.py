"""A date as somebody wrote it: read, and written anew with another day in the same style."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.cleaned.signs import DASHES

MONTHS: Final = tuple(calendar.month_name[1:])
_DAYS: Final = tuple(calendar.day_name)
_WEEKDAY: Final = (
    r"(?:(?P<weekday>(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?)(?P<after>\.?,?\s(?:the\s)?))?"
)
_MONTH: Final = (
    r"(?P<name>"
    + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS if month != "September")
    + (r"|sept?(?:ember)?)(?P<dot>\.?)")
)
_TIME: Final = r"(?P<time>[T\s]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)?)?"
"""Of a time stamp (ISO 8601); it stays as it is."""
_SIGN: Final = rf"\s?[/.|\\_{DASHES}-]\s?"
_FORMS: Final = tuple(
    regex.compile(_WEEKDAY + form, flags=regex.IGNORECASE)
    for form in (
        rf"(?P<day>\d{{1,2}})(?P<s1>{_SIGN}|\s)(?P<month>\d{{1,2}})(?P<s2>{_SIGN}|\s)(?P<year>\d{{4}}|\d{{2}})",
        rf"(?P<year>\d{{4}})(?P<s1>{_SIGN})(?P<month>\d{{1,2}})(?P<s2>{_SIGN})(?P<day>\d{{1,2}}){_TIME}",
        rf"(?P<day>\d{{1,2}})(?P<th>st|nd|rd|th)?(?P<s1>[\s-](?:of\s)?){_MONTH}(?:(?P<s2>,?[\s-])(?P<year>\d{{4}}|\d{{2}}))?",
        rf"{_MONTH}(?P<s1>\s)(?P<day>\d{{1,2}})(?P<th>st|nd|rd|th)?(?:(?P<s2>,?\s)(?P<year>\d{{4}}))?",
    )
)
_SHORT: Final = 2
"""Digits of a year without its century."""
_PIVOT: Final = 69
"""Two digits from 69 are of the last century (POSIX.1-2017, strptime)."""
WEEKDAY_BEFORE: Final = regex.compile(_WEEKDAY.removesuffix("?") + "$", flags=regex.IGNORECASE)
"""A weekday that stands just before a date, at the end of a text."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in its style."""

    day: date | None
    """None where the text gives no year."""
    _parts: Mapping[str, str | None]
    _order: tuple[str, ...]
    """Names of the parts that are there, as they stand."""
    is_american: bool
    """Month before day."""

    def write(self, day: date) -> str:
        """Return another day in the same style."""
        parts = self._parts
        made: dict[str, str] = {name: parts[name] or "" for name in self._order}
        first, second = self._places
        if "weekday" in made:
            made["weekday"] = _like(made["weekday"], _DAYS[day.weekday()])
        padded = _is_padded(parts)
        if "name" in made:
            made["name"] = _month_like(made["name"], day.month)
        else:
            made[second] = f"{day.month:02d}" if padded else str(day.month)
        made[first] = f"{day.day:02d}" if padded else str(day.day)
        if "th" in made:
            suffix = _suffix(day.day)
            made["th"] = suffix.upper() if made["th"].isupper() else suffix
        if "year" in made:
            made["year"] = f"{day.year:04d}" if len(made["year"]) > _SHORT else f"{day.year % 100:02d}"
        return "".join(made[name] for name in self._order if name in made)

    @property
    def _places(self) -> tuple[str, str]:
        """Names of the parts that hold day and month."""
        return ("month", "day") if self.is_american else ("day", "month")

    @property
    def readings(self) -> tuple[date, ...]:
        """Every day that may be meant: of two digits either century's, of figures also with month before day."""
        if self.day is None:
            return ()
        is_turned = not self._parts.get("name") and self._order[0] != "year"
        months = {(self.day.month, self.day.day), *([(self.day.day, self.day.month)] if is_turned else ())}
        years = {self.day.year, *((self.day.year - 100, self.day.year + 100) if self.is_short else ())}
        return tuple(day for year in years for month, of_month in months if (day := _day(year, month, of_month)))

    @property
    def year(self) -> str:
        """The year as it is written; empty where the text gives none."""
        return self._parts.get("year") or ""

    @property
    def is_short(self) -> bool:
        """Whether the year is written without its century."""
        return len(self.year) == _SHORT

    @property
    def last(self) -> date | None:
        """The day itself, as a range has a last one; None where the text gives no year."""
        return self.day

    def month_and_year(self) -> str | None:
        """Return the date without its day, in the same style; None where too little is known of it."""
        parts = self._parts
        if parts.get("name"):
            month = f"{parts['name']}{parts['dot'] or ''}"
            return f"{month} {parts['year']}" if parts.get("year") else month
        month_part, year, separator = parts[self._places[1]], parts["year"], parts["s2"]
        if self.day is None:
            return None
        return (
            f"{year}{separator}{month_part}"
            if self._order.index("year") < self._order.index("day")
            else (f"{month_part}{separator}{year}")
        )


def read_date(text: str) -> WrittenDate | None:
    """Read a date, day before month as in Britain unless it can only be the other way; None where it is none."""
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _read(match)
    return None


def _read(match: Any) -> WrittenDate | None:  # noqa: ANN401 - a match of `regex`, which has no types
    parts: dict[str, str | None] = match.groupdict()
    order: Sequence[str] = sorted((name for name in parts if parts[name]), key=match.start)
    first = int(parts["day"] or 0)
    month = _month_number(parts["name"]) if parts.get("name") else int(parts["month"] or 0)
    american = month > len(MONTHS) >= first and not parts.get("name") and order[0] != "year"
    day, month = (month, first) if american else (first, month)
    if not parts.get("year"):
        is_day = 1 <= day <= calendar.monthrange(2000, month)[1]  # a leap year has every day
        return WrittenDate(None, parts, tuple(order), american) if is_day else None
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == _SHORT:
        year += 1900 if year >= _PIVOT else 2000
    found = _day(year, month, day)
    return None if found is None else WrittenDate(found, parts, tuple(order), american)


def _day(year: int, month: int, day: int) -> date | None:
    """Return a day; None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_number(name: str | None) -> int:
    short = (name or "")[:3].casefold()
    return next(number for number, month in enumerate(MONTHS, start=1) if month[:3].casefold() == short)


def _month_like(written: str, month: int) -> str:
    name = MONTHS[month - 1]
    is_full = written.casefold() in map(str.casefold, MONTHS)
    return _cased(written, name if is_full else name[:3])


def _like(written: str, weekday: str) -> str:
    return _cased(written, weekday if written.casefold().endswith("day") else weekday[:3])


def _cased(written: str, word: str) -> str:
    if written.isupper():
        return word.upper()
    return word.lower() if written.islower() else word


def _is_padded(parts: Mapping[str, str | None]) -> bool:
    """Whether days and months below 10 have two digits: told by the one that is below 10, else usual of numbers."""
    numbers = [parts[name] or "" for name in ("day", "month") if parts.get(name)]
    if any(len(number) == 1 for number in numbers):
        return False
    return bool(parts.get("month")) or numbers[0].startswith("0")


def _suffix(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
