"""Text cells as Arrow batches: one string column for each column of the contract, and `_row`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datalab.contract.model import Column

ROW = "_row"
"""Number of a row in its file, from 1: orders rows, and names one in a report without showing it."""

Cells = Sequence[str | None]


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return the schema of the batches of a contract's file."""
    return pa.schema([(ROW, pa.int64()), *((column.name, pa.string()) for column in columns)])


def batch_of(schema: pa.Schema, first_row: int, cells: Sequence[Cells | pa.Array]) -> pa.RecordBatch:
    """Make one batch from columns of cells in the schema's order; blank cells become missing ones."""
    arrays = [blank_to_missing(pa.array(column, pa.string())) for column in cells]
    length = len(arrays[0])
    rows = pa.array(range(first_row, first_row + length), pa.int64())
    return pa.RecordBatch.from_arrays([rows, *arrays], schema=schema)


def blank_to_missing(cells: pa.Array) -> pa.Array:
    """Return the cells with null in place of those that hold nothing but white space."""
    blank = pc.equal(pc.utf8_trim_whitespace(cells), "")
    return pc.if_else(blank, pa.scalar(None, pa.string()), cells)


def write_batches(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> int:
    """Write batches to one Parquet file.

    Returns:
        How many rows there were.
    """
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
