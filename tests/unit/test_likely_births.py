"""Days of birth in text that no word calls so: they are masked where dates move, and other days move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
import regex

from anonymise.prose.entities import Entity, Span
from anonymise.prose.patterns.all import PATTERNS
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import TextDates


class FindsDatesAndNames:
    """A finder with redaction's own patterns of dates, and of names that it knows."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find them."""
        shapes = [(regex.compile(one.regex, flags=regex.I), one.entity) for one in PATTERNS
                  if one.entity in (Entity.DATE, Entity.DATE_OF_BIRTH)]  # fmt: skip
        shapes.append((regex.compile(r"(?:Tyler |T )?Jones(?: T\b)?|Tyler|Joan Smith|Patel"), Entity.PERSON))
        return [
            tuple(Span(*match.span(), kind, 0.6) for shape, kind in shapes for match in shape.finditer(text))
            for text in texts
        ]


def moved(text: str, *, latest: date | None = None, dates: TextDates = TextDates.SHIFT) -> str | None:
    """Redact a text whose dates move by ten days."""
    replacer = Replacer(manner=Manner(dates=dates), subjects=[Subject(days=10, latest=latest)])
    return Redactor(FindsDatesAndNames()).redact([text], replacer=replacer)[0].text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GURPREET (F, 02/09/1988) seen 05/06/2024", "GURPREET (F, [DATE]) seen 15/06/2024"),
        ("Name: T Jones | 02/09/1988 | M", "Name: [PERSON] | [DATE] | M"),
        ("X | 02/09/2021 | M", "X | [DATE] | M"),
        ("T Jones, 02/09/1988 (35 years)", "[PERSON], [DATE] (35 years)"),
        ("the boy, 02/09/2021 (3 yrs), fell", "the boy, [DATE] (3 yrs), fell"),
        ("aged 25 (21/02/1999)", "aged 25 ([DATE])"),
        ("a man of 25 yrs, 21/02/1999", "a man of 25 yrs, [DATE]"),
        ("Jones T 02/09/88 35yrs M", "[PERSON] [DATE] 35yrs M"),
        ("Tyler Jones 02.09.1988, hospital no", "[PERSON] [DATE], hospital no"),
        ("Baby Joe was born yesterday, 4 June 2024", "Baby Joe was born yesterday, [DATE]"),
        ("born at Wexmoor General at 38 weeks on 4 June 2024", "born at Wexmoor General at 38 weeks on [DATE]"),
        ("she gave birth to a girl on 4 June 2024", "she gave birth to a girl on [DATE]"),
        ("her son Tyler (02/09/2010) fell on 05/06/2024", "her son [PERSON] ([DATE]) fell on 15/06/2024"),
        ("girl, 02/09/2021", "girl, [DATE]"),
        ("25F 21/02/1999 chest pain", "25F [DATE] chest pain"),
        ("(02/09/1988), M; 5 months old", "([DATE]), M; 5 months old"),
        ("5 months old, 02/01/2024", "5 months old, [DATE]"),
        ("ID: 02/09/1988; seen 05/06/2024", "ID: [DATE]; seen 15/06/2024"),
        ("ID 1 - 14/03/1988, seen 05/06/2024", "ID [DATE], seen 15/06/2024"),
        ("ID: 14/03/35; seen 05/06/2024", "ID: [DATE]; seen 15/06/2024"),
        ("ID: 14/03/35; seen 05/06/24", "ID: [DATE]; seen [DATE]"),  # either may be of another century
    ],
)
def test_a_likely_birth_is_masked_where_dates_move(text: str, shown: str) -> None:
    """Beside a sex or an age, behind a name or words of birth, and long before other dates, a date is not moved."""
    assert moved(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("seen 05/06/2024", "seen 15/06/2024"),
        ("Seen by Joan Smith 05/06/2024", "Seen by [PERSON] 15/06/2024"),
        ("Reported by Joan Smith (05/06/2024)", "Reported by [PERSON] (15/06/2024)"),
        ("Dr Patel 05/06/2024", "Dr [PERSON] 15/06/2024"),
        ("Joan Smith 05/06/2024 14:30", "[PERSON] 15/06/2024 14:30"),
        ("Joan Smith was seen on 05/06/2024", "[PERSON] was seen on 15/06/2024"),
        ("born in Leeds, seen 05/06/2024", "born in Leeds, seen 15/06/2024"),
        ("born 04/06/2024 and weighed 05/06/2024", "born [DATE] and weighed 15/06/2024"),
        ("05/06/2024 M Jones rang", "15/06/2024 M [PERSON] rang"),
        ("05/06/2024 F/U in clinic", "15/06/2024 F/U in clinic"),
        ("on 05/06/2024, 3 years after 05/06/2021", "on 15/06/2024, 3 years after 15/06/2021"),
        ("operation 02/09/2016, seen 05/06/2024", "operation 12/09/2016, seen 15/06/2024"),
        ("Joan Smith\n05/06/2024", "[PERSON]\n15/06/2024"),
    ],
)
def test_days_of_events_move(text: str, shown: str) -> None:
    """Visits, signatures of staff, times of day and what happened within ten years move as before."""
    assert moved(text) == shown


def test_a_day_long_before_the_rows_own_is_masked() -> None:
    """A date alone in its text is held against the newest day of its row; where there is none, it moves."""
    assert moved("known as 02/09/1988", latest=date(2024, 6, 5)) == "known as [DATE]"
    assert moved("known as 14/03/35", latest=date(2024, 6, 5)) == "known as [DATE]"
    assert moved("known as 02/09/2016", latest=date(2024, 6, 5)) == "known as 12/09/2016"
    assert moved("ID: 02/09/88; seen 05/06/24", latest=date(2024, 6, 5)) == "ID: [DATE]; seen 15/06/24"
    assert moved("known as 02/09/1988") == "known as 12/09/1988"


def test_what_is_made_coarser_keeps_its_month() -> None:
    """A month beside true dates tells no move: only what words or the row call a birth loses it."""
    assert moved("aged 25 (21/02/1999)", dates=TextDates.GENERALISE) == "aged 25 (02/1999)"
    assert moved("born 21/02/1999", dates=TextDates.GENERALISE) == "born 1999"
