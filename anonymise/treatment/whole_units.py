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
MOST_BYTES: Final = 32 * 2**20
"""Bytes of text of a batch, or its memory would grow with the texts: 500 judgments, and some 60,000 notes. A unit with
more is cut in the same way."""


def whole_units(
    batches: Iterable[pa.RecordBatch], unit: str, *, most: int = MOST, most_bytes: int = MOST_BYTES
) -> Iterator[pa.RecordBatch]:
    """Cut a stream of rows anew, between units.

    Args:
        batches: rows in which those of a unit follow one another.
        unit: column that says whose a row is; rows without belong together with no other.
        most: rows of a batch.
        most_bytes: bytes of its columns of text; one row may have more.

    Yields:
        The same rows in the same order; the cuts depend on the rows, and not on the batches they came in.
    """
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        size += _total(_sizes(batch))
        while rows > 1 and (rows > most or size > most_bytes):
            whole = _joined(held)
            sizes = _sizes(whole)
            fitting = _total(pc.less_equal(pc.cumulative_sum(sizes), most_bytes))
            end = _last_end(whole.column(unit), min(most, max(1, fitting)))
            yield whole.slice(0, end)
            held, rows, size = [whole.slice(end)], rows - end, size - _total(sizes.slice(0, end))
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


def _sizes(batch: pa.RecordBatch) -> pa.Array:
    """Return of each row the bytes of its texts."""
    sizes = pa.array([0] * batch.num_rows, pa.int64())
    for column in batch.columns:
        if pa.types.is_string(column.type):
            sizes = pc.add(sizes, pc.fill_null(pc.binary_length(column), 0))
    return sizes


def _total(numbers: pa.Array) -> int:
    return pc.sum(numbers).as_py() or 0


def _joined(held: list[pa.RecordBatch]) -> pa.RecordBatch:
    return held[0] if len(held) == 1 else pa.concat_batches(held)


def _last_end(units: pa.Array, most: int) -> int:
    """Return after how many of the first rows, at most `most`, a unit ends; `most` where none does."""
    ends = pc.fill_null(pc.not_equal(units.slice(1, most), units.slice(0, most)), True)  # noqa: FBT003 - Arrow's own
    last = pc.max(pc.indices_nonzero(ends)).as_py()
    return most if last is None else last + 1
