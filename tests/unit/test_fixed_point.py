"""Numbers as integers: bounded, monotone, close, and too small to overflow."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalab.privacy.bounds import MAX_CELL_CONTRIBUTION, fixed_point

BOUNDS = st.tuples(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15)).filter(lambda b: b[0] < b[1])


@pytest.mark.parametrize(
    ("lower", "upper", "cap", "whole", "exponent", "fixed"),
    [
        (0, 500, 3, True, 0, (0, 500)),
        (-20, 500, 100, True, 0, (-20, 500)),
        (0.0, 99.95, 1, False, 5, (0, 9_995_000)),
        (0.0, 1.0, 3, False, 6, (0, 1_000_000)),
        (0.0, 1e9, 3, True, -1, (0, 100_000_000)),
        (0.0, 500.0, 10_000, False, 2, (0, 50_000)),
        (1e-15, 2e-15, 1, False, 12, (0, 0)),
    ],
)
def test_scale_follows_from_the_bounds(
    *, lower: float, upper: float, cap: int, whole: bool, exponent: int, fixed: tuple[int, int]
) -> None:
    """Whole numbers stay; fractions get a million steps; both lose digits before a cell could overflow."""
    scale = fixed_point(lower, upper, rows_per_cell=cap, whole=whole)

    assert scale.exponent == exponent
    assert (scale.lower, scale.upper) == fixed
    assert scale.magnitude >= 1


@given(bounds=BOUNDS, cap=st.integers(1, 10_000), whole=st.booleans(), value=st.floats(allow_nan=False))
def test_values_stay_within_what_sensitivities_assume(
    *, bounds: tuple[float, float], cap: int, whole: bool, value: float
) -> None:
    """No value, however extreme, is larger than the magnitude, nor further from the centre than the half range."""
    scale = fixed_point(*bounds, rows_per_cell=cap, whole=whole)
    fixed = scale.to_fixed(value)

    assert scale.lower <= fixed <= scale.upper or scale.lower > scale.upper
    assert abs(fixed) <= scale.magnitude
    assert abs(fixed - scale.centre) <= scale.half_range
    assert cap * scale.magnitude <= MAX_CELL_CONTRIBUTION


@given(bounds=BOUNDS, share=st.floats(0, 1))
def test_rounding_is_half_a_step(bounds: tuple[float, float], share: float) -> None:
    """Inside the bounds a value comes back within half a step and the error of doubles."""
    scale = fixed_point(*bounds, rows_per_cell=3, whole=False)
    value = min(max(bounds[0] + share * (bounds[1] - bounds[0]), bounds[0]), bounds[1])
    step = float(Fraction(10) ** -scale.exponent)

    assert math.isclose(scale.to_value(scale.to_fixed(value)), value, rel_tol=1e-9, abs_tol=0.5 * step * (1 + 1e-6))


@given(bounds=BOUNDS, pair=st.tuples(st.floats(-1e16, 1e16), st.floats(-1e16, 1e16)))
def test_order_is_kept(bounds: tuple[float, float], pair: tuple[float, float]) -> None:
    """A larger value never becomes a smaller integer."""
    scale = fixed_point(*bounds, rows_per_cell=3, whole=False)

    assert scale.to_fixed(min(pair)) <= scale.to_fixed(max(pair))
