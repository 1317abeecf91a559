"""One way to read any extract: its format and its contract's columns in, batches of text cells out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

import pyarrow as pa

from datalab.contract.model import Column
from datalab.errors import ExtractError
from ingest.limits import Limits
from ingest.readers.csv_file import read_csv
from ingest.readers.json_lines import read_json_lines
from ingest.readers.parquet_file import read_parquet
from ingest.reporting.faults import FaultKind, FileFault, UnreadableExtractError
from ingest.sealed.manifest import FileFormat


def read_rows(
    path: Path, file_format: FileFormat, columns: Sequence[Column], limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of an extract in order, as `_row` and one text column for each column of the contract.

    Raises:
        UnreadableExtractError: with every fault found.
    """
    rows = 0
    for batch in _batches(path, file_format, columns, limits):
        rows += batch.num_rows
        yield batch
    if not rows:
        # A full extract without rows would empty the dataset without a word; one that adds nothing has nothing to say.
        raise UnreadableExtractError(FileFault(kind=FaultKind.NO_ROWS, count=0))


def _batches(
    path: Path, file_format: FileFormat, columns: Sequence[Column], limits: Limits
) -> Iterator[pa.RecordBatch]:
    match file_format:
        case FileFormat.CSV | FileFormat.CSV_GZ:
            return read_csv(path, file_format, columns, limits)
        case FileFormat.JSON_LINES:
            return read_json_lines(path, columns, limits)
        case FileFormat.PARQUET:
            return read_parquet(path, columns, limits)
        case _:
            assert_never(file_format)


def format_of(path: Path) -> FileFormat:
    """Return the format that a file's name states.

    Raises:
        ExtractError: if the lab does not read files of that name.
    """
    for file_format in (FileFormat.CSV_GZ, FileFormat.CSV, FileFormat.PARQUET, FileFormat.JSON_LINES):
        if path.name.lower().endswith(f".{file_format.value}"):
            return file_format
    raise ExtractError(
        f"{path.name} is not of a format that the lab reads.",
        remedy=f"Send one of: {', '.join(f'.{each.value}' for each in FileFormat)}.",
    )
