"""Cells of units with too many rows, put in order and cut by NumPy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from offences import plan_of, question, ref

from datalab.engine.counter import counter_of, filters, total_of, totals
from datalab.engine.embedded import kept
from datalab.engine.embedded.arrays import numbered
from datalab.engine.embedded.arrays.runs import Whole, in_turn
from datalab.engine.embedded.arrays.unit_cells import MOST_MAGNITUDE, UnitCells, shares
from datalab.engine.embedded.coding import Coding
from datalab.engine.reference.bounding import _share
from datalab.query.model import CountRows, Mean, Sum

WORDS = st.integers(-(2**63), 2**63 - 1)
HASHES = WORDS | st.integers(-3, 3)
"""Also many that differ in their last bits alone, which an order of words of 64 bits has no room for."""


@given(st.lists(st.lists(HASHES, min_size=1, max_size=6), min_size=1, max_size=40))
def test_cells_are_taken_unit_by_unit_in_the_order_of_their_hashes(units: list[list[int]]) -> None:
    """Whatever the hashes, each unit's cells stay together, and lie by the whole hash."""
    hashes = np.array([one for unit in units for one in unit], dtype=np.int64)
    lengths = np.array([len(unit) for unit in units], dtype=np.int64)
    begins = [0, *accumulate(len(unit) for unit in units)]

    order = in_turn(lengths, hashes)

    assert sorted(order.tolist()) == list(range(len(hashes)))
    for unit, begin in zip(units, begins, strict=False):
        taken = order[begin : begin + len(unit)]
        assert {begin <= place < begin + len(unit) for place in taken} == {True}
        assert hashes[taken].tolist() == sorted(unit)


@given(st.lists(st.tuples(st.integers(-(2**61), 2**61), st.integers(1, 10**7), st.integers(1, 10**7))))
def test_shares_are_those_of_the_reference(asked: list[tuple[int, int, int]]) -> None:
    """A share of a sum is to the nearest step, ties away from zero, also where a product needs more than 64 bits."""
    asked = [(total, max(count, some), min(count, some)) for total, count, some in asked]
    columns = [np.array([row[i] for row in asked], dtype=np.int64) for i in range(3)]

    assert shares(*columns).tolist() == [_share(*row, 2**62) for row in asked]


def test_sums_of_numbered_rows_are_words() -> None:
    """As many rows as are numbered, each of the largest amount that is taken here, have a sum of 64 bits with room."""
    assert kept.MOST_ROWS * MOST_MAGNITUDE < 2**62


@pytest.mark.parametrize("room", [0, 1])
def test_larger_amounts_are_left_to_the_database(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round whose amounts could need more than 64 bits is bounded by DuckDB, which sums in 128."""
    plan = plan_of(question(Sum(column=ref("minutes"), name="sum")))
    monkeypatch.setattr(numbered, "MOST_MAGNITUDE", plan.parts[0].magnitude + room)

    assert numbered.may_be_numbers(plan.parts, Coding.of(plan)) is bool(room)


@pytest.mark.parametrize("size", [1, 3, 9])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 8), st.integers(-50, 50) | st.integers(-(2**40), 2**40)),
        max_size=60,
    ),
    limit=st.integers(1, 12),
    cap=st.integers(1, 12),
)
def test_units_are_cut_as_one_by_one(size: int, rows: list[tuple[int, int, int]], limit: int, cap: int) -> None:
    """What each unit adds is what is left of it when its cells are taken one by one, until R rows are reached.

    No sum counts for more than its rows could, whatever lies in them: the sensitivity hangs on nothing else.
    """
    by = {1: [], 3: [ref("kind")], 9: [ref("kind"), ref("ward")]}[size]
    asked = question(
        CountRows(), Sum(column=ref("minutes"), name="sum"), Mean(column=ref("minutes"), name="mean"), by=by
    )
    plan = plan_of(replace(asked, rows_per_unit=max(limit, cap), rows_per_cell=cap))
    rows = [(unit, place % size, amount) for unit, place, amount in rows]
    keys = np.array([unit * size + place for unit, place, _ in rows], dtype=np.int64)
    amounts = np.array([amount for *_, amount in rows], dtype=np.int64)

    def turns(units: Whole, lengths: Whole, places: Whole) -> Whole:
        return np.repeat(units, lengths) * 7919 + places * 104_729 % 31

    cells = UnitCells.of(keys, size, dict.fromkeys(filters(plan.parts)), dict.fromkeys(totals(plan.parts), amounts))
    found = cells.amounts(plan.parts, turns)

    for part in plan.parts:
        counter = counter_of(part)
        by_unit: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for unit, place, amount in rows:
            by_unit[unit][place].append(amount)
        expected: dict[tuple[int, int], int] = {}
        for unit, its in by_unit.items():
            left = counter.limit
            for place in sorted(its, key=lambda place, unit=unit: unit * 7919 + place * 104_729 % 31):
                most = min(len(its[place]), counter.cap, left)
                left -= most
                total = _share(sum(its[place]), len(its[place]), most, part.magnitude) if most else 0
                expected[unit, place] = most if total_of(part) is None else total
        got = zip(cells.units.tolist(), cells.places.tolist(), found[part.name].tolist(), strict=True)
        assert {(unit, place): amount for unit, place, amount in got} == expected
