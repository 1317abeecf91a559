"""Stored charges computed again: the same, lower, higher, or not to be read."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import plan_of, question, questions, ref

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.accounts.mechanism import (
    DiscreteGaussian,
    GaussianSearch,
    GaussianThreshold,
    read_line,
    write_line,
)
from datalab.privacy.answer import answer_from_document, answer_to_document, dress
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.privacy.plan import Cells
from datalab.privacy.recompute import Finding, recompute
from datalab.query.model import CountRows, CountUnits, Mean, Quantile, Question, Sum

LINE = "rows: discrete Gaussian, L2 sensitivity squared 4, scale 16.0"
COST = Budget.ceil(Fraction(4, 2 * 16**2))
"""The cost by the textbook: squared sensitivity over twice the squared scale."""


def charge(amount: Budget, mechanism: str = LINE, account: str = "dataset/police") -> Charge:
    """Return a stored charge."""
    return Charge(
        key="r1",
        account=account,
        amount=amount,
        state=ChargeState.COMMITTED,
        mechanism=mechanism,
        software="opendp 0.15.0",
        at=datetime(2026, 11, 24, tzinfo=UTC),
    )


@given(rho=st.fractions(Fraction(1, 10**3), 5), rows=st.integers(1, 50))
@settings(deadline=None, max_examples=40)
def test_a_charge_computed_by_the_same_library_is_the_same(rho: Fraction, rows: int) -> None:
    """What is priced today and computed again today agrees to the last unit, for every kind of part."""
    measures = (
        CountRows(),
        CountUnits(),
        Sum(column=ref("loss"), name="loss"),
        Mean(column=ref("minutes"), name="mean"),
    )
    price = OpenDPNoise().price(plan_of(question(*measures, rho=rho, rows_per_unit=rows, rows_per_cell=1)))

    assert OpenDPNoise().recost(price.mechanism) == price.total


@given(asked=questions())
@settings(deadline=None, max_examples=60)
def test_whatever_is_asked_can_be_computed_again(asked: Question) -> None:
    """Every question of the language stores a line that is read, and that costs what was charged."""
    price = OpenDPNoise().price(plan_of(asked))

    assert OpenDPNoise().recost(price.mechanism) == price.total


def test_values_found_out_cost_delta() -> None:
    """The approximate part of finding out values is charged, kept with the answer, and computed again."""
    noise, delta = OpenDPNoise(), Fraction(1, 10**6)
    plan = plan_of(question(CountRows(), by=[ref("code")], discover=ref("code")))
    price = noise.price(plan)

    assert 0 < price.total.delta <= Fraction(1, 10**9)
    assert noise.recost(price.mechanism) == price.total
    assert noise.recost(price.mechanism.split("; ")[0]).atto_delta == price.total.atto_delta
    found = plan.with_values(("x", "y"))
    noisy = noise.draw(found, Cells(vectors={}))
    answer = dress(found, price, noisy, epsilon=noise.epsilon(price.total, delta), delta=delta)
    document = answer_to_document(answer)
    assert answer_from_document(document).cost == price.total
    earlier = {name: value for name, value in document.items() if name != "cost_delta"}
    assert answer_from_document(earlier).cost == Budget(price.total.nano_rho)


def test_the_rounds_of_a_search_are_charged_together() -> None:
    """A search costs as many times what one of its rounds does, within what was asked, and is computed again."""
    noise = OpenDPNoise()
    plan = plan_of(question(Quantile(column=ref("minutes"), name="median", level=Fraction(1, 2)), by=[ref("kind")]))
    price = noise.price(plan)
    ((_, mechanism),) = read_line(price.mechanism)

    assert isinstance(mechanism, GaussianSearch)
    assert (mechanism.rounds, mechanism.l2_squared) == (9, plan.parts[0].sensitivity.l2_squared)
    one = noise.recost(
        write_line((("round", DiscreteGaussian(l2_squared=mechanism.l2_squared, scale=price.parts[0].scale)),))
    )
    assert 8 * one.nano_rho < price.total.nano_rho <= 9 * one.nano_rho
    assert price.total.rho <= plan.question.rho
    assert noise.recost(price.mechanism) == price.total


def test_nothing_is_charged_for_public_data() -> None:
    """The line of an exact answer costs nothing."""
    assert OpenDPNoise().recost("exact: public data") == Budget(0)


def test_a_threshold_costs_rho_and_delta() -> None:
    """Noise on counts by key costs as a Gaussian does, and for the keys of one unit alone a delta besides."""
    shown = GaussianThreshold(l0=4, l2_squared=9, linf=2, scale=55.0, threshold=314)
    cost = OpenDPNoise().recost(write_line((("keys", shown),)))
    alone = OpenDPNoise().recost(write_line((("keys", DiscreteGaussian(l2_squared=9, scale=55.0)),)))

    assert cost.nano_rho == alone.nano_rho
    # Each of 4 keys passes with the chance that a normal variable is 312 / 55 deviations out: 7e-9.
    assert 1e-8 < cost.delta < 1e-7
    both = OpenDPNoise().recost(write_line((("keys", shown), ("rows", DiscreteGaussian(l2_squared=9, scale=55.0)))))
    assert both == cost + alone


@pytest.mark.parametrize(
    ("charged", "finding"),
    [
        (COST, Finding.SAME),
        (COST + Budget(1), Finding.LOWER),
        (COST + Budget(0, 1), Finding.LOWER),
        (COST - Budget(1), Finding.HIGHER),
        (Budget(COST.nano_rho - 1, 10**12), Finding.HIGHER),
    ],
)
def test_what_was_charged_is_compared_in_both_parts(charged: Budget, finding: Finding) -> None:
    """Too little of one part is too little, whatever there is of the other."""
    (found,) = recompute([charge(charged)], OpenDPNoise().recost)

    assert found.finding is finding


def test_a_mechanism_that_cannot_be_read_is_told() -> None:
    """An unknown mechanism is not passed over."""
    found = recompute([charge(COST, "from a later version"), charge(COST)], OpenDPNoise().recost)

    assert [one.finding for one in found] == [Finding.UNREADABLE, Finding.SAME]


def test_each_mechanism_is_computed_once() -> None:
    """The accounts of one question share their mechanism, and so its cost."""
    asked: list[str] = []

    def recost(line: str) -> Budget:
        asked.append(line)
        return COST

    found = recompute([charge(COST), charge(COST, account="project/one/police"), charge(COST, LINE + "0")], recost)

    assert (len(found), asked) == (3, [LINE, LINE + "0"])
