"""Numbers as integers: bounded, monotone, close, and too small to overflow."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offences import plan_of, question, ref

from datalab.privacy.bounds import MAX_CELL_CONTRIBUTION, MAX_VALUE, fixed_point
from datalab.privacy.plan.part import Value
from datalab.query.model import Derived, Linear, Mean, Sum, Term

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


@given(
    bounds=BOUNDS,
    cap=st.integers(1, 10_000),
    whole=st.booleans(),
    shared=st.booleans(),
    centred=st.booleans(),
    value=st.floats(allow_nan=False),
)
def test_values_stay_within_what_sensitivities_assume(
    *, bounds: tuple[float, float], cap: int, whole: bool, shared: bool, centred: bool, value: float
) -> None:
    """No value, however extreme, is larger than the magnitude, nor further from the centre than the half range."""
    scale = fixed_point(*bounds, rows_per_cell=cap, whole=whole, shared=shared, centred=centred)
    fixed = scale.to_fixed(value)

    assert scale.lower <= fixed <= scale.upper
    assert abs(fixed) <= scale.magnitude
    assert abs(fixed - scale.centre) <= scale.half_range
    assert cap * (scale.half_range if centred else scale.magnitude) <= MAX_CELL_CONTRIBUTION


@pytest.mark.parametrize(
    ("lower", "upper", "whole", "value"),
    [
        (10**9, 10**9 + 100, True, 10**9 + 4),
        (20_200_101, 20_261_231, True, 20_230_104),
        (1000.0, 1000.001, False, 1000.0000049),
        (-(10**15) - 1, -(10**15), True, -(10**15)),
    ],
)
def test_distances_within_a_narrow_range_far_from_0_keep_their_digits(
    *, lower: float, upper: float, whole: bool, value: float
) -> None:
    """What means and quantiles count of a value is off by no more than a thousandth of the range."""
    scale = fixed_point(lower, upper, rows_per_cell=50, whole=whole, centred=True)

    back = scale.to_value(scale.to_fixed(value))
    assert abs(Fraction(back) - Fraction(value)) <= (Fraction(upper) - Fraction(lower)) / 1000


def test_values_of_a_narrow_range_far_from_0_stay_within_what_doubles_hold() -> None:
    """Of a tenth around a billion as many digits are kept as 53 bits hold, and not a millionth of the range."""
    scale = fixed_point(10.0**9, 10.0**9 + 0.1, rows_per_cell=1, whole=False, centred=True)

    assert scale.exponent == 6
    assert scale.upper <= MAX_VALUE < 10 * scale.upper


def test_means_and_quantiles_count_distances_and_sums_values() -> None:
    """In a plan, too: of a score a billion above a loss a mean keeps its digits, of which a sum has to drop some."""
    far = Derived(name="score", expression=Linear(terms=(Term(column=ref("loss"), weight=1),), constant=10**9))
    measures = (Mean(column=ref("score"), name="score_mean"), Sum(column=ref("score"), name="score_sum"))
    parts = plan_of(question(*measures, derive=(far,))).parts
    mean, total = (part.value.fixed for part in parts if isinstance(part.value, Value))

    assert mean.exponent > 0 > total.exponent


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


@pytest.mark.parametrize(
    ("lower", "upper", "cap", "exponent", "fixed"),
    [
        (0, 1, 1, 6, (0, 10**6)),
        (-20, 500, 100, 4, (-200_000, 5_000_000)),
        (0, 30, 10_000, 3, (0, 30_000)),
        (-0.5, 2.5, 1, 6, (0, 2 * 10**6)),
        (0, 10**9, 3, -1, (0, 10**8)),
    ],
)
def test_whole_numbers_get_decimals_where_a_share_of_their_sum_may_count(
    *, lower: float, upper: float, cap: int, exponent: int, fixed: tuple[int, int]
) -> None:
    """They get a million steps as fractions do, fewer before a cell could overflow, and each value stays exact."""
    scale = fixed_point(lower, upper, rows_per_cell=cap, whole=True, shared=True)

    assert (scale.exponent, scale.lower, scale.upper) == (exponent, *fixed)
    assert cap * scale.magnitude <= MAX_CELL_CONTRIBUTION
    if exponent >= 0:
        for value in range(math.ceil(lower), math.floor(upper) + 1):
            assert scale.to_fixed(value) == value * 10**exponent
