"""CSV after RFC 4180: comma, double quotes, a header; read to the end even when faulty, so that all faults show."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from datalab.contract.model import Column
from ingest.limits import Limits
from ingest.readers.batches import batch_of, schema_of
from ingest.readers.header import column_positions
from ingest.readers.lines import open_bytes, read_lines
from ingest.reporting.faults import FaultKind, FaultTally, FileFault, UnreadableExtractError
from ingest.sealed.manifest import FileFormat


class CsvReader(Protocol):
    """What `csv.reader` returns; the module keeps the type to itself."""

    line_num: int

    def __next__(self) -> list[str]: ...


def read_csv(
    path: Path, file_format: FileFormat, columns: Sequence[Column], limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV file, plain or gzip; blank lines are passed over.

    Raises:
        UnreadableExtractError: at the end, with every fault; at once where the header is at fault.
    """
    csv.field_size_limit(limits.cell)
    tally = FaultTally()
    with open_bytes(path, file_format) as stream:
        reader = csv.reader(read_lines(stream, tally, limits), strict=True)
        header = next(_records(reader, tally), None)
        if header is None:
            tally.check_none()
            raise UnreadableExtractError(FileFault(kind=FaultKind.EMPTY, count=0))
        tally.check_none()
        positions = column_positions(header[1], columns, limits)
        schema, done = schema_of(columns), 0
        rows = _full_rows(_records(reader, tally), len(header[1]), tally)
        while chunk := list(itertools.islice(rows, limits.batch_rows)):
            if not tally:
                by_place = list(zip(*chunk, strict=True))
                yield batch_of(schema, done + 1, [by_place[place] for place in positions])
            done += len(chunk)
    tally.check_none()


def _records(reader: CsvReader, tally: FaultTally) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not a blank line, with the line it begins in."""
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The module tells its faults apart by text alone; the text holds no value, and goes no further.
            too_long = "field limit" in str(error)
            tally.add(FaultKind.LONG_CELL if too_long else FaultKind.QUOTES, line)
            continue
        if record:
            yield line, record


def _full_rows(records: Iterator[tuple[int, list[str]]], width: int, tally: FaultTally) -> Iterator[list[str]]:
    for line, record in records:
        if len(record) == width:
            yield record
        else:
            tally.add(FaultKind.RAGGED, line)
