"""Budgets: exact pairs of rho and delta, ordered in part only."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalab.errors import GovernanceError
from datalab.privacy.budget import Budget

UNITS = st.integers(0, 10**20)
BUDGETS = st.builds(Budget, UNITS, UNITS)


@given(one=BUDGETS, other=BUDGETS)
def test_sums_are_exact_and_cover_their_parts(one: Budget, other: Budget) -> None:
    """Both parts add up without loss, and what is added can be taken away again."""
    whole = one + other

    assert (whole.rho, whole.delta) == (one.rho + other.rho, one.delta + other.delta)
    assert whole.covers(one)
    assert whole - other == one


@given(one=BUDGETS, other=BUDGETS)
def test_covering_is_what_makes_a_difference_possible(one: Budget, other: Budget) -> None:
    """A budget covers another exactly where the difference is a budget; two can cover neither each the other."""
    if one.covers(other):
        assert (one - other) + other == one
    else:
        with pytest.raises(ValueError, match="non-negative"):
            one - other
    assert (one.covers(other) and other.covers(one)) == (one == other)


def test_more_of_one_part_covers_no_lack_of_the_other() -> None:
    """Rho does not pay for delta, nor delta for rho, and there is no smaller or larger."""
    rho, delta = Budget(10, 1), Budget(1, 10)

    assert not rho.covers(delta)
    assert not delta.covers(rho)
    with pytest.raises(TypeError):
        rho < delta  # type: ignore[operator]  # noqa: B015 - that is the point


@given(rho=st.fractions(0, 100), delta=st.fractions(0, 1))
def test_costs_round_up_and_grants_down(rho: Fraction, delta: Fraction) -> None:
    """Both parts are rounded against the spender, by less than a unit."""
    cost, grant = Budget.ceil(rho, delta), Budget.floor(rho, delta)

    assert grant.rho <= rho <= cost.rho
    assert grant.delta <= delta <= cost.delta
    assert (cost - grant).nano_rho <= 1
    assert (cost - grant).atto_delta <= 1


@given(budget=BUDGETS)
def test_what_is_written_is_read_exactly(budget: Budget) -> None:
    """The decimal texts of both parts lose nothing."""
    assert Budget.read(budget.rho_text, budget.delta_text) == budget


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (Budget(0), "rho 0"),
        (Budget(250_000_000), "rho 0.25"),
        (Budget(10**18), "rho 1000000000"),
        (Budget(10**18 + 1), "rho 1000000000.000000001"),
        (Budget(1, 1), "rho 0.000000001, delta 1e-18"),
        (Budget(0, 10**12), "rho 0, delta 1e-6"),
        (Budget(2 * 10**9, 25 * 10**10), "rho 2, delta 2.5e-7"),
    ],
)
def test_a_budget_is_told_exactly(budget: Budget, text: str) -> None:
    """No digit is lost on the way to a person, and delta is told where there is any."""
    assert str(budget) == text
    assert budget.in_full == (text if budget.atto_delta else f"{text}, delta 0")


@pytest.mark.parametrize(
    "stated", [("-1/2", "0"), ("1", "-1e-7"), ("much", "0"), ("1", "1/0"), ("", "0"), ("inf", "0"), ("1", "x")]
)
def test_what_is_no_budget_is_refused(stated: tuple[str, str]) -> None:
    """Less than nothing and what is no number are refused with how to write one."""
    with pytest.raises(GovernanceError, match=r"1e-7"):
        Budget.read(*stated)


@pytest.mark.parametrize("parts", [(-1,), (1, -1), (1.0,), (1, 0.5), (True,)])
def test_a_budget_is_whole(parts: tuple[int, ...]) -> None:
    """Floats and negative amounts never enter the ledger."""
    with pytest.raises(ValueError, match="whole"):
        Budget(*parts)
