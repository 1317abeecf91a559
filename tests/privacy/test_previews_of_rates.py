"""What is said and sold of rates before they are asked, against releases: rows a person, and others of one half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import answers
from offences import plan_of, question, ref
from shares import enough

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import assumed, assumes, expected, preview, sold_for
from datalab.privacy.answer import Estimate
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.plan import Plan, Price
from datalab.privacy.wish import Of, Wish, aim_of, kept_for, least_budget
from datalab.query.model import Compare, CountRows, CountUnits, Operator, Question, Ratio, Sum

NOISE = OpenDPNoise()
CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
GRADED = Compare(column=ref("grade"), operator=Operator.EQ, value=2)
EACH = Ratio(top=CountRows(name=""), bottom=CountUnits(name=""), name="rate")
"""Rows a person: who is counted has at least one."""
CHARGED_EACH = Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(where=CHARGED, name=""), name="rate")
SPENT_EACH = Ratio(top=Sum(column=ref("loss"), name=""), bottom=CountUnits(name=""), name="rate")
HALVES = {
    "charged rows a person": Ratio(top=CountRows(where=CHARGED, name=""), bottom=CountUnits(name=""), name="rate"),
    "charged rows a person of a grade": Ratio(
        top=CountRows(where=CHARGED, name=""), bottom=CountUnits(where=GRADED, name=""), name="rate"
    ),
    "share of people": Ratio(top=CountUnits(where=CHARGED, name=""), bottom=CountUnits(name=""), name="rate"),
}
"""Ratios of counts that are taken to be one half."""
PEOPLE = 1_000
NEAR = 1.3
"""How many times as wide as was said releases may be, whatever rows people have: a ratio that cannot be gives 1.4."""
HALF = 0.02
"""By which share releases of a ratio of one half may differ from what was said: a ratio of 0.4 gives 0.03 or more."""


def asked(measure: Ratio, most: int, rho: Fraction = Fraction(1, 100), **rest: object) -> Question:
    """Return the question about one rate of people with up to so many rows."""
    return question(measure, rho=rho, rows_per_unit=most, rows_per_cell=most, **rest)  # type: ignore[arg-type]  # passed on


def planned(question: Question) -> tuple[Plan, Price]:
    """Return the plan and its price."""
    plan = plan_of(question)
    return plan, NOISE.price(plan)


def released(question: Question, rate: float, releases: int, unit: int = 1) -> list[Estimate]:
    """Return so many releases of a rate of all people."""
    plan, price = planned(question)
    top, bottom = plan.parts_of(plan.figures[0])
    truth = {top.name: [round(rate * unit * PEOPLE)], bottom.name: [PEOPLE]}
    ((estimates,),) = answers(plan, price, truth, np.random.default_rng(3), releases)
    return estimates


def half_of(estimates: list[Estimate]) -> float:
    """Return half of the middle interval."""
    return float(np.median([(one.high - one.low) / 2 for one in estimates if one.high and one.low is not None]))


def inside(estimates: list[Estimate], rate: float, within: float) -> float:
    """Return the share of figures that are so near to the truth."""
    return float(np.mean([one.value is not None and abs(one.value - rate) <= within for one in estimates]))


@pytest.mark.parametrize("measure", [EACH, CHARGED_EACH], ids=["of all rows", "of some rows"])
@pytest.mark.parametrize("most", [2, 6, 12])
def test_rows_a_person_are_previewed_as_they_turn_out(
    most: int, measure: Ratio, measured: Callable[..., None], releases: int
) -> None:
    """Of people with 1 row, half of the most or the most, half of the interval is what was said within a factor."""
    said = expected((plan := plan_of(asked(measure, most))).figures[0], plan, NOISE.price(plan), count=PEOPLE)
    halves = {rate: half_of(released(asked(measure, most), rate, releases)) for rate in (1, (1 + most) / 2, most)}
    ratios = {rate: half / said.half_width for rate, half in halves.items()}
    measured(f"rows a person, R {most}: released / previewed", f"{max(ratios.values()):.2f}", f"{NEAR}")

    assert all(1 / NEAR <= ratio <= NEAR for ratio in ratios.values()), ratios
    assert ratios[(1 + most) / 2] == pytest.approx(1, abs=0.02)
    assert max(halves.values()) <= 1.02 * said.at_most


def test_sums_a_person_are_previewed_with_the_rows_that_a_person_may_have(
    measured: Callable[..., None], releases: int
) -> None:
    """Of people with as many rows as halfway from 1 to R, of even values, releases are as exact as was said."""
    plan = plan_of(asked(SPENT_EACH, 12))
    said = expected(plan.figures[0], plan, NOISE.price(plan), count=PEOPLE)
    pounds = 6.5 * 99.95 / 2
    unit = 10 ** fixed_of(plan.parts[0]).exponent
    half = half_of(released(asked(SPENT_EACH, 12), pounds, releases, unit=unit))
    measured("pounds a person, R 12: released / previewed", f"{half / said.even:.3f}", f"{1 + HALF}")

    assert half == pytest.approx(said.even, rel=HALF)
    assert "Each person counts 6.5 rows above the line: halfway from the 1" in assumes(plan.figures[0], plan)


def test_percent_of_sums_a_person_are_of_the_rows_that_a_person_may_have() -> None:
    """Five percent of pounds a person are of 6.5 rows of them where 12 may count: it is not refused as if one did."""
    wish = Wish(measure="rate", within=5, of=Of.PERCENT, group_size=PEOPLE)
    sold = least_budget(asked(SPENT_EACH, 12), wish, compiled=plan_of, noise=NOISE, most=Fraction(1, 10))
    aim = aim_of(wish, plan_of(sold))
    one_row = replace(wish, supposed=99.95 / 2)

    assert aim.within == pytest.approx(0.05 * 6.5 * 99.95 / 2)
    assert "halfway from the 1 that each has at least to the 12 that may count" in aim.says
    with pytest.raises(QueryError, match="cannot be that exact"):
        least_budget(asked(SPENT_EACH, 12), one_row, compiled=plan_of, noise=NOISE, most=Fraction(1, 10))


@pytest.mark.parametrize("rate", [1, 6, 12])
def test_a_wish_for_rows_a_person_is_kept_whatever_they_have(
    rate: int, measured: Callable[..., None], releases: int
) -> None:
    """At the budget sold 95 of 100 figures are as near as wished, be it 1 row each, 6, or the 12 that may count."""
    wish = Wish(measure="rate", within=0.3, group_size=PEOPLE)
    found = least_budget(asked(EACH, 12), wish, compiled=plan_of, noise=NOISE, most=Fraction(1, 2))
    estimates = released(found, rate, releases)
    share = inside(estimates, rate, wish.within)

    assert enough(f"rows a person, {rate} each: within the wish", share, 0.95, releases, measured)
    assert half_of(estimates) <= 1.02 * wish.within
    assert kept_for(wish, plan_of(found)) == "It is enough whatever the data within its bounds."


def test_percent_of_rows_a_person_are_of_what_can_be() -> None:
    """Of 12 rows that may count 5 % are of the middle, 6.5; the price is no false refusal, and 3 can be supposed."""
    middle = Wish(measure="rate", within=5, of=Of.PERCENT, group_size=PEOPLE)
    supposed = Wish(measure="rate", within=5, of=Of.PERCENT, group_size=PEOPLE, supposed=3)
    rhos = [
        least_budget(asked(EACH, 12), wish, compiled=plan_of, noise=NOISE, most=Fraction(1, 2)).rho
        for wish in (middle, supposed)
    ]
    aim = aim_of(middle, plan_of(asked(EACH, 12)))

    assert rhos[0] < rhos[1] < Fraction(1, 2)
    assert aim.within == pytest.approx(0.05 * 6.5)
    assert "halfway from the 1 that each has at least to the 12 that may count" in aim.says


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        (Wish(measure="rate", within=0.1, of=Of.PERCENT, group_size=PEOPLE), True),
        (Wish(measure="rate", within=0.1, of=Of.PERCENT, group_size=PEOPLE, supposed=3), False),
        (Wish(measure="rate", within=0.001, group_size=PEOPLE), False),
    ],
    ids=["percent", "percent of what is supposed", "its own unit"],
)
def test_a_refusal_names_a_supposed_size_where_it_would_help(wish: Wish, *, named: bool) -> None:
    """Percent of a figure of no stated size are refused with what they came to, and with how to state one."""
    with pytest.raises(QueryError) as refused:
        least_budget(asked(EACH, 12), wish, compiled=plan_of, noise=NOISE, most=Fraction(1, 2))

    assert ("(`of`)" in str(refused.value.remedy)) is named
    assert ("percent of the figure, taken to be" in str(refused.value.why)) is (wish.of is Of.PERCENT)


def test_what_is_assumed_of_rows_a_person_can_be() -> None:
    """It is said that each has as many rows as halfway from 1 to the most, and nothing of one half."""
    plan = plan_of(asked(EACH, 12))
    (shown,) = preview(plan, NOISE, Fraction(1, 10**6), group_sizes=(PEOPLE,)).measures

    assert shown.assumes == (
        "Each person counts 6.5 rows above the line: halfway from the 1 that each has at least to the 12 that may "
        "count. At most: whatever the data within its bounds."
    )


def test_rows_a_person_in_more_cells_than_may_count_have_no_limit() -> None:
    """Where people can run out of rows, no limit is known: a wish is sold for data as assumed, and that is said."""
    plan = plan_of(question(EACH, by=[ref("kind")], rows_per_unit=2, rows_per_cell=2))
    figure = plan.figures[0]

    assert "halfway from" in assumes(figure, plan)
    assert "where at most is not stated" in assumes(figure, plan)
    assert sold_for(figure, plan).startswith("It is enough for data as assumed.")


def off_half(measure: Ratio, releases: int) -> float:
    """Return by which share releases of a ratio of one half differ from what was said of it."""
    asks = asked(measure, 1)
    plan, price = planned(asks)
    return abs(
        half_of(released(asks, 0.5, releases)) / expected(plan.figures[0], plan, price, count=PEOPLE).half_width - 1
    )


@pytest.mark.parametrize("kind", HALVES)
def test_other_ratios_of_counts_are_previewed_as_one_half(
    kind: str, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None], releases: int
) -> None:
    """Releases of a ratio of one half are as exact as was said; were 0.4 assumed, that would be noticed."""
    off = off_half(HALVES[kind], releases)
    measured(f"{kind}, one half: released / previewed, off by", f"{off:.3f}", f"{HALF}")
    monkeypatch.setattr(assumed, "ABOVE", 0.4)
    found = off_half(HALVES[kind], releases)
    measured(f"{kind}, 0.4 assumed: released / previewed, off by", f"{found:.3f}", f"{HALF}", control=True)

    assert off <= HALF < found


def test_the_supposed_size_and_the_preview_are_of_one_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percent of other ratios of counts are of the ratio that previews assume, whatever that is."""
    plan = plan_of(asked(HALVES["share of people"], 1))
    wish = Wish(measure="rate", within=10, of=Of.PERCENT, group_size=PEOPLE)
    half = aim_of(wish, plan).within
    monkeypatch.setattr(assumed, "ABOVE", 0.4)

    assert (half, aim_of(wish, plan).within) == pytest.approx((0.05, 0.04))
