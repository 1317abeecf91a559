"""OpenDP's door: prices within shares, noise that never fails because of what it noises."""

from __future__ import annotations

import math
import os
import time
from dataclasses import replace
from fractions import Fraction
from threading import current_thread
from typing import Any

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import plan_of, question, ref

from datalab.engine import noise
from datalab.engine.noise import LIMIT, OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.bounds import Sensitivity
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Cells
from datalab.query.model import CountRows, CountUnits, Mean, Sum

MEASURES = (CountRows(), CountUnits(), Sum(column=ref("loss"), name="loss"), Mean(column=ref("minutes"), name="mean"))


@given(
    rho=st.fractions(Fraction(1, 10**4), 20),
    rows=st.integers(1, 1_000),
    l2_squared=st.integers(1, 2**70) | st.just(3),
)
@settings(deadline=None, max_examples=60)
def test_no_part_costs_more_than_its_share(rho: Fraction, rows: int, l2_squared: int) -> None:
    """Whatever the sensitivity, the cost that OpenDP states is within the share, and wastes next to nothing of it."""
    plan = plan_of(question(*MEASURES, rho=rho, rows_per_unit=rows, rows_per_cell=1))
    worst = Sensitivity(l1=1, l2_squared=l2_squared, linf=1)
    plan = replace(plan, parts=(replace(plan.parts[0], sensitivity=worst), *plan.parts[1:]))
    price = OpenDPNoise().price(plan)

    for part, priced in zip(plan.parts, price.parts, strict=True):
        assert part.share.covers(priced.cost)
        assert priced.cost.nano_rho >= part.share.nano_rho - 2
        assert priced.scale >= math.sqrt(part.sensitivity.l2_squared / (2 * float(part.share.rho))) * (1 - 2**-40)
    assert price.total.rho <= rho
    assert price.software.startswith("opendp ")


def test_parts_share_the_budget_equally() -> None:
    """Two counts, one sum and one mean make five noisy vectors with a fifth of the budget each."""
    plan = plan_of(question(*MEASURES, rho=Fraction(1, 10)))

    assert [part.share for part in plan.parts] == [Budget.floor(Fraction(1, 50))] * 5


@pytest.mark.parametrize("cells", [(2**63 - 1,), (-(2**63),), (2**200,), (), (1, 2, 3)])
def test_noise_never_fails_because_of_the_cells(cells: tuple[int, ...]) -> None:
    """Cells beyond 64 bits, too few or too many give an answer of the right length: an error would tell something."""
    plan = plan_of(question(CountRows()))
    (noisy,) = OpenDPNoise().draw(plan, Cells(vectors={"rows": cells})).vectors["rows"]

    assert abs(noisy) <= LIMIT + 10**6


def test_noise_has_the_stated_scale() -> None:
    """The standard deviation of many draws is the scale in the price."""
    plan = plan_of(question(CountRows(), by=[ref("kind"), ref("ward"), ref("grade")], rho=Fraction(1, 50)))
    scale = OpenDPNoise().price(plan).scale("rows")
    zeros = Cells(vectors={"rows": (0,) * plan.size})
    drawn = np.array([OpenDPNoise().draw(plan, zeros).vectors["rows"] for _ in range(60)])

    assert drawn.std() == pytest.approx(scale, rel=0.1)
    assert abs(drawn.mean()) < 5 * scale / math.sqrt(drawn.size)


def test_a_large_vector_is_noised_in_pieces_that_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell gets noise of its own at its own place, on more than one thread, whatever is left for the last."""
    by = [ref("kind"), ref("ward"), ref("grade")]
    plan = plan_of(question(CountRows(), CountUnits(), by=by, rho=Fraction(1, 10**4)))
    monkeypatch.setattr(noise, "PIECE", plan.size // 3 + 1)
    exact = {part.name: tuple(10**6 * (place + 1) for place in range(part.size)) for part in plan.parts}
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    threads = set()
    noised = noise._noised

    def noted(*asked: Any) -> list[int]:
        threads.add(current_thread())
        time.sleep(0.05)
        return noised(*asked)

    monkeypatch.setattr(noise, "_noised", noted)
    drawn = OpenDPNoise().draw(plan, Cells(vectors=exact)).vectors

    assert list(drawn) == list(exact)
    for name, vector in exact.items():
        added = np.array(drawn[name]) - np.array(vector)
        assert len(added) == len(vector)
        assert np.abs(added).max() < 10**5
        assert len(set(added.tolist())) > len(vector) // 2
    assert len(threads) > 1


def test_many_values_are_found_out_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """All values that many units have are told, whichever piece they are in, and the rare ones of no piece are."""
    plan = plan_of(question(by=[ref("code")], discover=ref("code")))
    monkeypatch.setattr(noise, "PIECE", 10)
    counts = {f"C{place:02d}": 10**6 if place % 3 else 0 for place in range(35)}

    assert OpenDPNoise().discover(plan, counts) == tuple(value for value, units in counts.items() if units)


def test_public_data_is_neither_noised_nor_charged() -> None:
    """The exact answer of public data passes through, and costs nothing."""
    plan = plan_of(question(CountRows(), dataset="rates"))
    cells = Cells(vectors={"rows": (5,)})
    noise = OpenDPNoise()

    assert noise.draw(plan, cells) == cells
    assert noise.price(plan).total == Budget(0)
    assert noise.epsilon(Budget(0), Fraction(1, 10**6)) == 0


@pytest.mark.parametrize("rho", [Fraction(1, 10**4), Fraction(1, 40), Fraction(1, 2), Fraction(2)])
def test_epsilon_is_below_the_textbook_bound_and_rounded_up(rho: Fraction) -> None:
    """OpenDP's conversion is tighter than rho + 2 sqrt(rho log(1/delta)); it has four decimals and grows with rho."""
    noise, delta = OpenDPNoise(), Fraction(1, 10**6)
    stated = noise.epsilon(Budget.ceil(rho), delta)
    textbook = float(rho) + 2 * math.sqrt(float(rho) * math.log(10**6))  # Bun and Steinke 2016, proposition 1.3

    assert 0.6 * textbook < stated < textbook
    assert stated == round(stated, 4)
    assert stated < noise.epsilon(Budget.ceil(rho * 2), delta)
    assert stated < noise.epsilon(Budget.ceil(rho), delta / 10)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(99, 100)])
def test_an_approximate_part_takes_of_the_delta(share: Fraction) -> None:
    """An epsilon is stated at what the cost's own delta leaves: never below that of the same rho without it."""
    noise, delta = OpenDPNoise(), Fraction(1, 10**6)
    cost = Budget.ceil(Fraction(1, 10), delta * share)

    assert noise.epsilon(cost, delta) == noise.epsilon(Budget.ceil(Fraction(1, 10)), delta * (1 - share))
    assert noise.epsilon(cost, delta) >= noise.epsilon(Budget.ceil(Fraction(1, 10)), delta)


@pytest.mark.parametrize("own", [Fraction(1, 10**9), Fraction(3, 10**7), Fraction(99, 10**8)])
def test_the_epsilon_of_an_approximate_cost_is_that_of_opendp(own: Fraction) -> None:
    """OpenDP's own conversion of approximate zCDP, at the same delta in all, states the same up to rounding up."""
    rho, delta = Fraction(1, 10), Fraction(1, 10**6)
    spent = dp.m.make_user_measurement(
        dp.user_domain("AnyTables", lambda _: True),
        dp.user_distance("Units"),
        dp.approximate(dp.zero_concentrated_divergence()),
        lambda _: 0,
        lambda units: (float(rho) * units, float(own)),
    )
    epsilon, _ = dp.c.make_fix_delta(dp.c.make_zCDP_to_approxDP(spent), float(delta)).map(1)

    assert OpenDPNoise().epsilon(Budget.ceil(rho, own), delta) == pytest.approx(epsilon, abs=1.5e-4)
    assert OpenDPNoise().epsilon(Budget.ceil(rho, own), delta) >= epsilon


@pytest.mark.parametrize("rho", [Fraction(0), Fraction(1, 10)])
@pytest.mark.parametrize("own", [10**12, 10**12 + 1, 10**18])
def test_a_cost_with_all_of_the_delta_has_no_epsilon(rho: Fraction, own: int) -> None:
    """Where nothing of the delta is left to convert at, the question is refused with the reason."""
    with pytest.raises(QueryError, match="nothing is left"):
        OpenDPNoise().epsilon(Budget(Budget.ceil(rho).nano_rho, own), Fraction(1, 10**6))


def test_a_budget_beyond_meaning_has_no_finite_epsilon() -> None:
    """A huge grant can be shown: its epsilon is infinite rather than a failure."""
    noise, delta = OpenDPNoise(), Fraction(1, 10**6)

    assert 600 < noise.epsilon(Budget.ceil(500), delta) < 1_000
    assert noise.epsilon(Budget(10**18, 1), delta) == math.inf
