"""A wish in percent, or in percentage points: what it comes to, and the least budget that keeps it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import build
from desk_lab import question as lab_question
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import half_width_of
from datalab.privacy.wish import SIZES, Of, Wish, aim_of, least_budget, prices_of, read_within
from datalab.query.model import (
    Clamp,
    Compare,
    CountRows,
    CountUnits,
    Derived,
    Deviation,
    Mean,
    Operator,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.release.sheet import priced_sizes

NOISE = OpenDPNoise()
MOST = Fraction(10)
ARSON = Compare(column=ref("kind"), operator=Operator.EQ, value="arson")
EVEN = Derived(name="minutes_held", expression=Clamp(column=ref("minutes"), lower=-20, upper=20))
ASKED = question(
    CountRows(),
    CountUnits(),
    Sum(column=ref("loss"), name="loss_sum"),
    Mean(column=ref("minutes"), name="minutes_mean"),
    Variance(column=ref("minutes"), name="minutes_variance"),
    Deviation(column=ref("minutes"), name="minutes_deviation"),
    Quantile(column=ref("minutes"), name="minutes_p90", level=Fraction(9, 10), bins=64),
    Ratio(top=CountRows(where=ARSON, name=""), bottom=CountRows(name=""), name="kind_share"),
    Ratio(top=CountUnits(where=ARSON, name=""), bottom=CountUnits(name=""), name="share"),
    Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="rate", per=100),
    Ratio(top=CountRows(where=ARSON, name=""), bottom=CountRows(name=""), name="percent", per=100),
    Sum(column=ref("minutes_held"), name="minutes_held_sum"),
    Ratio(
        top=Sum(column=ref("loss"), where=ARSON, name=""),
        bottom=Sum(column=ref("loss"), name=""),
        name="loss_percent",
        per=100,
    ),
    Ratio(top=CountRows(where=ARSON, name=""), bottom=CountUnits(name=""), name="kind_rate"),
    derive=(EVEN,),
    rows_per_unit=4,
    rows_per_cell=2,
)
EVERYBODY = question(UnitRows(name="rows_per_unit_median", level=Fraction(1, 2)), rows_per_unit=20, rows_per_cell=20)


@pytest.mark.parametrize(
    ("measure", "of", "within", "told"),
    [
        ("rows", Of.PERCENT, 20, "the size of the cell (400 rows)"),
        ("units", Of.PERCENT, 20, "the size of the cell (400 people)"),
        ("loss_sum", Of.PERCENT, 0.05 * 400 * 49.975, "as many rows with the middle of the stated range"),
        ("minutes_mean", Of.PERCENT, 0.05 * 240, "the middle of the stated range (240 minutes)"),
        ("minutes_variance", Of.PERCENT, 0.05 * 260**2 / 3, "spread evenly"),
        ("minutes_deviation", Of.PERCENT, 0.05 * 260 / 3**0.5, "spread evenly"),
        ("minutes_p90", Of.PERCENT, 0.05 * (-20 + 0.9 * 520), "spread evenly"),
        ("kind_share", Of.PERCENT, 0.025, "2.5 percentage points"),
        ("kind_share", Of.POINTS, 0.05, "percentage points, however large"),
        ("share", Of.POINTS, 0.05, "percentage points, however large"),
        ("percent", Of.POINTS, 5, "percentage points, however large"),
        ("percent", Of.PERCENT, 2.5, "2.5 percentage points"),
        ("loss_percent", Of.POINTS, 5, "percentage points, however large"),
        ("rate", Of.POINTS, 5, "it is told per 100, so that a percentage point is 1"),
        (
            "rate",
            Of.PERCENT,
            7.5,
            "halfway from the 1 that each has at least to the 2 that may count (150 rows per person)",
        ),
    ],
)
def test_percent_is_of_what_public_facts_alone_say(measure: str, of: Of, within: float, told: str) -> None:
    """Five percent of each kind of figure is stated in its own unit, with what it is taken to be percent of."""
    aim = aim_of(Wish(measure=measure, within=5, of=of, group_size=400), plan_of(ASKED))

    assert aim.within == pytest.approx(within)
    assert told in aim.says


def test_percent_are_of_the_size_that_is_supposed() -> None:
    """Five percent of a supposed 120 minutes is 6, it is said to be supposed, and no size of the cell is asked for."""
    plan = plan_of(ASKED)

    mean = aim_of(Wish(measure="minutes_mean", within=5, of=Of.PERCENT, group_size=400, supposed=120), plan)
    rows = least_budget(
        ASKED, Wish(measure="rows", within=5, of=Of.PERCENT, supposed=2_000), compiled=plan_of, noise=NOISE, most=MOST
    )
    stated = least_budget(ASKED, Wish(measure="rows", within=100), compiled=plan_of, noise=NOISE, most=MOST)

    assert mean.within == pytest.approx(6)
    assert "percent of the figure, taken to be what is supposed (120 minutes)" in mean.says
    assert rows.rho == stated.rho


def test_percent_of_rows_a_unit_is_of_the_middle_of_what_may_count() -> None:
    """The number of rows that a unit has is taken to lie evenly over 1 to R."""
    plan = plan_of(EVERYBODY)

    aim = aim_of(Wish(measure="rows_per_unit_median", within=10, of=Of.PERCENT, group_size=400), plan)

    assert aim.within == pytest.approx(0.1 * plan.parts[0].edges[-1] / 2)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(measure="rows", within=5, of=Of.PERCENT, group_size=400),
        Wish(measure="loss_sum", within=5, of=Of.PERCENT, group_size=900),
        Wish(measure="kind_share", within=10, of=Of.POINTS, group_size=900),
        Wish(measure="minutes_p90", within=20, of=Of.PERCENT, group_size=900),
    ],
    ids=lambda wish: f"{wish.measure} {wish}",
)
def test_the_budget_for_a_share_of_a_figure_is_just_enough(wish: Wish) -> None:
    """At the budget found the figure is within the wished-for share of it; at one billionth less it is not."""
    found = least_budget(ASKED, wish, compiled=plan_of, noise=NOISE, most=MOST)
    less = replace(found, rho=found.rho - Fraction(1, 10**9))

    widths = [
        half_width_of(wish.measure, plan, NOISE.price(plan), count=wish.group_size)
        for plan in map(plan_of, (found, less))
    ]

    assert widths[0] <= aim_of(wish, plan_of(found)).within < widths[1]


def test_without_a_size_cells_of_several_sizes_are_priced() -> None:
    """The larger the cell, the less a share of it costs; a size that no budget reaches says how near it comes."""
    priced = prices_of(
        ASKED, Wish(measure="rows", within=1, of=Of.PERCENT), compiled=plan_of, noise=NOISE, most=Fraction(1)
    )

    assert tuple(one.group_size for one in priced) == SIZES == (100, 1_000, 10_000)
    assert priced[0].rho is None
    assert priced[0].reached > priced[0].aim.within == 1
    assert priced[1].rho is None or priced[2].rho < priced[1].rho
    assert priced[2].reached <= priced[2].aim.within == 100


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(measure="rows", within=5, of=Of.POINTS, group_size=400), "no share"),
        (Wish(measure="kind_rate", within=5, of=Of.POINTS, group_size=400), "no share"),
        (Wish(measure="minutes_held_sum", within=5, of=Of.PERCENT, group_size=400), "taken to be 0"),
        (Wish(measure="rows", within=5, of=Of.PERCENT), "size of the cell"),
        (Wish(measure="minutes_mean", within=5, of=Of.PERCENT, supposed=120), "size of the group"),
        (Wish(measure="rows", within=5, supposed=2_000), "goes with percent"),
        (Wish(measure="kind_share", within=5, of=Of.POINTS, group_size=9, supposed=0.2), "goes with percent"),
        (Wish(measure="rows", within=5, of=Of.PERCENT, supposed=0), "is no number, or it is 0"),
        (Wish(measure="rows", within=5, of=Of.PERCENT, supposed=float("inf")), "is no number, or it is 0"),
        (Wish(measure="rows", within=1, of=Of.PERCENT, group_size=1), "cannot be that exact"),
        (Wish(measure="rows", within=1e308, of=Of.PERCENT, supposed=1e308), "beyond all numbers"),
    ],
)
def test_a_share_that_means_nothing_is_refused(wish: Wish, told: str) -> None:
    """Points of what is no share, percent of 0, and percent of a cell without a size say what to write instead."""
    with pytest.raises(QueryError, match=told):
        least_budget(ASKED, wish, compiled=plan_of, noise=NOISE, most=MOST)


@pytest.mark.parametrize("measure", ["rows", "loss_sum", "minutes_mean", "minutes_p90", "kind_rate"])
def test_points_of_what_is_no_share_are_refused_with_wording_that_works(measure: str) -> None:
    """What the remedy names, in quotes, is read and priced."""
    with pytest.raises(QueryError, match="no share") as refused:
        aim_of(Wish(measure=measure, within=5, of=Of.POINTS, group_size=400), plan_of(ASKED))
    written = re.findall(r"`([^`]+)`", refused.value.remedy)

    assert len(written) == 2
    for text in written:
        within, of = read_within(text)
        assert aim_of(Wish(measure=measure, within=within, of=of, group_size=400), plan_of(ASKED)).within > 0


@pytest.mark.parametrize(
    ("text", "read"),
    [("20", (20.0, Of.UNIT)), ("0.5", (0.5, Of.UNIT)), ("5%", (5.0, Of.PERCENT)), ("5 %", (5.0, Of.PERCENT)),
     (" 2.5pp ", (2.5, Of.POINTS))],
)  # fmt: skip
def test_a_wish_is_read_as_people_write_it(text: str, read: tuple[float, Of]) -> None:
    """A number is in the figure's unit, one with % a share of it, one with pp percentage points."""
    assert read_within(text) == read


@pytest.mark.parametrize("text", ["", "%", "five", "5 per cent", "5%%"])
def test_what_is_no_error_is_refused(text: str) -> None:
    """Other texts are refused with an example of each form."""
    with pytest.raises(QueryError, match="Write 20"):
        read_within(text)


def test_the_desk_prices_sizes_without_data_and_says_the_risk(tmp_path: Path) -> None:
    """Each price stands with its epsilon and its risk in words, and neither data nor budget is touched."""
    lab = build(tmp_path / "lab")
    wish = Wish(measure="rows", within=20, of=Of.PERCENT)

    sizes = priced_sizes(lab.desk, lab_question(1), wish, project="safer", person="ann")

    assert [one.priced.group_size for one in sizes] == list(SIZES)
    assert [one.epsilon for one in sizes] == sorted((one.epsilon or 0 for one in sizes), reverse=True)
    assert all("at most" in one.risk and "sure after this answer" in one.risk for one in sizes)
    assert (lab.engine.touches, lab.spent()) == (0, 0)


@pytest.mark.parametrize(("of", "said"), [(Of.PERCENT, True), (Of.UNIT, False)])
def test_a_price_in_percent_says_of_which_size_the_figure_is(*, of: Of, said: bool) -> None:
    """Of a figure nearer to 0 the same half width is more percent: said where percent were wished, and only there."""
    wish = Wish(measure="minutes_mean", within=5, of=of, group_size=1_000)
    (priced,) = prices_of(ASKED, wish, compiled=plan_of, noise=NOISE, most=MOST)

    assert ("of one nearer to 0 the same half width is more percent" in priced.sold_for) is said
