"""The least budget for a wished-for error: enough, and no billionth more."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import build
from desk_lab import question as lab_question
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.accuracy import POWER_Z, Z, half_width_of, preview
from datalab.privacy.certainty import certainty
from datalab.privacy.wish import Wish, kept_for, least_budget
from datalab.query.model import CountRows, CountUnits, Mean, Quantile, Question, Sum
from datalab.release.sheet import priced_question

NOISE = OpenDPNoise()
MOST = Fraction(10)
ASKED = question(
    CountRows(), CountUnits(), Sum(column=ref("loss"), name="loss"), Mean(column=ref("minutes"), name="mean"),
    by=[ref("kind")], rows_per_unit=4, rows_per_cell=2,
)  # fmt: skip


def width(asked: Question, wish: Wish) -> float:
    """Half of the interval that a question gives."""
    plan = plan_of(asked)
    return half_width_of(wish.measure, plan, NOISE.price(plan), count=wish.group_size)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(measure="rows", within=10),
        Wish(measure="units", within=3),
        Wish(measure="loss", within=2_500.5),
        Wish(measure="mean", within=5, group_size=500),
    ],
    ids=lambda wish: wish.measure,
)
def test_the_budget_found_is_just_enough(wish: Wish) -> None:
    """At the budget found the figure is as exact as wished; at one billionth less it is not."""
    found = least_budget(ASKED, wish, compiled=plan_of, noise=NOISE, most=MOST)

    assert width(found, wish) <= wish.within
    assert width(replace(found, rho=found.rho - Fraction(1, 10**9)), wish) > wish.within
    assert replace(found, rho=ASKED.rho) == ASKED


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(measure="rows", within=0.1), "At rho 10"),
        (Wish(measure="cells", within=10), "rows, units, loss, m"),
        (Wish(measure="rows", within=math.nan), "above 0"),
        (Wish(measure="rows", within=-1), "above 0"),
        (Wish(measure="mean", within=5), "size of the group"),
        (Wish(measure="mean", within=5, group_size=0), "at least one row"),
        (Wish(measure="mean", within=5, group_size=10**400), "at most 1,000,000,000,000 rows"),
    ],
)
def test_what_cannot_be_had_says_what_can(wish: Wish, told: str) -> None:
    """A wish beyond the policy, for no figure, or without what a mean needs is refused with a remedy."""
    with pytest.raises(QueryError, match=told):
        least_budget(ASKED, wish, compiled=plan_of, noise=NOISE, most=MOST)


MEDIAN = question(Quantile(column=ref("minutes"), name="minutes_median", level=Fraction(1, 2)))


@pytest.mark.parametrize(("within", "said"), [(30, False), (12, True)])
def test_a_price_that_the_steps_decide_says_so(within: float, *, said: bool) -> None:
    """Steps are 9 minutes wide: a price for 12 minutes says that, one for 30 does not."""
    wish = Wish(measure="minutes_median", within=within, group_size=10_000)
    found = least_budget(MEDIAN, wish, compiled=plan_of, noise=NOISE, most=MOST)

    assert ("in steps of 9 minutes" in kept_for(wish, plan_of(found))) is said


def test_a_wish_finer_than_the_steps_is_refused_with_them() -> None:
    """No budget tells a median to within a minute where steps are 9 minutes; steps of one minute are no limit."""
    wish = Wish(measure="minutes_median", within=1, group_size=10_000)

    with pytest.raises(QueryError, match="in steps of 9 minutes, and its interval is whole steps"):
        least_budget(MEDIAN, wish, compiled=plan_of, noise=NOISE, most=MOST)
    fine = question(Quantile(column=ref("minutes"), name="minutes_median", level=Fraction(1, 2), bins=1_024))
    assert "in steps of" not in kept_for(wish, plan_of(fine))


def test_nothing_is_touched_or_spent(tmp_path: Path) -> None:
    """Asking the desk for a price leaves data and budget alone."""
    lab = build(tmp_path / "lab")

    priced = priced_question(lab.desk, lab_question(1), Wish(measure="rows", within=20), project="safer", person="ann")

    assert 0 < priced.rho < lab_question(1).rho
    assert (lab.engine.touches, lab.spent()) == (0, 0)


def test_a_difference_as_large_as_stated_is_seen_in_80_of_100_answers() -> None:
    """The stated difference between two noisy cells leaves 0 outside its interval in 80 of 100 draws."""
    plan = plan_of(replace(ASKED, query=replace(ASKED.query, measures=(CountRows(),)), rho=Fraction(1, 100)))
    (shown,) = preview(plan, NOISE, Fraction(1, 10**6)).measures
    scale = NOISE.price(plan).scale("rows")

    assert shown.visible_difference == pytest.approx((Z + POWER_Z) * math.sqrt(2) * scale)
    beyond = 0.5 * math.erfc(
        (Z * math.sqrt(2) * scale - shown.visible_difference) / (math.sqrt(2) * scale) / math.sqrt(2)
    )
    assert beyond == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("rho", [0.001, 0.1, 0.5])
def test_certainty_holds_for_the_gaussian_mechanism(rho: float) -> None:
    """The chance of becoming surer than stated, from even odds, is below delta where noise is Gaussian."""
    delta = 1e-3
    scale = 1 / math.sqrt(2 * rho)  # for a count, which one unit moves by 1
    surest = certainty(rho, delta)
    # The posterior of "in" after seeing x is 1 / (1 + exp(-(x - 1/2) / scale**2)); it passes `surest` beyond this x.
    bound = scale**2 * math.log(surest / (1 - surest)) + 0.5
    chance = 0.5 * math.erfc((bound - 1) / (scale * math.sqrt(2)))

    assert 0 < chance <= delta
    assert certainty(0, delta) == 0.5
