"""Windows of which an end is left out, or stated alone: in JSON, in SQL, and in the one form that is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from language import LANGUAGE
from offences import POLICY

from datalab.errors import QueryError
from datalab.query.build import ask, days
from datalab.query.canonical import canonical_question
from datalab.query.check import check
from datalab.query.choices import choices_of
from datalab.query.document import canonical_json, question_from_document, question_to_document
from datalab.query.model import MAX_WINDOW, Question, Window
from datalab.query.sql.reader import sql

CRIMES = ask("crimes").count_rows()


def joined(**within: int) -> dict[str, Any]:
    """Return a question's document with a window of these ends."""
    asked = CRIMES.join("treated", within=days("on", "arrived", 0, 30)).spend(rho=1, rows_per_unit=4, rows_per_cell=1)
    document = question_to_document(asked)
    document["joins"][0]["within"] = {"own": "on", "other": "arrived", **within}
    return document


def window_of(question: Question) -> Window:
    """Return the window of a question's only join."""
    (join,) = question.query.joins
    assert join.within is not None
    return join.within


@pytest.mark.parametrize(
    ("ends", "least", "most"),
    [
        ({"at_least": 0, "at_most": 30}, 0, 30),
        ({"more_than": 0, "at_most": 30}, 1, 30),
        ({"at_least": 0, "fewer_than": 30}, 0, 29),
        ({"more_than": -3, "fewer_than": 0}, -2, -1),
        ({"more_than": 0}, 1, MAX_WINDOW),
        ({"fewer_than": 0}, -MAX_WINDOW, -1),
        ({"at_most": 7}, -MAX_WINDOW, 7),
    ],
)
def test_an_end_that_is_left_out_is_a_day_less_of_dates(ends: dict[str, int], least: int, most: int) -> None:
    """JSON states an end with its day or without, or one alone; it is read back, and asked as days with both ends."""
    question = question_from_document(joined(**ends))
    form = window_of(canonical_question(question, LANGUAGE))

    check(question, LANGUAGE, POLICY)
    assert question_from_document(question_to_document(question)) == question
    assert (form.at_least, form.at_most, form.above, form.below) == (least, most, False, False)


@pytest.mark.parametrize(
    ("ends", "passes"),
    [
        ({"at_least": 0, "fewer_than": MAX_WINDOW + 1}, True),
        ({"more_than": -MAX_WINDOW - 1, "at_most": 0}, True),
        ({"at_least": 0, "fewer_than": MAX_WINDOW + 2}, False),
        ({"more_than": MAX_WINDOW}, False),
    ],
)
def test_a_window_reaches_as_far_however_its_ends_are_written(ends: dict[str, int], passes: bool) -> None:  # noqa: FBT001
    """The question as it stands and the form that is asked are refused alike."""
    question = question_from_document(joined(**ends))
    for form in (question, canonical_question(question, LANGUAGE)):
        if passes:
            check(form, LANGUAGE, POLICY)
        else:
            with pytest.raises(QueryError):
                check(form, LANGUAGE, POLICY)


@pytest.mark.parametrize(
    "ends", [{}, {"at_least": 0, "more_than": 0}, {"at_most": 3, "fewer_than": 4}, {"more_than": True}]
)
def test_a_window_without_an_end_or_with_one_twice_is_refused(ends: dict[str, int]) -> None:
    """Where it cannot be known what is meant, the place is named."""
    with pytest.raises(QueryError, match=r"joins\[0\]\.within"):
        question_from_document(joined(**ends))


def test_spelling_an_end_one_way_or_the_other_says_nothing() -> None:
    """`< 30` and `<= 29` of dates are one question with one fingerprint, and neither carries more."""
    joins = "SELECT COUNT(*) FROM crimes JOIN treated USING (unit_id) WHERE "
    texts = (
        "treated.arrived < crimes.\"on\" + INTERVAL '30' DAY",
        "treated.arrived <= crimes.\"on\" + INTERVAL '29' DAY",
    )
    asked = [sql(joins + text).spend(rho=1, rows_per_unit=4) for text in texts]
    forms = [canonical_question(one, LANGUAGE) for one in asked]

    assert canonical_json(forms[0]) == canonical_json(forms[1])
    assert choices_of(asked[0], LANGUAGE).total == choices_of(asked[1], LANGUAGE).total


def test_an_end_of_moments_is_left_out_of_none() -> None:
    """Of two moments `< 30 days` is no whole number of days: it is refused with what works, and kept as it stands."""
    moments = CRIMES.join("treated", within=days("at", "arrived", more_than=0, at_most=3))
    question = moments.spend(rho=1, rows_per_unit=4, rows_per_cell=1)

    with pytest.raises(QueryError, match=r"are moments.*in SQL >= and <="):
        check(question, LANGUAGE, POLICY)
    assert window_of(canonical_question(question, LANGUAGE)).above
    (join,) = question.query.joins
    closed = replace(join, within=window_of(question).closed())
    check(replace(question, query=replace(question.query, joins=(closed,))), LANGUAGE, POLICY)
