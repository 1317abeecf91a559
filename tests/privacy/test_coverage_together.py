"""Intervals of several cells: tables that were made to agree, and the largest cells, which hold all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import held, noised
from offences import plan_of, question, ref
from shares import at_least

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.answer import dress
from datalab.privacy.estimate import together
from datalab.privacy.estimate.noise_size import critical
from datalab.privacy.plan import Plan
from datalab.query.model import CountRows, Mean, Query, Sum, Table

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
LOSS = ref("loss")


def tables_plan(rho: Fraction) -> Plan:
    """Return a plan of rows and losses by kind and ward, with all margins."""
    asked = question(CountRows(), Sum(column=LOSS, name="loss"), by=[ref("kind"), ref("ward")], rho=rho)
    tables = ((ref("kind"), ref("ward")), (ref("kind"),), (ref("ward"),), ())
    query: Query = replace(asked.query, tables=tuple(Table(by=by) for by in tables))
    return plan_of(replace(asked, query=query))


def shares_of_tables() -> np.ndarray:
    """Return for rows and losses, in each cell of all tables, the share of intervals that hold the truth."""
    plan = tables_plan(Fraction(1, 5))
    price = NOISE.price(plan)
    fine = np.arange(9).reshape(3, 3) * 400
    margins = [fine, fine.sum(axis=1), fine.sum(axis=0), fine.sum().reshape(1)]
    truth = {
        name: margins[place].ravel().tolist() for figure in plan.figures for place, name in enumerate(figure.parts)
    }
    true = np.concatenate([margin.ravel() for margin in margins])
    exponent = plan.parts_of(plan.figure("loss"))[0].value.fixed.exponent  # type: ignore[union-attr]  # a sum has one
    rng = np.random.default_rng(6)
    inside = np.zeros((2, len(true)))
    for _ in range(1_500):
        cells = dress(plan, price, noised(plan, price, truth, rng), epsilon=0, delta=DELTA).cells
        for figure, unit in ((0, 1.0), (1, 10.0**exponent)):
            inside[figure] += [
                held([cell.estimates[figure]], value / unit) for cell, value in zip(cells, true, strict=True)
            ]
    return inside / 1_500


TOGETHER = 0.008
"""Cells of one answer share their noise: as if it were some 8,000 answers and not 48,000."""


def test_tables_together(measured: Callable[..., None]) -> None:
    """Cells and margins, made to agree, lie in their intervals in 95 of 100 answers, each of them: no less, no more."""
    shares = shares_of_tables()

    measured(
        "tables together, on average", f"{shares.mean():.3f}", f"exactly 0.950, ± {TOGETHER} by chance; 1,500 releases"
    )
    measured(
        "tables together, the cells that are furthest off",
        f"{shares.min():.3f}, {shares.max():.3f}",
        "exactly 0.950, ± 0.025 by chance; 1,500 releases",
    )
    assert abs(shares.mean() - 0.95) < TOGETHER
    assert np.abs(shares - 0.95).max() < 0.025  # the furthest of 32: three standard errors and a half


def test_tables_together_that_are_too_sure_are_noticed(
    monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]
) -> None:
    """Were the noise that the tables share out taken for 5 % smaller, the test above would see it."""
    monkeypatch.setattr(together, "critical", lambda confidence: 0.95 * critical(confidence))
    mean = shares_of_tables().mean()

    measured("tables together, intervals 5 % narrower", f"{mean:.3f}", f"0.950 ± {TOGETHER}", control=True)
    assert abs(mean - 0.95) > TOGETHER


def test_the_largest_cells(measured: Callable[..., None]) -> None:
    """Choosing the cells with the largest figures does not spoil their intervals: all of them hold at once."""
    asked = question(CountRows(), Mean(column=LOSS, name="mean"), by=[ref("kind"), ref("ward"), ref("grade")])
    plan = plan_of(replace(asked, query=replace(asked.query, top=4), rho=Fraction(1, 50)))
    price = NOISE.price(plan)
    true = 100
    truth = {part.name: [0 if part.kind.value == "centred_sum" else true] * part.size for part in plan.parts}
    rng = np.random.default_rng(7)
    alone, mean = 0, 0
    middle = plan.part("mean/sum").value.fixed  # type: ignore[union-attr]  # a mean sums a column
    for _ in range(1_000):
        shown = dress(plan, price, noised(plan, price, truth, rng), epsilon=0, delta=DELTA).cells
        alone += held([cell.estimates[0] for cell in shown], true) == 1
        mean += held([cell.estimates[1] for cell in shown], middle.to_value(middle.centre)) == 1

    assert at_least("largest cells, all at once", alone / 1_000, 1_000, measured)
    assert at_least("means of largest cells, all at once", mean / 1_000, 1_000, measured)
    naive = plan_of(replace(asked, rho=Fraction(1, 50)))
    spoilt = 0
    for _ in range(300):
        cells = dress(naive, price, noised(naive, price, truth, rng), epsilon=0, delta=DELTA).cells
        four = sorted(cells, key=lambda cell: -(cell.estimates[0].value or 0))[:4]
        spoilt += held([cell.estimates[0] for cell in four], true) == 1
    measured("largest cells chosen without more care", f"{spoilt / 300:.3f}", "at least 0.95", control=True)
    assert spoilt / 300 < 0.75  # chosen without more care, they are wrong: the test can fail
