"""Batches that hold the whole of a unit, made of rows that come sorted by unit, however they were cut before.

Names are carried between the texts of one unit within a batch. So the batches must be a matter of the rows alone, and
not of how Spark hands them over: or the same extract would be redacted differently on another machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

MOST: Final = 16_384
"""Rows of a batch. A unit with more is cut, each time after that many of its own rows: it is no person or household."""


def whole_units(batches: Iterable[pa.RecordBatch], unit: str, *, most: int = MOST) -> Iterator[pa.RecordBatch]:
    """Cut a stream of rows anew, between units.

    Args:
        batches: rows in which those of a unit follow one another.
        unit: column that says whose a row is; rows without belong together with no other.
        most: rows of a batch.

    Yields:
        The same rows in the same order; the cuts depend on the rows, and not on the batches they came in.
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while rows > most:
            whole = _joined(held)
            end = _last_end(whole.column(unit), most)
            yield whole.slice(0, end)
            held, rows = [whole.slice(end)], rows - end
    if rows:
        yield _joined(held)


def runs(batches: Iterable[pa.RecordBatch], column: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Cut each batch where the whole number in a column changes; yields that number and the rows that have it."""
    for batch in batches:
        start = 0
        ended = pc.run_end_encode(batch.column(column), run_end_type=pa.int32())
        for value, end in zip(ended.values.to_pylist(), ended.run_ends.to_pylist(), strict=True):
            yield value, batch.slice(start, end - start)
            start = end


def _joined(held: list[pa.RecordBatch]) -> pa.RecordBatch:
    return held[0] if len(held) == 1 else pa.concat_batches(held)


def _last_end(units: pa.Array, most: int) -> int:
    """Return after how many of the first rows, at most `most`, a unit ends; `most` where none does."""
    ends = pc.fill_null(pc.not_equal(units.slice(1, most), units.slice(0, most)), True)  # noqa: FBT003 - Arrow's own
    last = pc.max(pc.indices_nonzero(ends)).as_py()
    return most if last is None else last + 1
