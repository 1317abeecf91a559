"""From figures to vectors: what is shared is drawn once, what is merged moves further, rho is never exceeded."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import plan_of, question, ref

from datalab.errors import QueryError
from datalab.privacy.bounds import MAX_CELL_CONTRIBUTION, fixed_point, in_steps, square_step
from datalab.privacy.budget import Budget
from datalab.privacy.compile import question as compiling
from datalab.privacy.compile.bins import bins_of, edges_of, levels_of
from datalab.privacy.compile.draft import Draft, Drafts
from datalab.privacy.plan import Key, PartKind
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Join,
    Mean,
    Measure,
    On,
    Operator,
    Ratio,
    Sum,
    Variance,
)


def key(name: str, groups: int) -> Key:
    """Return a key with so many groups."""
    return Key(column=ref(name, "offences"), values=tuple(map(str, range(groups))), nullable=False)


@settings(deadline=None, max_examples=60)
@given(
    groups=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    kept=st.sets(st.integers(0, 2)),
    rows_per_unit=st.integers(1, 4),
    rows_per_cell=st.integers(1, 4),
)
def test_added_up_cells_move_no_further_than_stated(
    groups: list[int], kept: set[int], rows_per_unit: int, rows_per_cell: int
) -> None:
    """The worst of all ways to put R bounded rows into fine cells, added up to a coarser table, is what is stated."""
    rows_per_cell = min(rows_per_cell, rows_per_unit)
    keys = tuple(key(f"k{place}", count) for place, count in enumerate(groups))
    coarse = tuple(one for place, one in enumerate(keys) if place in kept)
    draft = Draft(kind=PartKind.ROWS, keys=coarse, bounded_at=keys, rows_per_cell=rows_per_cell)
    cells = list(itertools.product(*(one.labels for one in keys)))
    worst = (0, 0, 0)
    for places in itertools.combinations_with_replacement(range(len(cells)), rows_per_unit):
        if max(Counter(places).values()) > rows_per_cell:
            continue
        seen = Counter(tuple(cells[p][i] for i in range(len(keys)) if i in kept) for p in places).values()
        worst = tuple(map(max, worst, (sum(seen), sum(n * n for n in seen), max(seen))))  # type: ignore[assignment]  # three stay three

    stated = Drafts(rows_per_unit=rows_per_unit, unlisted=None).sensitivity(draft)

    assert stated.l1 >= worst[0]
    assert stated.l2_squared >= worst[1]
    assert stated.linf >= worst[2]
    if rows_per_unit <= len(cells) * rows_per_cell:
        assert stated.l2_squared == worst[1]


@given(lower=st.integers(-1_000, 1_000), span=st.integers(0, 5_000), most=st.integers(2, 1024))
def test_bins_hold_every_value_of_the_range(lower: int, span: int, most: int) -> None:
    """Bins are equal, no more than asked for, and each coarser bin holds whole finer ones."""
    fixed = fixed_point(lower, lower + span, rows_per_cell=1, whole=True)
    finest = bins_of(ref("minutes", "offences"), fixed, most)
    levels = [finest, *levels_of(finest)]

    for level in levels:
        assert level.bin is not None
        assert len(level.values) == level.bin.count <= most
        assert (fixed.upper - fixed.lower) // level.bin.width == level.bin.count - 1
    for fine, coarse in itertools.pairwise(levels):
        assert fine.bin is not None
        assert coarse.bin is not None
        assert coarse.bin.width % fine.bin.width == 0


@given(most=st.integers(1, 10_000))
def test_ranges_of_rows_rise_from_one_to_the_most(most: int) -> None:
    """Small numbers of rows each have a range of their own; no edge is above the most."""
    edges = edges_of(most)

    assert edges[0] == 1
    assert edges[-1] <= most
    assert all(low < high for low, high in itertools.pairwise(edges))
    assert edges[:16] == tuple(range(1, min(most, 16) + 1))


@given(
    lower=st.floats(-1e12, 1e12),
    span=st.floats(0.001, 1e12),
    rows_per_cell=st.integers(1, 10_000),
    whole=st.booleans(),
    shared=st.booleans(),
)
def test_squares_stay_within_what_a_cell_may_hold(
    lower: float, span: float, rows_per_cell: int, *, whole: bool, shared: bool
) -> None:
    """Squares are told in steps, of which a unit cannot overflow a cell, and which are no larger than they need be."""
    fixed = fixed_point(lower, lower + span, rows_per_cell=rows_per_cell, whole=whole, shared=shared)
    step = square_step(fixed, rows_per_cell=rows_per_cell)

    assert rows_per_cell * in_steps(fixed.half_range**2, step) <= MAX_CELL_CONTRIBUTION
    assert step == 1 or rows_per_cell * in_steps(fixed.half_range**2, step // 10) > MAX_CELL_CONTRIBUTION
    assert rows_per_cell * fixed.magnitude <= MAX_CELL_CONTRIBUTION


MINUTES = ref("minutes")
ARSON = Compare(column=ref("kind"), operator=Operator.EQ, value="arson")
MEAN, SPREAD = Mean(column=MINUTES, name="mean"), Variance(column=MINUTES, name="variance")
ROOT, SUM = Deviation(column=MINUTES, name="deviation"), Sum(column=MINUTES, name="sum")
RATE = Ratio(top=Sum(column=MINUTES, name=""), bottom=CountUnits(name=""), name="rate")


@pytest.mark.parametrize(
    ("measures", "parts"),
    [
        ((MEAN, SPREAD), ("mean/values", "mean/sum", "variance/squares")),
        ((SPREAD, MEAN), ("variance/values", "variance/sum", "variance/squares")),
        ((replace(MEAN, column=ref("loss")), replace(SPREAD, column=ref("loss"))),
         ("mean/values", "mean/sum", "variance/squares")),
        ((ROOT, MEAN, SPREAD), ("deviation/values", "deviation/sum", "deviation/squares")),
        ((SUM, RATE, CountUnits()), ("sum", "rate/bottom")),
        ((SUM, MEAN), ("sum", "mean/values", "mean/sum")),
        ((MEAN, replace(SPREAD, where=ARSON)),
         ("mean/values", "mean/sum", "variance/values", "variance/sum", "variance/squares")),
        ((MEAN, replace(SPREAD, column=ref("loss"))),
         ("mean/values", "mean/sum", "variance/values", "variance/sum", "variance/squares")),
    ],
)  # fmt: skip
def test_figures_share_what_is_the_same_quantity(measures: tuple[Measure, ...], parts: tuple[str, ...]) -> None:
    """A count and a sum of the same rows and column are drawn, and paid for, once, whichever figures they are of."""
    plan = plan_of(question(*measures, rho=Fraction(1, 10)))

    assert tuple(part.name for part in plan.parts) == parts
    assert {part.share for part in plan.parts} == {Budget.floor(Fraction(1, 10) / len(parts))}


def test_a_mean_is_no_less_exact_beside_a_variance() -> None:
    """The sum that both are made of has the steps that it has for the mean alone."""
    alone, beside = (plan_of(question(*measures)) for measures in ((MEAN,), (SPREAD, MEAN)))

    assert beside.part("variance/sum").value == alone.part("mean/sum").value


@pytest.mark.parametrize("rho", [Fraction(1, 3), Fraction(1, 10**6), Fraction(7, 50)])
def test_parts_never_cost_more_than_the_question(rho: Fraction) -> None:
    """The shares of all vectors together are at most rho, whatever it divides into."""
    plan = plan_of(
        question(
            CountRows(),
            CountUnits(),
            Sum(column=ref("loss"), name="loss"),
            Mean(column=ref("minutes"), name="minutes_mean"),
            by=[ref("kind")],
            rho=rho,
        )
    )

    assert sum(part.share.rho for part in plan.parts) <= rho
    assert sum(part.share.rho for part in plan.parts) > rho * Fraction(99, 100) - Fraction(1, 10**8)


def test_a_public_question_that_reads_people_is_stopped_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the check of joins is taken away, compiling still refuses to answer about people exactly."""
    asked = question(dataset="rates", joins=(Join(dataset="offences", on=(On(own=ref("ward"), other=ref("ward")),)),))
    with pytest.raises(QueryError):
        plan_of(asked)
    monkeypatch.setattr(compiling, "check", lambda *_: None)

    with pytest.raises(AssertionError, match="about people"):
        plan_of(asked)
