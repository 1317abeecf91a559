"""What is said of shares, of how exact they will be, and of days in windows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from offences import SCHEMAS, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import preview
from datalab.query.explain import explain
from datalab.query.model import (
    AllOf,
    Compare,
    CountRows,
    CountUnits,
    Join,
    Mean,
    Measure,
    Operator,
    Question,
    Ratio,
    Window,
)
from datalab.query.naming import default_measure_name

DELTA = Fraction(1, 10**6)
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
ARSON = Compare(column=ref("kind"), operator=Operator.EQ, value="arson")
SHARE = Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="charged_share")
OF_ARSON = Ratio(
    top=CountRows(where=AllOf(predicates=(ARSON, CHARGED))), bottom=CountRows(where=ARSON), name="charged_share"
)
APART = Ratio(top=CountRows(where=CHARGED), bottom=CountRows(where=ARSON), name="ratio")
RATE = Ratio(top=CountRows(where=CHARGED), bottom=CountUnits(), name="rate", per=100)
TOGETHER, OWN, EACH, REMEDY = (
    "both sides keep the same rows",
    "each side keeps its own of the rows that it looks at, at most 2 rows of each person",
    "keeps its own of these, at most 2 rows of each person",
    "To have a share of rows bounded as one",
)


def said(asked: Question) -> str:
    """Return the explanation of a question."""
    return explain(asked, SCHEMAS, epsilon=1.0, delta=DELTA)


@pytest.mark.parametrize(
    ("measures", "wanted"),
    [
        ((CountRows(),), set()),
        ((SHARE,), {TOGETHER}),
        ((OF_ARSON,), {TOGETHER}),
        ((APART,), {OWN, REMEDY}),
        ((RATE,), {OWN}),
        ((SHARE, RATE), {TOGETHER, OWN}),
        ((CountRows(where=CHARGED),), {EACH}),
        ((CountRows(where=CHARGED), SHARE), {EACH, TOGETHER}),
    ],
)
def test_it_is_said_which_rows_are_kept(measures: tuple[Measure, ...], wanted: set[str]) -> None:
    """Shares of kept rows, ratios whose sides keep rows of their own, and filtered counts are each told apart."""
    text = said(question(*measures, rows_per_unit=5))

    assert {one for one in (TOGETHER, OWN, EACH, REMEDY) if one in text} == wanted


def test_a_share_of_some_rows_is_named_after_what_it_asks_more() -> None:
    """The condition that both sides have plays no part in the name."""
    assert default_measure_name(OF_ARSON) == "charged_share"
    assert default_measure_name(APART) == "ratio"


@pytest.mark.parametrize(
    ("own", "other", "days"),
    [("at", "seen_at", "a day is 24 hours from moment to moment"), ("on", "seen_at", "days of the calendar in UTC")],
)
def test_it_is_said_how_a_window_counts_days(own: str, other: str, days: str) -> None:
    """Two moments are days of 24 hours apart; with a date, days of the calendar count; the ends are within."""
    window = Window(own=ref(own), other=ref(other), at_least=-1, at_most=30)
    text = said(question(joins=(Join(dataset="visits", within=window),)))

    assert f"(below 0: before it; {days}" in text
    assert "both ends count)" in text


@pytest.mark.parametrize(
    ("measure", "range_"),
    [(SHARE, "0 to 1"), (Ratio(top=SHARE.top, bottom=SHARE.bottom, name="share", per=100), "0 to 100"),
     (Mean(column=ref("minutes"), name="minutes_mean"), "-20 to 500")],
)  # fmt: skip
def test_a_figure_that_noise_leaves_nothing_of_is_said_to_be_of_no_use(measure: Measure, range_: str) -> None:
    """Instead of plus or minus 8.77 for a share, small groups are told that everything stays possible."""
    asked = question(measure, rho=Fraction(1, 1000), rows_per_unit=5, rows_per_cell=5)
    (shown,) = preview(plan_of(asked), OpenDPNoise(), DELTA).measures
    smallest, *_, largest = shown.sizes

    assert smallest.within == f"no use (as wide as all that is possible, {range_})"
    assert largest.within.startswith("±")


def test_a_rate_without_an_end_is_of_no_use_where_nothing_is_left_to_divide_by() -> None:
    """Where no greatest figure is known, a group that is lost in its noise has no rate; others have their error."""
    (shown,) = preview(plan_of(question(RATE, rho=Fraction(1, 1000))), OpenDPNoise(), DELTA).measures
    smallest, *_, largest = shown.sizes

    assert smallest.within == "no use (what is below the line is lost in its noise)"
    assert largest.within.startswith("±")
