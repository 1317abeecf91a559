"""What is said of a figure before it is asked, against many releases of rows of many shapes.

`if even` and `if skewed` are within a factor of two of the half intervals that releases of such rows then have; `at
most` is passed by 5 of 100 errors at most, whatever the rows. Noise is drawn by numpy, as in the tests of coverage.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from figures import KINDS, asked
from offences import plan_of
from shaped import SHAPES, SKEWED, Actual, Rows, actual, cells_of, rows_of, true_of

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accuracy import Expected, assumed, expected
from datalab.privacy.accuracy.assumed import Assumed
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.plan import FigureKind, Plan, Price
from datalab.privacy.wish import Wish, least_budget

NOISE = OpenDPNoise()
RELEASES = 1_000
"""Of so many the 95th of 100 errors is off by a tenth or less, in 99.9 of 100 runs: f(q) = 0.117 for normal noise."""
SOLD_AS_ASSUMED = ("standard deviation", "share of a sum", "ratio of sums", "p95", "p99")
"""Figures whose error depends so much on the data that no budget is enough for any."""
SETTINGS = ((Fraction(1, 100), 2_000), (Fraction(1, 10), 200))
"""Budgets, and rows in the cell."""
FEW = 25
"""Rows in a cell that is about lost in its noise."""


@cache
def planned(kind: str, rho: Fraction) -> tuple[Plan, Price]:
    """Return the plan of one figure and its price."""
    plan = plan_of(asked(kind, rho))
    return plan, NOISE.price(plan)


def said(kind: str, rho: Fraction, rows: int) -> Expected:
    """Return what is said before."""
    plan, price = planned(kind, rho)
    sized = plan.figures[0].kind not in (FigureKind.ROWS, FigureKind.UNITS, FigureKind.SUM)
    return expected(plan.figures[0], plan, price, count=rows if sized else None)


@cache
def released(kind: str, rho: Fraction, rows: int, shape: str) -> Actual:
    """Return what releases were like."""
    return actual(*planned(kind, rho), rows_of(shape, rows), RELEASES)[KINDS[kind].name]


def grain(kind: str, rho: Fraction) -> float:
    """Return how wide a bin is, which no interval of a quantile is narrower than; 0 of other figures."""
    plan, _ = planned(kind, rho)
    if plan.figures[0].kind is not FigureKind.QUANTILE:
        return 0.0
    bin_ = plan.parts[0].keys[-1].bin
    assert bin_ is not None
    return bin_.width / 10.0**bin_.fixed.exponent


def beyond(kind: str, rho: Fraction, rows: int, shape: str) -> bool:
    """Whether the figure is the upper bound itself, as a far quantile of rows that were clamped to it is."""
    plan, _ = planned(kind, rho)
    return plan.figures[0].kind is FigureKind.QUANTILE and true_of(plan.figures[0], plan, rows_of(shape, rows)) == 99.95


def times(kind: str) -> list[tuple[str, float]]:
    """Return how many times as wide as was said releases were, by shape of the rows; 1 where it is a bin or less."""
    found = []
    for rho, rows in SETTINGS:
        foreseen = said(kind, rho, rows)
        for shape in ("even", *SKEWED):
            if beyond(kind, rho, rows, shape):
                continue
            half, wide = released(kind, rho, rows, shape).half, foreseen.even if shape == "even" else foreseen.skewed
            # Intervals of quantiles are whole bins, but for one step of the last digit: 3 bins to 6 are 0.5, not less.
            found.append((shape, 1.0 if abs(half - wide) <= 1.001 * grain(kind, rho) else round(half / wide, 4)))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_is_within_a_factor_of_two(kind: str, measured: Callable[..., None]) -> None:
    """Half of the interval of releases is what was said for even and for skewed rows, within a factor of two."""
    found = times(kind)
    for name, some in (("even", {"even"}), ("skewed", set(SKEWED))):
        ratios = [ratio for shape, ratio in found if shape in some]
        measured(f"{kind}, {name}: released / previewed", f"{min(ratios):.2f} to {max(ratios):.2f}", "0.5 to 2")

    assert all(0.5 <= ratio <= 2 for _, ratio in found), found


def even_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all values to be spread evenly, as previews once did."""
    cell = assumed.cell_of
    monkeypatch.setattr(
        import_module("datalab.privacy.accuracy.expected"),
        "cell_of",
        lambda figure, plan, _, count: cell(figure, plan, Assumed.EVEN, count),
    )


@pytest.mark.parametrize("kind", SOLD_AS_ASSUMED)
def test_values_taken_to_be_even_are_found_too_sure(
    kind: str, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]
) -> None:
    """Were all values taken to be spread evenly, releases of skewed rows would be twice as wide as was said or more."""
    even_alone(monkeypatch)
    ratios = [ratio for shape, ratio in times(kind) if shape in SKEWED]
    measured(f"{kind}, all taken to be even", f"{max(ratios):.2f}", "0.5 to 2", control=True)

    assert max(ratios) > 2


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_is_never_passed(kind: str, measured: Callable[..., None]) -> None:
    """Whatever the shape of the rows, 95 of 100 errors and the middle of the half intervals are at most as said."""
    found, least = [], grain(kind, SETTINGS[0][0])
    for rho, rows in (*SETTINGS, (Fraction(1, 100), FEW)):
        most = said(kind, rho, rows).at_most
        for shape in SHAPES if rows > FEW else ("even", "low", "ends"):
            one = released(kind, rho, rows, shape)
            if math.isfinite(most) and math.isfinite(one.half):
                far = max(one.error if math.isfinite(one.error) else 0.0, one.half - least)
                found.append(far / most)
    # Where the error is the same for all rows, the 95th of 100 among 1,000 releases may be off by a tenth.
    allowed = 1.1 if kind in ("count", "units", "sum") else 1.0
    measured(f"{kind}: furthest / at most", f"{max(found, default=0):.2f}" if found else "no limit", f"{allowed:g}")

    assert bool(found) != (kind in ("share of a sum", "ratio of sums"))
    assert max(found, default=0.0) <= allowed, found


def sold(kind: str, rows: int, within: float) -> Fraction:
    """Return the least budget for a wished-for error in a cell of so many rows."""
    wish = Wish(measure=KINDS[kind].name, within=within, group_size=rows)
    rho = least_budget(asked(kind, Fraction(1)), wish, compiled=plan_of, noise=NOISE, most=Fraction(50)).rho
    return Fraction(math.ceil(rho * 10_000), 10_000)


@pytest.mark.parametrize("kind", ["mean", "ratio of sums", "p95"])
def test_a_wish_is_sold_with_enough(kind: str, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]) -> None:
    """At the budget named releases are as exact as wished, in rows as assumed; at one for even rows they are not."""
    rows, within = 1_000, said(kind, Fraction(1, 20), 1_000).sold
    enough = sold(kind, rows, within)
    shapes = ("even", *SKEWED) if kind in SOLD_AS_ASSUMED else tuple(SHAPES)
    furthest = max(released(kind, enough, rows, shape).error for shape in shapes) / within
    measured(f"{kind}: furthest / wished for, at the rho sold", f"{furthest:.2f}", "1.25")

    assert furthest <= 1.25
    if kind in SOLD_AS_ASSUMED:
        even_alone(monkeypatch)
        furthest = max(released(kind, sold(kind, rows, within), rows, shape).error for shape in shapes) / within
        measured(f"{kind}: furthest / wished for, sold as if all were even", f"{furthest:.2f}", "1.25", control=True)
        assert furthest > 1.25


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind == "median" or kind.startswith("p")])
@pytest.mark.parametrize("shape", SHAPES)
def test_ranks_hold_whatever_the_rows(kind: str, shape: str) -> None:
    """Of 95 of 100 quantiles the bin holds a rank that is as near to the one asked for as was said."""
    for rho, rows in SETTINGS:
        estimates = released(kind, rho, rows, shape).estimates
        off = ranks_off(planned(kind, rho)[0], rows_of(shape, rows), estimates)

        # Of 1,000 releases the 95th of 100 may be off by a tenth where the noise is the same in every bin.
        assert np.quantile(off, 0.95, method="lower") <= 1.1 * (said(kind, rho, rows).rank_error or 0)


def ranks_off(plan: Plan, rows: Rows, estimates: Sequence[Estimate]) -> list[float]:
    """Return for each release how far the ranks of its bin are from the one asked for."""
    ranks = np.concatenate([[0.0], np.cumsum(cells_of(plan, rows)[plan.parts[0].name])]) / len(rows.charged)
    bin_ = plan.parts[0].keys[-1].bin
    assert bin_ is not None
    level = float(plan.figures[0].level or 0)
    off = []
    for one in estimates:
        if one.value is not None:
            place = (bin_.fixed.to_fixed(one.value) - bin_.fixed.lower) // bin_.width
            off.append(max(ranks[place] - level, level - ranks[place + 1], 0.0))
    return off or [0.0]
