"""Quantiles: exact on exact counts, better from several levels than from one, the same matrix for all cells."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from drawn import noised
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import offence, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.answer import answer_question, dress
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.bins import Shape, excess
from datalab.privacy.estimate.noise_size import spread
from datalab.privacy.estimate.quantile import quantiles, unit_rows
from datalab.privacy.plan import Bin
from datalab.query.model import Quantile

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)


def fixed(lower: int, upper: int, exponent: int = 0) -> FixedPoint:
    """Return whole numbers between two bounds."""
    step = 10.0**exponent
    return FixedPoint(exponent=exponent, lower_value=lower / step, upper_value=upper / step, lower=lower, upper=upper)


@settings(deadline=None, max_examples=100)
@given(
    values=st.lists(st.integers(-5, 20), min_size=1, max_size=60),
    level=st.fractions(Fraction(1, 100), Fraction(99, 100)),
)
def test_exact_counts_of_whole_numbers_give_the_quantile_itself(values: list[int], level: Fraction) -> None:
    """Without noise, where each bin holds one number, value and interval are the quantile itself."""
    counts = [values.count(value) for value in range(-5, 21)]
    shape = Shape(levels=((1, 26),), scales=(0.0,), level=float(level))
    (found,) = quantiles(Bin(fixed=fixed(-5, 20), width=1, count=26), shape, [counts], confidence=0.95)
    true = sorted(values)[max(math.ceil(level * len(values)) - 1, 0)]

    assert (found.value, found.low, found.high) == (true, true, true)


def test_wide_bins_are_interpolated_and_covered() -> None:
    """Within a bin the value is where an even spread would have it; the interval is the whole bin."""
    shape = Shape(levels=((1, 4),), scales=(0.0,), level=0.5)
    bins = Bin(fixed=fixed(0, 999, exponent=1), width=250, count=4)
    (found,) = quantiles(bins, shape, [[10, 40, 0, 0]], confidence=0.95)

    assert found.value == pytest.approx((250 + 250 * 15 / 40) / 10)
    assert (found.low, found.high) == (25.0, 49.9)


def test_rows_lost_in_noise_have_no_quantile() -> None:
    """Where there may be no row at all, no value is stated, and nearly anything is possible."""
    shape = Shape(levels=((1, 8), (8, 1)), scales=(20.0, 20.0), level=0.5)
    (found,) = quantiles(Bin(fixed=fixed(0, 7), width=1, count=8), shape, [[3] * 8, [9]], confidence=0.95)

    assert found.value is None
    assert (found.low, found.high) == (0, 7)


def test_levels_beat_bins_alone() -> None:
    """Sharing a budget with coarser bins makes the rank of a median more exact than spending all of it on 512 bins."""
    flat = excess(Shape(levels=((1, 512),), scales=(10.0,), level=0.5))
    root = math.sqrt(3)
    levels = excess(Shape(levels=((1, 512), (8, 64), (64, 8)), scales=(10 * root, 10 * root, 10 * root), level=0.5))

    assert levels.deviation.max() < 0.75 * flat.deviation.max()


@settings(deadline=None, max_examples=20)
@given(counts=st.lists(st.integers(0, 50), min_size=20, max_size=20), level=st.floats(0.05, 0.95))
def test_levels_that_agree_change_nothing(counts: list[int], level: float) -> None:
    """Consistent levels give the same excess as the fine bins alone: the estimate is unbiased."""
    coarse = [sum(counts[start : start + 8]) for start in (0, 8, 16)]
    linear = excess(Shape(levels=((1, 20), (8, 3)), scales=(3.0, 7.0), level=level))
    found = linear.matrix @ np.array([*counts, *coarse])

    assert found == pytest.approx(np.cumsum(counts) - level * sum(counts), abs=1e-8)
    assert linear.total @ np.array([*counts, *coarse]) == pytest.approx(sum(counts))


def test_stated_deviations_are_those_of_the_noise() -> None:
    """The standard deviation of the estimated excess is what many draws show."""
    linear = excess(Shape(levels=((1, 20), (8, 3)), scales=(70.0, 90.0), level=0.3))
    rng = np.random.default_rng(1)
    noise = np.concatenate([rng.normal(0, 70, (20_000, 20)), rng.normal(0, 90, (20_000, 3))], axis=1)

    assert (noise @ linear.matrix.T).std(axis=0) == pytest.approx(linear.deviation, rel=0.03)


def test_estimating_a_coarsest_bin_at_a_time_is_estimating_all_at_once() -> None:
    """Where the last coarse bin is not full, too: least squares over all counts together say the same."""
    levels, scales, bins = ((1, 70), (8, 9), (64, 2)), (7.0, 9.0, 30.0), 70
    design = np.vstack([np.kron(np.eye(count), np.ones(width))[:, :bins] for width, count in levels])
    weights = np.repeat([1 / spread(scale) ** 2 for scale in scales], [count for _, count in levels])
    fine = np.linalg.solve(design.T @ (weights[:, None] * design), design.T * weights)

    linear = excess(Shape(levels=levels, scales=scales, level=0.3))

    assert linear.matrix == pytest.approx((np.tril(np.ones((bins, bins))) - 0.3) @ fine, abs=1e-9)


def test_rows_of_a_unit_are_whole_and_may_have_no_upper_end() -> None:
    """A figure is the end of its range of rows; the last range is open."""
    shape = Shape(levels=((1, 4),), scales=(0.0,), level=0.5)
    edges = (1, 2, 3, 5)
    (middle,), (last,) = (unit_rows(edges, shape, counts, confidence=0.95) for counts in ([9, 9, 9, 0], [1, 0, 0, 9]))

    assert (middle.value, middle.low, middle.high) == (2, 2, 2)
    assert (last.value, last.low, last.high) == (5, 5, None)


def test_a_median_by_group_from_rows() -> None:
    """From rows to medians by group: near the truth where there are many rows, with the unit and what it covers."""
    asked = question(Quantile(column=ref("minutes"), name="median", level=Fraction(1, 2), bins=128),
                     by=[ref("kind")], rows_per_unit=1, rows_per_cell=1, rho=Fraction(1))  # fmt: skip
    rows = [offence(f"u{i}", kind="theft", minutes=i % 300) for i in range(6_000)]
    answer = answer_question(plan_of(asked), {"offences": rows}, engine=ReferenceEngine(), noise=NOISE, delta=DELTA)
    *_, theft = (cell.estimates[0] for cell in answer.cells)

    assert theft.value == pytest.approx(150, abs=8)
    assert (answer.measures[0].kind, answer.measures[0].unit, answer.measures[0].level) == (
        "quantile",
        "minutes",
        "1/2",
    )
    assert "bins" in answer.measures[0].covers


def test_the_matrix_is_made_once_for_all_cells() -> None:
    """Medians of 720 cells take well under a second: one matrix, applied to all of them."""
    asked = question(Quantile(column=ref("minutes"), name="quantile", level=Fraction(1, 2)),
                     by=[ref("kind"), ref("ward"), ref("grade"), ref("age_band"), ref("charged")])  # fmt: skip
    plan = plan_of(asked)
    price = NOISE.price(plan)
    cells = noised(plan, price, {part.name: [5] * part.size for part in plan.parts}, np.random.default_rng(0))
    before = excess.cache_info().misses
    dress(plan, price, cells, epsilon=0, delta=DELTA)
    dress(plan, price, cells, epsilon=0, delta=DELTA)

    assert excess.cache_info().misses - before <= 1
