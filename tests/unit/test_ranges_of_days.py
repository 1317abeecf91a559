"""Ranges of days, time stamps, weeks and months: no true day or month stands beside a moved one."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import TextDates

REDACTOR = Redactor(RulesAndNames())


def replaced(text: str, dates: TextDates) -> str | None:
    """Redact a text, its dates moved by thirty days where they move."""
    replacer = Replacer(manner=Manner(dates=dates), subjects=[Subject(days=30)])
    return REDACTOR.redact([text], replacer=replacer)[0].text


@pytest.mark.parametrize(
    ("text", "masked", "moved", "coarse"),
    [
        ("ill 13\u201320 April 2021", "ill [DATE]", "ill 13 May 2021\u201320 May 2021", "ill April 2021"),
        (
            "Between 5 and 7 March 2021",
            "Between [DATE]",
            "Between 4 April 2021 and 6 April 2021",
            "Between March 2021",
        ),
        ("5th to 12th May 2021", "[DATE]", "4th June 2021 to 11th June 2021", "May 2021"),
        ("5th, 6th and 9th of May 2021", "[DATE]",
         "4th of June 2021, 5th of June 2021 and 8th of June 2021", "May 2021"),
        ("away 5-7 March", "away [DATE]", "away [DATE]", "away March"),
        ("from 3 to 9/4/2021", "from [DATE]", "from 3/5/2021 to 9/5/2021", "from 4/2021"),
        ("ward 13-20/04/2021", "ward [DATE]", "ward 13/05/2021-20/05/2021", "ward 04/2021"),
        ("5/3 - 7/4/2021", "[DATE]", "4/4/2021 - 7/5/2021", "3/2021 - 4/2021"),
        ("13/14 March 2021", "[DATE]", "12 April 2021 to 13 April 2021", "March 2021"),
        ("30 Dec to 3 Jan 2021", "[DATE]", "29 Jan 2021 to 2 Feb 2021", "Dec 2020 to Jan 2021"),
        ("Mon 5 to Fri 9 March 2021", "[DATE]", "Sun 4 April 2021 to Thu 8 April 2021", "March 2021"),
        ("30 to 3 March 2021", "[DATE]", "[DATE]", "[DATE]"),  # of which month the first is, nobody knows
        ("March 5-7, 2021", "[DATE]", "[DATE]", "[DATE]"),
        ("2021-03-04/2021-03-10", "[DATE]", "2021-04-03/2021-04-09", "2021-03"),
        ("born between 5 and 7 March 1987", "born between [DATE]", "born between [DATE]", "born between 1987"),
        ("5 March 2021 to 12th, left", "[DATE], left", "[DATE], left", "[DATE], left"),
        ("on 5 March 2021, 12th and 19th", "on [DATE]", "on [DATE]", "on [DATE]"),
        ("off 3/4/21 - 9/4", "off [DATE]", "off [DATE]", "off [DATE]"),
        ("2021-03-04 to 10", "[DATE]", "[DATE]", "[DATE]"),
        ("3.4.-9.4.2021", "[DATE]", "3.5.2021-9.5.2021", "4.2021"),
        ("5 March 2021, 12th April 2021", "[DATE], [DATE]", "4 April 2021, 12th May 2021", "March 2021, April 2021"),
        ("week commencing the 6th", "week commencing the [DATE]", "week commencing the [DATE]",
         "week commencing the [DATE]"),
        ("w/c 6/11", "w/c [DATE]", "w/c [DATE]", "w/c [DATE]"),
        ("w/c 1/11/2021", "w/c [DATE]", "w/c [DATE]", "w/c 11/2021"),  # everybody knows that it was a Monday
        ("seen on 3/4 at home", "seen on [DATE] at home", "seen on [DATE] at home", "seen on [DATE] at home"),
        ("since 3/4, until 9/4",
         "since [DATE], until [DATE]", "since [DATE], until [DATE]", "since [DATE], until [DATE]"),
        ("leave 3/4 to 9/4", "leave [DATE]", "leave [DATE]", "leave [DATE]"),
        ("from 3 to 9/4", "from [DATE]", "from [DATE]", "from [DATE]"),
        ("seen 3 4 21", "seen [DATE]", "seen 3 5 21", "seen 4 21"),
        ("seen 03|04|2021", "seen [DATE]", "seen 03|05|2021", "seen 04|2021"),
        ("in week 14 2021", "in [DATE]", "in [DATE]", "in [DATE]"),
        ("in 2021-W14", "in [DATE]", "in [DATE]", "in [DATE]"),
        ("the 93rd day of 2021", "the [DATE]", "the [DATE]", "the [DATE]"),
        ("came Monday the 5th", "came [DATE]", "came [DATE]", "came [DATE]"),
        ("at 2021-03-04T10:20:00Z", "at [DATE]", "at 2021-04-03T10:20:00Z", "at 2021-03"),
        ("at 2021-03-04 10:20:00.5+01:00", "at [DATE]", "at 2021-04-03 10:20:00.5+01:00", "at 2021-03"),
        ("at 20210304T102000Z", "at [DATE]", "at [DATE]", "at [DATE]"),
    ],
)  # fmt: skip
def test_a_range_is_found_whole(text: str, masked: str, moved: str, coarse: str) -> None:
    """In every manner the days of a range share one fate: masked, each written out moved, or as months."""
    done = [replaced(text, dates) for dates in (TextDates.MASK, TextDates.SHIFT, TextDates.GENERALISE)]

    assert done == [masked, moved, coarse]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("Admitted in March 2021, discharged 5 April 2021", "Admitted in [DATE], discharged 5 May 2021"),
        ("since April", "since [DATE]"),
        ("in June 2020", "in [DATE]"),
        ("last May, until early august", "last [DATE], until early [DATE]"),
        ("a September review, the Nov/Dec rota", "a [DATE] review, the [DATE] rota"),
        ("between March and June 2021", "between [DATE]"),
        ("due 3/2021, due 2021-03, due Mar-21", "due [DATE], due [DATE], due [DATE]"),
        ("in Q2 2021, 2021 Q2", "in [DATE], [DATE]"),
        ("second quarter of 2021", "[DATE]"),
        ("summer 2021, autumn term 2020, last winter", "[DATE], [DATE], last [DATE]"),
    ],
)
def test_months_go_where_dates_move(text: str, moved: str) -> None:
    """A month, a quarter or a season beside moved dates would tell by how much; elsewhere it stays."""
    assert replaced(text, TextDates.SHIFT) == moved


@pytest.mark.parametrize(
    "text", ["in June 2020", "a September review", "between March and June 2021", "in April, in Q2 2021"]
)
def test_months_stay_where_no_date_moves(text: str) -> None:
    """A month is taken neither for a day nor for a name."""
    assert [replaced(text, dates) for dates in (TextDates.MASK, TextDates.GENERALISE)] == [text] * 2


def test_a_name_that_is_a_month_goes() -> None:
    """Where no word tells a month, it may be somebody."""
    assert replaced("seen by June, told April", TextDates.MASK) == "seen by [PERSON], told [PERSON]"


@pytest.mark.parametrize(
    "text",
    [
        "BP 120/80, 3/7 of fever, for 2/52, 1/2 a tablet",
        "pain score down from 7/10 to 3/10",
        "aged 5 to 7, 3-4 times a week",
        "she may be in, he will march on, 9 to 5 job",
        "obs 12 14 98, 4 5 6",
        "in 2021, 2020/21, 1990-2021",
        "week 14 of the pregnancy, second day of the week",
    ],
)
def test_other_figures_stay(text: str) -> None:
    """Shares, measurements, ages and years are no days."""
    assert [replaced(text, dates) for dates in TextDates] == [text] * 3
