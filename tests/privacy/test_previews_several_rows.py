"""What is said before of units that have several rows, against releases: whether there is a value, and how near."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from figures import KINDS, asked
from offences import plan_of
from shaped import SKEWED, actual, rows_of

import datalab.privacy.accuracy.missing as module
from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import Expected, expected, preview
from datalab.privacy.accuracy.missing import missing
from datalab.privacy.plan import Plan, Price

NOISE = OpenDPNoise()
RELEASES = 400
BUDGETS = (Fraction(1, 100), Fraction(1, 10))
ROWS = {"median": 180, "p95": 250}
"""Rows of a cell in which quantiles are lost, at the lesser budget; others are at 300."""
LOST = (*ROWS, "share of a sum", "ratio of sums")
"""Figures that have no value in some answers of cells of so many rows: with R 10, of which 3 a cell."""


def rows_in(kind: str, rho: Fraction) -> int:
    """Return how many rows a cell has: as many more as the noise is larger."""
    return round(ROWS.get(kind, 300) / (float(rho) * 100) ** 0.5)


NEAR = 1.5
"""How many times as far off as was sold 95 of 100 figures may be: rows are skewed in more ways than one."""
OFF = 0.1
"""Shares of 400 answers, of made-up ones and of releases, may be this far apart: 3 standard errors."""


@cache
def planned(kind: str, rho: Fraction) -> tuple[Plan, Price]:
    """Return the plan of one figure, of units with up to 10 rows, 3 of them in a cell, and its price."""
    plan = plan_of(asked(kind, rho, most=10, cell=3))
    return plan, NOISE.price(plan)


def lost(kind: str, rho: Fraction, rows: int, shape: str) -> float:
    """Return in which share of releases the figure has no value."""
    estimates = actual(*planned(kind, rho), rows_of(shape, rows), RELEASES)[KINDS[kind].name].estimates
    return float(np.mean([one.value is None for one in estimates]))


def differences(kind: str) -> list[float]:
    """Return how far what is said lies outside of the shares that releases of such rows have, the worse of both."""
    found = []
    for rho in BUDGETS:
        rows = rows_in(kind, rho)
        plan, price = planned(kind, rho)
        (said,) = missing(plan.figures[0], plan, price, (rows,))
        shares = [lost(kind, rho, rows, shape) for shape in (("even", *SKEWED) if kind in ROWS else SKEWED)]
        found.append(max(min(shares) - said, said - max(shares), 0.0))
    return found


def sold_and_off(kind: str) -> tuple[Expected, float]:
    """Return what is said of a figure in a cell of 2,000 rows, and how far 95 of 100 releases are off at most."""
    plan, price = planned(kind, BUDGETS[0])
    shapes = [rows_of(shape, 2_000) for shape in ("even", *SKEWED)]
    furthest = max(actual(plan, price, rows, 60)[KINDS[kind].name].error for rows in shapes)
    return expected(plan.figures[0], plan, price, count=2_000), furthest


@pytest.mark.parametrize("kind", [*LOST, "mean", "standard deviation", "rate", "share of rows"])
def test_figures_have_no_value_as_often_as_is_said(kind: str, measured: Callable[..., None]) -> None:
    """In as large a share of releases as the preview says, within what is drawn, the noise leaves no figure."""
    off = max(differences(kind))
    measured(f"{kind}, R 10: no value, off what was said by", f"{off:.2f}", f"{OFF}")

    assert off <= OFF


def test_some_figures_are_lost_there() -> None:
    """The cells are such that something is said: each of these figures is lost in at least a tenth of answers."""
    for kind in LOST:
        plan, price = planned(kind, BUDGETS[0])
        assert 0.1 < missing(plan.figures[0], plan, price, (rows_in(kind, BUDGETS[0]),))[0] < 0.6, kind


@pytest.mark.parametrize("kind", LOST)
def test_noise_taken_to_be_small_is_found_out(
    kind: str, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]
) -> None:
    """Were made-up answers drawn with a hundredth of the noise, nearly all would have a value: that is noticed."""
    whole = module.spread
    monkeypatch.setattr(module, "spread", lambda scale: whole(scale) / 100)
    off = max(differences(kind))
    measured(f"{kind}, R 10: no value, made up with little noise, off by", f"{off:.2f}", f"{OFF}", control=True)

    assert off > OFF


def test_a_preview_says_how_often_there_is_no_value() -> None:
    """The chance stands beside the error of a size where it is worth a word, and not where it is none."""
    plan, _ = planned("median", BUDGETS[0])
    (measure,) = preview(plan, NOISE, Fraction(1, 10**6), group_sizes=(250, 100_000)).measures
    small, large = measure.sizes

    assert f"no value in about {small.no_value:.0%} of answers" in small.within
    assert "no value" not in large.within


@pytest.mark.parametrize("kind", ["p99", "p95", "median", "standard deviation"])
def test_what_is_sold_is_near_enough(kind: str, measured: Callable[..., None]) -> None:
    """Of 95 of 100 releases of rows as assumed the figure is no further off than a wish is held against, by a half."""
    sold, furthest = sold_and_off(kind)
    measured(f"{kind}, R 10: furthest / sold for", f"{furthest / sold.sold:.2f}", f"{NEAR}")

    assert furthest <= NEAR * sold.sold


def test_half_of_the_interval_of_a_far_quantile_would_be_too_little(measured: Callable[..., None]) -> None:
    """Far quantiles are no middle of their interval: errors reach to its farther end, twice as far as half of it."""
    sold, furthest = sold_and_off("p99")
    measured("p99, R 10: furthest / half of the interval", f"{furthest / sold.half_width:.2f}", f"{NEAR}", control=True)

    assert furthest > NEAR * sold.half_width
