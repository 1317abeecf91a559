"""Batches that hold whole units are a matter of the rows, and not of the batches that they came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from anonymise.treatment.whole_units import runs, whole_units

SCHEMA = pa.schema([("unit", pa.string()), ("number", pa.int64())])
MOST = 5
UNIT_BYTES = 2
"""Of the name of a unit, which is the text of these rows."""
UNITS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.integers(1, 12)), max_size=8)
"""Units in the order of their rows, with how many each has."""


def rows_of(units: Sequence[tuple[str | None, int]]) -> list[str | None]:
    """Return the unit of each row; a unit that comes twice is another one the second time."""
    return [None if unit is None else f"{unit}{place}" for place, (unit, many) in enumerate(units) for _ in range(many)]


def cut(rows: Sequence[str | None], cuts: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Cut rows into batches of those sizes in turn, empty ones included; the rest is one."""
    whole = pa.RecordBatch.from_arrays([pa.array(rows, pa.string()), pa.array(range(len(rows)))], schema=SCHEMA)
    start = 0
    for size in cuts:
        yield whole.slice(start, size)
        start = min(start + size, len(rows))
    yield whole.slice(start)


def batches_of(rows: Sequence[str | None], cuts: Sequence[int], **limits: int) -> list[list[tuple[str | None, int]]]:
    """Return the rows of each batch that comes out."""
    return [
        list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        for batch in whole_units(cut(rows, cuts), "unit", **({"most": MOST} | limits))
    ]


@given(units=UNITS, cuts=st.lists(st.integers(0, 9), max_size=6))
def test_the_batches_do_not_depend_on_those_that_came_in(units: list[tuple[str | None, int]], cuts: list[int]) -> None:
    """However the rows were cut before, they are cut in the same places now, and none is lost or doubled."""
    rows = rows_of(units)

    made = batches_of(rows, cuts)

    assert made == batches_of(rows, [])
    assert [row for batch in made for row in batch] == list(zip(rows, range(len(rows)), strict=True))
    assert all(1 <= len(batch) <= MOST for batch in made)


@given(units=UNITS)
def test_a_unit_is_in_one_batch_unless_it_is_larger(units: list[tuple[str | None, int]]) -> None:
    """A unit of few rows is never parted; a larger one is cut after so many of its own rows."""
    rows = rows_of(units)
    sizes: dict[str, list[int]] = {}
    for batch in batches_of(rows, [3, 0, 4]):
        for unit, its in groupby(batch, key=lambda row: row[0]):
            if unit is not None:
                sizes.setdefault(unit, []).append(len(list(its)))

    assert {unit: pieces for unit, pieces in sizes.items() if sum(pieces) <= MOST and len(pieces) > 1} == {}
    assert all(size == MOST for pieces in sizes.values() for size in pieces[:-1])


@given(units=UNITS, cuts=st.lists(st.integers(0, 9), max_size=6), most_bytes=st.integers(0, 9))
def test_long_texts_make_small_batches(units: list[tuple[str | None, int]], cuts: list[int], most_bytes: int) -> None:
    """No batch of several rows has more text than allowed, and where it is cut depends on the rows alone."""
    rows = rows_of(units)

    made = batches_of(rows, cuts, most=1_000, most_bytes=most_bytes)

    assert made == batches_of(rows, [], most=1_000, most_bytes=most_bytes)
    assert [row for batch in made for row in batch] == list(zip(rows, range(len(rows)), strict=True))
    sizes = [sum(UNIT_BYTES for unit, _ in batch if unit is not None) for batch in made]
    assert all(size <= most_bytes for size, batch in zip(sizes, made, strict=True) if len(batch) > 1)


@given(numbers=st.lists(st.integers(0, 2), max_size=20))
def test_runs_keep_every_row_in_order(numbers: list[int]) -> None:
    """Each run has one number, and the runs together are the batch."""
    batch = pa.RecordBatch.from_pydict({"place": pa.array(numbers, pa.int32())})

    found = [(value, piece.column("place").to_pylist()) for value, piece in runs([batch], "place")]

    assert [number for _, piece in found for number in piece] == numbers
    assert all(set(piece) == {value} for value, piece in found)
