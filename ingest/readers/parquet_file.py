"""Parquet, read in small batches under a running byte count: the footer's sizes are the sender's word, not a fact.

A two-megabyte file can unpack to gigabytes. Text is read as dictionaries, so a long value that is repeated a million
times stands in memory once, and its real size is computed before it is written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datalab.contract.model import Column, LogicalType
from ingest.limits import Limits
from ingest.readers.batches import batch_of, schema_of
from ingest.readers.header import column_positions
from ingest.reporting.faults import FaultKind, FileFault, UnreadableExtractError

_THRIFT_BYTES = 16 * 2**20
_THRIFT_ITEMS = 1_000_000


def read_parquet(path: Path, columns: Sequence[Column], limits: Limits) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file as text cells; dates and timestamps in ISO 8601, or the column's own format.

    Raises:
        UnreadableExtractError: if it is no Parquet file, has other columns, nested ones, or unpacks to too much.
    """
    names = [column.name for column in columns]
    schema, done, total = schema_of(columns), 0, 0
    try:
        with _open(path, ()) as file:
            held = file.schema_arrow
        column_positions(held.names, columns, limits)
        _check_types(held, columns)
        with _open(path, [name for name in names if _is_text(held.field(name).type)]) as file:
            for batch in file.iter_batches(batch_size=limits.batch_rows, columns=names):
                total += sum(_check_cells(batch.column(name), limits) for name in names)
                if total > limits.plaintext:
                    raise UnreadableExtractError(FileFault(kind=FaultKind.TOO_LARGE, count=0))
                yield batch_of(schema, done + 1, [_text(batch.column(column.name), column) for column in columns])
                done += batch.num_rows
    except (pa.ArrowException, OSError):
        raise UnreadableExtractError(FileFault(kind=FaultKind.NOT_PARQUET, count=0)) from None


def _open(path: Path, as_dictionary: Sequence[str]) -> pq.ParquetFile:
    return pq.ParquetFile(
        path,
        read_dictionary=list(as_dictionary),
        thrift_string_size_limit=_THRIFT_BYTES,
        thrift_container_size_limit=_THRIFT_ITEMS,
    )


def _check_types(schema: pa.Schema, columns: Sequence[Column]) -> None:
    unread = tuple(column.name for column in columns if not _is_plain(schema.field(column.name).type))
    if unread:
        raise UnreadableExtractError(FileFault(kind=FaultKind.COLUMN_TYPE, count=len(unread), columns=unread))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        _is_text(value)
        or pa.types.is_integer(value)
        or pa.types.is_floating(value)
        or pa.types.is_decimal(value)
        or pa.types.is_boolean(value)
        or pa.types.is_date(value)
        or pa.types.is_timestamp(value)
        or pa.types.is_null(value)
    )


def _check_cells(cells: pa.Array, limits: Limits) -> int:
    """Return how many bytes the cells are, written out; refuse a value that is too long."""
    if not pa.types.is_dictionary(cells.type):
        return int(cells.nbytes)
    if not _is_text(cells.type.value_type):
        return int(cells.nbytes)
    lengths = pc.binary_length(cells.dictionary)
    longest = pc.max(lengths).as_py() or 0
    if longest > limits.cell:
        raise UnreadableExtractError(FileFault(kind=FaultKind.LONG_CELL, count=0))
    return int(pc.sum(lengths.take(cells.indices)).as_py() or 0)


def _text(cells: pa.Array, column: Column) -> pa.Array:
    """Return cells as text that `ingest.spark.typing` reads back to the same value."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if _is_text(cells.type):
        return _checked(cells)
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    elif pa.types.is_date(cells.type) or pa.types.is_timestamp(cells.type):
        return _moment(cells, column)
    return cells.cast(pa.string())


def _checked(cells: pa.Array) -> pa.Array:
    """Return text cells, refused if they are not UTF-8 (Parquet readers do not look) or hold a NUL."""
    try:
        cells.validate(full=True)
    except pa.ArrowInvalid:
        raise UnreadableExtractError(FileFault(kind=FaultKind.NOT_UTF8, count=0)) from None
    if pc.any(pc.match_substring(cells, "\0")).as_py():
        raise UnreadableExtractError(FileFault(kind=FaultKind.NUL, count=0))
    return cells.cast(pa.string())


def _moment(cells: pa.Array, column: Column) -> pa.Array:
    zoned = pa.types.is_timestamp(cells.type) and cells.type.tz is not None
    moments = cells.cast(pa.timestamp("us", "UTC" if zoned else None), safe=False)
    if column.date_format is not None:
        # Whole seconds: Arrow's %S would write the fraction too.
        return pc.strftime(moments.cast(pa.timestamp("s"), safe=False), format=column.date_format)
    if column.logical_type is LogicalType.DATE:
        return moments.cast(pa.date32(), safe=False).cast(pa.string())
    return moments.cast(pa.string())
