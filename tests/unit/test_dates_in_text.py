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
        ("on 14 . 03 . 1987", 20, "on 03 . 04 . 1987"),
        ("on 1987 - 03 - 14", 20, "on 1987 - 04 - 03"),
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
        ("2/2/80", "[DATE]"),
        (
            "birthday on 14 March 2021, 4th birthday party on 14/3/21",
            "birthday on [DATE], 4th birthday party on [DATE]",
        ),
        ("Birthday celebrations 14/3/2021", "Birthday celebrations [DATE]"),
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


@pytest.mark.parametrize(
    ("text", "moved", "coarse"),
    [
        ("seen 14/03/35", "seen [DATE]", "seen 35"),
        ("seen 14 Mar 35", "seen [DATE]", "seen 35"),
        ("seen 3/14/1935", "seen [DATE]", "seen 1935"),
        ("born 1/2/34", "born [DATE]", "born 34"),
        ("between 12 and 14 March 35", "between [DATE]", "between 35"),
        ("seen 14/03/2035", "seen 15/03/2035", "seen 03/2035"),
    ],
)
def test_a_day_of_birth_is_one_in_either_century(text: str, moved: str, coarse: str) -> None:
    """Two digits of a year are read as 2035, and whoever was born in 1935 has written them since 1935."""
    born = date(1935, 3, 14)

    assert replaced(text, TextDates.SHIFT, days=1, born=born) == moved
    assert replaced(text, TextDates.GENERALISE, born=born) == coarse


def test_a_day_of_birth_is_one_with_the_month_first() -> None:
    """Read as the fifth of April or as the fourth of May: it is masked where either is the row's."""
    assert replaced("on 05/04/1980, 04/05/1980", TextDates.SHIFT, days=1, born=date(1980, 4, 5)) == "on [DATE], [DATE]"


@pytest.mark.parametrize(
    ("text", "moved", "coarse"),
    [
        ("3/5/2021 (Monday)", "4/5/2021 ([DATE])", "5/2021 ([DATE])"),
        ("3 May 2021, a Monday, ill", "4 May 2021, a [DATE], ill", "May 2021, a [DATE], ill"),
        ("Mon: 3/5/2021", "[DATE]: 4/5/2021", "[DATE]: 5/2021"),
        ("Monday - 3/5/21 MON", "[DATE] - 4/5/21 [DATE]", "[DATE] - 5/21 [DATE]"),
        ("on monday evening (3 May 2021)", "on [DATE] evening (4 May 2021)", "on [DATE] evening (May 2021)"),
        ("Mon 3/5/2021 or Tuesday 4/5/2021", "Tue 4/5/2021 or Wednesday 5/5/2021", "5/2021 or 5/2021"),
        (
            "3/5/2021 sat at home, not on Tuesday",
            "4/5/2021 sat at home, not on Tuesday",
            "5/2021 sat at home, not on Tuesday",
        ),
        ("3/5/2021. Monday again", "4/5/2021. Monday again", "5/2021. Monday again"),
    ],
)
def test_the_weekday_of_a_date_does_not_stay_beside_it(text: str, moved: str, coarse: str) -> None:
    """Beside a moved date its true weekday tells the move but for weeks; another sentence's is another day's."""
    assert replaced(text, TextDates.SHIFT, days=1) == moved
    assert replaced(text, TextDates.GENERALISE) == coarse


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
