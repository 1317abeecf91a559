"""How a budget is written: read back as it was."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from datalab.query.spend import MAX_RHO, NANO, exact_rho, rho_text


@given(nano=st.integers(min_value=0, max_value=MAX_RHO * NANO))
def test_a_budget_is_read_back_as_it_was_written(nano: int) -> None:
    """Whole billionths of rho are written in plain digits, with no more than nine places, and read back exactly."""
    written = rho_text(Fraction(nano, NANO))

    assert exact_rho(written) == Fraction(nano, NANO)
    assert set(written) <= set("0123456789.")
    assert "." not in written or not written.endswith(("0", "."))
