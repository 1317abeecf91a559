"""Extracts as files, one writer a format, each holding no more than a block or one row group.

The same rows always give the same bytes (gzip carries no time and no name), so a county can be compared by its digests.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from datalab.sample.agencies.register import Row
from datalab.sample.lives.calendar import Period

ROW_GROUP = 50_000
"""Rows gathered, as Arrow and not as Python objects, before a Parquet row group is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleExtract:
    """One file of one agency."""

    dataset: str
    path: Path
    period: Period
    rows: int


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Writes one object; `json.dump` to a stream would do it in Python, five times slower."""


class Writer(Protocol):
    """Appends rows to one file."""

    def write(self, rows: list[Row]) -> None:
        """Append rows whose keys are among the file's columns."""


class _CsvWriter:
    def __init__(self, stream: TextIO, columns: tuple[str, ...]) -> None:
        self._writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="raise")
        self._writer.writeheader()

    def write(self, rows: list[Row]) -> None:
        self._writer.writerows(rows)


class _JsonLinesWriter:
    def __init__(self, stream: TextIO, columns: tuple[str, ...]) -> None:
        self._stream = stream
        self._columns = columns

    def write(self, rows: list[Row]) -> None:
        for row in rows:
            self._stream.write(_json({column: row[column] for column in self._columns}) + "\n")


class _ParquetWriter:
    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._batches: list[pa.RecordBatch] = []
        self._held = 0

    def write(self, rows: list[Row]) -> None:
        self._batches.append(pa.RecordBatch.from_pylist(rows, schema=self._schema))
        self._held += len(rows)
        if self._held >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        if self._held:
            # Combined first: a row group of a thousand small chunks would be written a thousand pages at a time.
            table = pa.Table.from_batches(self._batches, schema=self._schema).combine_chunks()
            self._writer.write_table(table, row_group_size=ROW_GROUP)
        self._batches, self._held = [], 0


@contextmanager
def open_extract(path: Path, columns: tuple[str, ...], types: dict[str, type]) -> Iterator[Writer]:
    """Open a file for rows; its suffix (`.csv`, `.csv.gz`, `.jsonl`, `.parquet`) decides the format.

    Args:
        path: file to write; one that exists is overwritten.
        columns: every column, in order.
        types: columns of a typed format that are no text.
    """
    match path.suffix:
        case ".csv":
            with path.open("w", encoding="utf-8", newline="") as stream:
                yield _CsvWriter(stream, columns)
        case ".gz":
            with (
                path.open("wb") as raw,
                gzip.GzipFile(fileobj=raw, filename="", mode="wb", mtime=0, compresslevel=6) as packed,
                io.TextIOWrapper(packed, encoding="utf-8", newline="") as stream,
            ):
                yield _CsvWriter(stream, columns)
        case ".jsonl":
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                yield _JsonLinesWriter(stream, columns)
        case ".parquet":
            schema = pa.schema([(column, _ARROW[types.get(column, str)]) for column in columns])
            with pq.ParquetWriter(path, schema, compression="zstd") as parquet:
                writer = _ParquetWriter(parquet, schema)
                yield writer
                writer.flush()
        case _:
            raise AssertionError(f"no writer for {path.suffix}")


_ARROW = {str: pa.string(), int: pa.int32(), bool: pa.bool_(), date: pa.date32()}


def json_lines(stream: TextIO, things: Iterable[dict[str, object]]) -> None:
    """Append one JSON object a line."""
    stream.writelines(_json(thing) + "\n" for thing in things)
