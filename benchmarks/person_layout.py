"""Made-up events written as views lie, straight away: in buckets by person and sorted, without a shuffle of rows.

The rows are distributed as those of `events.generate` and drawn anew. Tables that are too large to be sorted in passing
are made so. The bucket of a person is Spark's: `pmod(hash(unit_id), buckets)`, by 32-bit Murmur3.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import pyarrow as pa
from events import BLOCK, CODES, REGIONS, ROWS_PER_PERSON, Made, zipf
from numpy.typing import NDArray
from pyarrow import parquet

_SEED = np.uint32(42)
"""Spark's own."""
_C1, _C2, _C3, _C4 = (np.uint32(word) for word in (0xCC9E2D51, 0x1B873593, 0x85EBCA6B, 0xC2B2AE35))
_WORD = 4  # bytes that Murmur3 takes at once


def bucket_of(texts: NDArray[np.bytes_], buckets: int) -> NDArray[np.int64]:
    """Return in which of so many buckets Spark puts each text; all are ASCII, of one length in whole words."""
    words = texts.view(np.uint8).reshape(len(texts), -1).view("<u4")
    state = np.full(len(texts), _SEED)
    for place in range(words.shape[1]):
        state = _rotate(state ^ (_rotate(words[:, place] * _C1, 15) * _C2), 13) * np.uint32(5) + np.uint32(0xE6546B64)
    state ^= np.uint32(words.shape[1] * _WORD)
    state = (state ^ (state >> np.uint32(16))) * _C3
    state = (state ^ (state >> np.uint32(13))) * _C4
    return (state ^ (state >> np.uint32(16))).view(np.int32).astype(np.int64) % buckets


def _rotate(word: NDArray[np.uint32], by: int) -> NDArray[np.uint32]:
    return (word << np.uint32(by)) | (word >> np.uint32(32 - by))


def write_by_person(made: Made) -> None:
    """Write the events of a table by person, the same for the same numbers; person 0 has the heavy rows."""
    dice = np.random.default_rng([made.rows, made.months, made.heavy, 2])
    count = max(1, made.rows // ROWS_PER_PERSON)
    people = np.array([sha256(str(person).encode()).hexdigest()[:32].encode() for person in range(count)])
    rows = dice.multinomial(made.rows, np.full(count, 1 / count))
    rows[0] += made.heavy
    bucket = bucket_of(people, made.buckets)
    made.laid("events").mkdir(parents=True)
    for number in range(made.buckets):
        own = np.flatnonzero(bucket == number)
        own = own[np.argsort(people[own])]
        file, writer = made.laid("events") / f"part-{number:05d}_{number:05d}.c000.snappy.parquet", None
        for table in _tables(made, dice, people[own], rows[own]):
            writer = writer or parquet.ParquetWriter(file, table.schema)
            writer.write_table(table, row_group_size=BLOCK // 4)
        if writer is not None:
            writer.close()


def _tables(
    made: Made, dice: np.random.Generator, people: NDArray[np.bytes_], rows: NDArray[np.int64]
) -> Iterator[pa.Table]:
    """Yield the rows of some people, in their order, about a block at a time."""
    regions, codes = zipf(len(REGIONS)), zipf(CODES)
    block = np.cumsum(rows) // BLOCK
    for number in np.unique(block):
        some = block == number
        size = int(rows[some].sum())
        months = dice.integers(0, made.months, size)
        yield pa.table(
            {
                "unit_id": _texts(np.repeat(np.arange(some.sum()), rows[some]), people[some].astype(str)),
                "region": _texts(dice.choice(len(REGIONS), size, p=regions), REGIONS),
                "month": _texts(months, made.month_labels),
                "amount": dice.lognormal(4.5, 1.0, size).astype(np.int64),
                "code": _texts(dice.choice(CODES, size, p=codes), [f"C{place:05d}" for place in range(CODES)]),
                "happened": pa.array(made.days(dice, months)),
            }
        )


def _texts(places: NDArray[np.int64], texts: object) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(texts, pa.string()))
