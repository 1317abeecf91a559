"""Whole numbers of people who have more rows than count: the intervals hold the truth of average rows.

From rows to interval, so that what rounding a person's share of a sum would do shows: it is added up over all people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest
from drawn import answers, held
from offences import plan_of, question, ref, visit
from shares import at_least

import datalab.engine.reference.bounding as module
from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.compile import figures
from datalab.privacy.plan import Plan
from datalab.query.model import Clamp, CountRows, CountUnits, Derived, Deviation, Mean, Ratio, Sum, Variance

NOISE = OpenDPNoise()
ANSWERS = 2_000
PEOPLE = 1_000
HELD = ref("days_held")
CASES = {
    "yes or no": ((0, 1), (1, 1, 1, 1, 1, 1, 1, 1, 1, 0)),
    "two of ten": ((0, 10), (3, 4)),
    "below the middle": ((0, 30), (0, 0, 1)),
    "thirds": ((0, 2), (1, 1, 2)),
}
"""Bounds of a column of whole numbers, and the rows of each person, of whom one counts."""


def plan_within(bounds: tuple[int, int], rows_per_unit: int) -> Plan:
    """Return a plan of every figure that sums days, held within bounds."""
    held_days = Derived(name="days_held", expression=Clamp(column=ref("days"), lower=bounds[0], upper=bounds[1]))
    measures = (
        Sum(column=HELD, name="total"),
        Mean(column=HELD, name="mean"),
        Variance(column=HELD, name="variance"),
        Deviation(column=HELD, name="deviation"),
        Ratio(top=Sum(column=HELD, name=""), bottom=CountUnits(name=""), name="rate"),
        Ratio(top=Sum(column=HELD, name=""), bottom=CountRows(name=""), name="ratio"),
    )
    return plan_of(
        question(
            *measures,
            dataset="visits",
            derive=(held_days,),
            rows_per_unit=rows_per_unit,
            rows_per_cell=rows_per_unit,
            rho=Fraction(12),
        )
    )


def shares_held(plan: Plan, days: Sequence[int]) -> dict[str, float]:
    """Return for each figure in which share of answers its interval holds the truth of average rows."""
    rows = [visit(f"u{unit}", days=value) for unit in range(PEOPLE) for value in days]
    cells = ReferenceEngine().cells(plan, {"visits": rows}).vectors
    kept = plan.parts[0].rows_per_unit
    mean, variance = float(np.mean(days)), float(np.var(days))
    trues = (PEOPLE * kept * mean, mean, variance, variance**0.5, kept * mean, mean)
    found = answers(plan, NOISE.price(plan), cells, np.random.default_rng(11), ANSWERS)
    return {
        figure.name: held(estimates, true)
        for figure, (estimates,), true in zip(plan.figures, found, trues, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_whole_numbers_of_which_rows_are_cut(case: str, measured: Callable[..., None]) -> None:
    """Sums, means, variances and rates of whole numbers hold their truth where one row of several counts."""
    bounds, days = CASES[case]
    for name, share in shares_held(plan_within(bounds, 1), days).items():
        assert at_least(f"whole numbers, rows cut: {name}", share, ANSWERS, measured), name


def test_two_of_three_rows(measured: Callable[..., None]) -> None:
    """The same where two of three rows count."""
    bounds, days = CASES["thirds"]
    for name, share in shares_held(plan_within(bounds, 2), days).items():
        assert at_least(f"whole numbers, two of three rows: {name}", share, ANSWERS, measured), name


def test_shares_in_whole_numbers_are_noticed(monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]) -> None:
    """Were a person's share of a sum a whole number, cut towards zero, no interval of a mean would hold its truth."""
    fixed_point = figures.fixed_point
    monkeypatch.setattr(figures, "fixed_point", lambda *of, **how: fixed_point(*of, **{**how, "shared": False}))
    monkeypatch.setattr(module, "_share", lambda total, count, most, _: int(total * most / count))
    for case in ("yes or no", "two of ten"):
        bounds, days = CASES[case]
        share = shares_held(plan_within(bounds, 1), days)["mean"]
        measured(f"mean of shares in whole numbers: {case}", f"{share:.3f}", "at least 0.95", control=True)
        assert share < 0.5
