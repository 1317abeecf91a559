"""Tables together: the best estimate of all of them, margins that are sums, a budget shared as it should be."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn import noised
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import plan_of, question, ref
from scipy.optimize import minimize

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.answer import ALL, dress
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.tables import Layout, agreed, nonnegative, nonnegative_table, table_shares, table_variances
from datalab.privacy.tables.reconciled import STEP
from datalab.query.model import CountRows, CountUnits, Sum, Table
from datalab.query.refusals import grouped

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
LAYOUTS = st.lists(st.integers(1, 4), min_size=1, max_size=3).flatmap(
    lambda sizes: st.tuples(
        st.just(tuple(sizes)),
        st.lists(
            st.permutations(range(len(sizes))).flatmap(
                lambda keys: st.integers(0, len(keys)).map(lambda size: tuple(keys[:size]))
            ),
            min_size=1,
            max_size=4,
            unique_by=frozenset,
        ),
    )
)
"""Sizes of keys, and the keys of each table in the order of its vector."""


def layout_of(sizes: tuple[int, ...], axes: list[tuple[int, ...]]) -> Layout:
    """Return the layout of tables with their keys in any order."""
    return Layout(sizes=sizes, members=tuple(map(frozenset, axes)))


def design(sizes: tuple[int, ...], keys: tuple[int, ...]) -> np.ndarray:
    """Return the matrix that adds the finest cells up to a table."""
    labels = list(itertools.product(*(range(sizes[key]) for key in keys)))
    cells = list(itertools.product(*map(range, sizes)))
    return np.array([[tuple(cell[key] for key in keys) == label for cell in cells] for label in labels], dtype=float)


@settings(deadline=None, max_examples=60)
@given(laid=LAYOUTS, seed=st.integers(0, 10**6))
def test_the_residual_basis_is_generalised_least_squares(
    laid: tuple[tuple[int, ...], list[tuple[int, ...]]], seed: int
) -> None:
    """Estimates and their variances are those of least squares on a matrix of all cells, never made otherwise."""
    sizes, axes = laid
    rng = np.random.default_rng(seed)
    variances = rng.uniform(1, 50, len(axes))
    vectors = [rng.integers(-50, 500, math.prod(sizes[key] for key in keys)).tolist() for keys in axes]
    matrices = [design(sizes, keys) for keys in axes]
    rows = np.concatenate([matrix / math.sqrt(v) for matrix, v in zip(matrices, variances, strict=True)])
    observed = np.concatenate([np.array(v) / math.sqrt(s) for v, s in zip(vectors, variances, strict=True)])
    inverse = np.linalg.pinv(rows.T @ rows)

    found = agreed(layout_of(sizes, axes), axes, vectors, variances.tolist())

    for matrix, table in zip(matrices, found, strict=True):
        assert table.best == pytest.approx(matrix @ inverse @ rows.T @ observed, abs=1e-5)
        assert np.diag(matrix @ inverse @ matrix.T) == pytest.approx(table.variance)


@settings(deadline=None, max_examples=60)
@given(laid=LAYOUTS, seed=st.integers(0, 10**6), kept=st.booleans())
def test_margins_are_the_sums_of_their_cells(
    laid: tuple[tuple[int, ...], list[tuple[int, ...]]], seed: int, *, kept: bool
) -> None:
    """With a table by all keys every other table shown is its sum, to the last digit; made non-negative or not."""
    sizes, axes = laid
    everything = tuple(range(len(sizes)))
    axes = [everything, *(keys for keys in axes if set(keys) != set(everything))]
    rng = np.random.default_rng(seed)
    vectors = [rng.integers(-20, 50, math.prod(sizes[key] for key in keys)).tolist() for keys in axes]

    found = agreed(layout_of(sizes, axes), axes, vectors, [3.0] * len(axes), change=nonnegative if kept else None)

    for keys, table in zip(axes, found, strict=True):
        assert (design(sizes, keys) @ np.array(found[0].shown)).tolist() == list(table.shown)
        assert not kept or min(table.shown) >= 0


@settings(deadline=None, max_examples=60)
@given(laid=LAYOUTS, data=st.data())
def test_shares_are_exact_and_never_more_than_the_whole(
    laid: tuple[tuple[int, ...], list[tuple[int, ...]]], data: st.DataObject
) -> None:
    """Every table gets a share, all shares together are at most 1, and asking again gives the same."""
    sizes, axes = laid
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(axes), max_size=len(axes)))
    squares = data.draw(st.lists(st.integers(1, 10**12), min_size=len(axes), max_size=len(axes)))
    members = [frozenset(keys) for keys in axes]
    shares = table_shares(sizes, members, weights, squares)

    assert sum(shares) <= 1
    assert sum(shares) > 1 - Fraction(1, 10**6)
    assert min(shares) >= Fraction(9, 1_000 * len(axes))
    assert table_shares(sizes, members, weights, squares) == shares


def weighted(layout: Layout, weights: list[int], squares: list[int], shares: tuple[Fraction | float, ...]) -> float:
    """Return the weighted mean variance of the tables' cells."""
    found = table_variances(layout, [s / float(part) for s, part in zip(squares, shares, strict=True)])
    return sum(w * v for w, v in zip(weights, found, strict=True)) / sum(weights)


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [1, 5, 1, 20]])
@pytest.mark.parametrize("squares", [[4, 4, 4, 4], [6, 12, 24, 36]])
def test_no_other_split_is_better(weights: list[int], squares: list[int]) -> None:
    """The shares come within 2 % of what a general solver finds, and beat equal shares."""
    layout = layout_of((6, 5), [(0, 1), (0,), (1,), ()])
    shares = table_shares(layout.sizes, layout.members, weights, squares)

    def cost(logits: np.ndarray) -> float:
        raw = np.exp(logits - logits.max()) + 1e-9
        return weighted(layout, weights, squares, tuple((raw / raw.sum()).tolist()))

    best = min(minimize(cost, start, method="Nelder-Mead", options={"maxiter": 4_000}).fun for start in np.eye(4))
    found = weighted(layout, weights, squares, shares)
    assert found <= best * 1.02
    assert found <= weighted(layout, weights, squares, (0.25,) * 4)


TABLES = ((ref("kind"), ref("ward")), (ref("kind"),), (ref("ward"),), ())


def plan_for(*tables: tuple, rho: Fraction, **rest: object) -> Plan:
    """Return the plan of rows, of which one counts a unit, by some tables."""
    by = list(dict.fromkeys(ref for table in tables for ref in table))
    return plan_of(
        question(
            CountRows(), by=by, rows_per_unit=1, rows_per_cell=1, rho=rho,
            tables=tuple(Table(by=table) for table in tables) if len(tables) > 1 else (), **rest,
        )  # type: ignore[arg-type]  # passed on
    )  # fmt: skip


def test_an_answer_of_several_tables_says_what_it_adds_up() -> None:
    """Each table follows the one before; columns that it adds up are "(all)"; groups of missing values are groups."""
    plan = plan_for(*TABLES, rho=Fraction(100))
    price = NOISE.price(plan)
    fine = np.arange(1, 10).reshape(3, 3) * 1_000
    margins = [fine, fine.sum(axis=1), fine.sum(axis=0), fine.sum().reshape(1)]
    truth = {name: margins[i].ravel().tolist() for i, name in enumerate(plan.figures[0].parts)}
    answer = dress(plan, price, noised(plan, price, truth, np.random.default_rng(1)), epsilon=0, delta=DELTA)

    figures = {cell.keys: cell.estimates[0].value for cell in answer.cells}
    assert [cell.keys for cell in answer.cells][8:] == [
        ("theft", "(missing)"), ("arson", ALL), ("burglary", ALL), ("theft", ALL),
        (ALL, "north"), (ALL, "south"), (ALL, "(missing)"), (ALL, ALL),
    ]  # fmt: skip
    for kind in ("arson", "burglary", "theft"):
        cells = sum(round(STEP * (figures[kind, ward] or 0)) for ward in ("north", "south", "(missing)"))
        assert cells == round(STEP * (figures[kind, ALL] or 0))
    assert figures[ALL, ALL] == pytest.approx(45_000, abs=5)
    assert "agree" in answer.covers


def test_negative_counts_are_made_up_for_and_said() -> None:
    """With the option no figure is negative, margins still agree, intervals are those of before, cut and widened."""
    rho = Fraction(1, 100)
    plan, plain = (plan_for(*TABLES, rho=rho, nonnegative=kept) for kept in (True, False))
    price = NOISE.price(plan)
    truth = {part.name: [0] * part.size for part in plan.parts}
    truth[plan.parts[0].name][0] = 60
    noisy = noised(plan, price, truth, np.random.default_rng(2))
    kept, raw = (dress(one, price, noisy, epsilon=0, delta=DELTA) for one in (plan, plain))
    values = {cell.keys: cell.estimates[0].value or 0 for cell in kept.cells}

    assert min(cell.estimates[0].value or 0 for cell in raw.cells) < 0 <= min(values.values())
    for told, before in zip(kept.cells, raw.cells, strict=True):
        value, low, high = told.estimates[0].value, told.estimates[0].low, told.estimates[0].high
        assert low == min(value, max(before.estimates[0].low, 0))
        assert high == max(value, before.estimates[0].high) or before.estimates[0].high <= 0 < high
    total = sum(round(STEP * value) for keys, value in values.items() if ALL not in keys)
    assert total == round(STEP * values[ALL, ALL])
    assert "none is negative" in kept.covers
    assert "cut at 0, and widened" in kept.covers
    assert "none is negative" not in raw.covers


@pytest.mark.parametrize("tables", [(), TABLES], ids=["one", "several"])
def test_an_interval_that_leaves_nothing_possible_is_that_of_0(tables: tuple) -> None:
    """Noise so far below 0 is among the answers that miss: the count is told as 0, with an interval that has width."""
    by = tables or ((ref("kind"), ref("ward")),)
    plan = plan_for(*by, rho=Fraction(1, 100), nonnegative=True)
    vectors = {part.name: [-1_000, *[1_000] * (part.size - 1)] for part in plan.parts}
    answer = dress(plan, NOISE.price(plan), Cells(vectors=vectors), epsilon=0, delta=DELTA)
    lost, some = answer.cells[0].estimates[0], answer.cells[1].estimates[0]

    assert (lost.value, lost.low) == (0, 0)
    assert 0 < (lost.high or 0) <= (some.high or 0) - (some.low or 0)


def test_norm_sub_keeps_the_total() -> None:
    """What is added to negative cells is taken off the others alike; a negative total leaves nothing."""
    assert nonnegative_table(np.array([5.0, -2.0, 1.0])).tolist() == pytest.approx([4.0, 0.0, 0.0])
    assert nonnegative_table(np.array([-5.0, 2.0])).tolist() == [0.0, 0.0]
    assert nonnegative_table(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    "table",
    [[1e6, -1e6, 1e-12], [3.0, 1e-17, -3.0], [[2.0**52, 0.25], [-(2.0**52), 0.0]]],
    ids=["large and tiny", "small and tiny", "two keys"],
)
def test_what_cancels_out_but_for_rounding_is_held_like_any_other(table: list) -> None:
    """Cells whose total is above 0 by less than the last digit of a float, as noise can leave it, are near to 0."""
    found = nonnegative_table(np.array(table))

    assert found.min() >= 0
    assert found.sum() == pytest.approx(0, abs=1)


def test_tables_without_a_common_one_are_made_non_negative_together() -> None:
    """Two tables that share a key agree on it afterwards, and are near to what they were."""
    layout = layout_of((3, 2, 4), [(0, 1), (1, 2)])
    rng = np.random.default_rng(3)
    one, other = rng.uniform(-2, 40, (3, 2)), rng.uniform(-2, 30, (2, 4))
    other *= (one.sum(axis=0) / other.sum(axis=1))[:, None]
    found = nonnegative(layout, {layout.members[0]: one, layout.members[1]: other})
    first, second = (found[keys] for keys in layout.members)

    assert first.sum(axis=0) == pytest.approx(second.sum(axis=1))
    assert min(first.min(), second.min()) >= 0
    assert np.abs(first - one).max() < 6


def test_tables_too_large_to_be_made_non_negative_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tables are fitted by one of all their columns, of which the cells are limited; without the option none is."""
    by = ((ref("kind"), ref("ward")), (ref("ward"), ref("age_band")))
    rho = Fraction(1, 100)
    cells = math.prod(len(key.labels) for key in plan_for(*by, rho=rho).keys)
    monkeypatch.setattr(grouped, "MAX_FITTED", cells)
    assert plan_for(*by, rho=rho, nonnegative=True).tables
    monkeypatch.setattr(grouped, "MAX_FITTED", cells - 1)
    assert plan_for(*by, rho=rho).tables
    with pytest.raises(QueryError, match=rf"fitted together, in at most {cells - 1} .* these have {cells}\."):
        plan_for(*by, rho=rho, nonnegative=True)


def test_a_table_that_was_not_asked_does_not_help() -> None:
    """Measuring the cells of three keys for the sake of three tables by two of them each makes those worse."""
    sizes, asked = (6, 5, 4), [frozenset({0, 1}), frozenset({1, 2}), frozenset({0, 2})]
    without = table_shares(sizes, asked, [1, 1, 1], [1, 1, 1])
    base = weighted(Layout(sizes=sizes, members=tuple(asked)), [1, 1, 1], [1, 1, 1], without)
    more = Layout(sizes=sizes, members=(*asked, frozenset({0, 1, 2})))
    for share in (0.05, 0.2, 0.5):
        shares = (*(float(one) * (1 - share) for one in without), share)
        assert weighted(more, [1, 1, 1, 0], [1, 1, 1, 1], shares) > base


def test_public_tables_are_exact() -> None:
    """Tables of public data are sums of one another without any noise, as whole numbers."""
    plan = plan_of(question(CountRows(), Sum(column=ref("people"), name="total"), dataset="rates", by=[ref("ward")],
                            tables=(Table(by=(ref("ward"),)), Table(by=()))))  # fmt: skip
    truth = {part.name: [3, 4] if part.keys else [7] for part in plan.parts}
    price = NOISE.price(plan)
    answer = dress(plan, price, noised(plan, price, truth, np.random.default_rng(0)), epsilon=0, delta=DELTA)

    assert [cell.estimates[0].value for cell in answer.cells] == [3, 4, 7]
    assert [cell.estimates[1].high for cell in answer.cells] == [3, 4, 7]


def test_units_alone_are_made_non_negative() -> None:
    """One table of distinct units is made non-negative, too; its intervals stay whole numbers."""
    asked = question(CountUnits(), by=[ref("kind")], rho=Fraction(1, 100), nonnegative=True)
    plan = plan_of(replace(asked, rows_per_unit=1, rows_per_cell=1))
    price = NOISE.price(plan)
    cells = noised(plan, price, {"units": [0, 0, 90]}, np.random.default_rng(8))
    answer = dress(plan, price, cells, epsilon=0, delta=DELTA)

    values = [cell.estimates[0].value or 0 for cell in answer.cells]
    assert min(values) == 0
    assert sum(values) == pytest.approx(sum(cells.vectors["units"]))
    assert all(isinstance(cell.estimates[0].high, int) for cell in answer.cells)
