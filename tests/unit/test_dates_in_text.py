"""Dates in text: moved or made coarser in the style they are written in, never shown as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
import regex

from anonymise.prose.dates.written_date import read_date
from anonymise.prose.entities import Entity, Span
from anonymise.prose.patterns.all import PATTERNS
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import TextDates
from datalab.errors import InternalError


class FindsDates:
    """A finder with redaction's own patterns of dates."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find dates."""
        dates = [regex.compile(one.regex, flags=regex.I) for one in PATTERNS if one.entity is Entity.DATE]
        return [
            tuple(Span(*match.span(), Entity.DATE, 0.6) for shape in dates for match in shape.finditer(text))
            for text in texts
        ]


def replaced(text: str, dates: TextDates, *, days: int | None = None, born: date | None = None) -> str | None:
    """Redact the dates of a text."""
    subject = Subject(days=days, births=frozenset([born] if born else []))
    replacer = Replacer(manner=Manner(dates=dates), subjects=[subject])
    return Redactor(FindsDates()).redact([text], replacer=replacer)[0].text


@pytest.mark.parametrize(
    ("written", "days", "moved"),
    [
        ("14/03/2021", 30, "13/04/2021"),
        ("3/5/2021", 30, "2/6/2021"),
        ("03.05.21", -3, "30.04.21"),
        ("5/30/2021", 3, "6/2/2021"),  # the American way, for May has no thirty months
        ("2021-05-03", -182, "2020-11-02"),
        ("3rd of May 2021", 9, "12th of May 2021"),
        ("21 Jan 2020", 1, "22 Jan 2020"),
        ("31 jan. 2020", 30, "1 mar. 2020"),
        ("29TH FEBRUARY 2020", 2, "2ND MARCH 2020"),
        ("03 Sept 2021", 30, "03 Oct 2021"),
        ("May 3rd, 2021", -9, "April 24th, 2021"),
        ("1-Dec-99", 31, "1-Jan-00"),
        ("Monday 3 May 2021", 1, "Tuesday 4 May 2021"),
        ("seen Mon, 3 May 2021", 8, "seen Tue, 11 May 2021"),
    ],
)
def test_a_moved_date_keeps_its_style(written: str, days: int, moved: str) -> None:
    """Order, separators, length, case, ordinals and the weekday are as before."""
    assert replaced(written, TextDates.SHIFT, days=days) == moved


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("on 3 May", "on [DATE]"),  # no year, so nobody knows whether there is a 29 February
        ("on 31/02/2021", "on [DATE]"),
        ("on 12-13-2021-", "on 12-14-2021-"),
        ("on 31/12/9999", "on [DATE]"),
        ("born 14/03/1987, seen 15/03/2021", "born [DATE], seen 16/03/2021"),
        ("DOB: 14.03.87", "DOB: [DATE]"),
        ("Date of birth 14 March 1987", "Date of birth [DATE]"),
        ("Joan (14/03/1987, d.o.b.)", "Joan ([DATE], d.o.b.)"),
        ("the form says 2 Feb 1980", "the form says [DATE]"),  # as the row does
        ("2 Feb 1980 and 3 Feb 1980", "[DATE] and 4 Feb 1980"),
    ],
)
def test_what_cannot_be_moved_is_masked(text: str, shown: str) -> None:
    """A date without a year, no date at all, and every day of birth are masked."""
    assert replaced(text, TextDates.SHIFT, days=1, born=date(1980, 2, 2)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("14/03/2021", "03/2021"),
        ("2021-05-03", "2021-05"),
        ("5/30/2021", "5/2021"),
        ("Tuesday 3rd of May 2021", "May 2021"),
        ("May 3rd, 2021", "May 2021"),
        ("on 3 may", "on may"),
        ("born 14/03/1987", "born 1987"),
        ("2 Feb 1980", "1980"),
        ("born 3 May", "born [DATE]"),
        ("31/02/2021", "[DATE]"),
    ],
)
def test_a_date_becomes_its_month(text: str, shown: str) -> None:
    """Month and year are left, of a day of birth its year."""
    assert replaced(text, TextDates.GENERALISE, born=date(1980, 2, 2)) == shown


def test_dates_are_masked_unless_the_contract_says_else() -> None:
    """By default a date is its placeholder."""
    assert replaced("on 14/03/2021", TextDates.MASK, days=3) == "on [DATE]"


def test_no_date_is_moved_without_days() -> None:
    """Nothing passes as it is for want of a key."""
    with pytest.raises(InternalError, match="by how much"):
        replaced("on 14/03/2021", TextDates.SHIFT)


@pytest.mark.parametrize("text", ["", "May", "2021", "31/04/2021", "0/1/2021", "3 Mayhem 2021", "1/2/3"])
def test_no_date_is_none(text: str) -> None:
    """What is no day of the calendar is not read as one."""
    assert read_date(text) is None
