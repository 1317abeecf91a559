"""The first rows of a custodian's file, as text, for drafting a contract on their own machine."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from datalab.contract.drafting.value_types import DECIMAL
from datalab.errors import ExtractError

SAMPLE_ROWS = 1_000
"""Rows read: enough for types and likely roles, and read in a moment."""
Sample = Mapping[str, Sequence[str]]


def read_sample(path: Path, *, rows: int = SAMPLE_ROWS) -> Sample:
    """Read the first rows of an extract.

    Args:
        path: a CSV (`.csv`, `.csv.gz`), Parquet (`.parquet`) or JSON Lines (`.jsonl`, `.ndjson`, with or without
            `.gz`) file.
        rows: how many rows to read.

    Returns:
        Of each column its values as text, in order; missing values are empty.

    Raises:
        ExtractError: if the file is of another kind, cannot be read, or has no header row; says no value of it.
    """
    endings = [ending for ending in path.suffixes if ending != ".gz"]
    reader = READERS.get(endings[-1].casefold() if endings else "")
    if reader is None:
        raise ExtractError(
            f"{path.name} is not a kind of file that the lab reads.",
            remedy=f"Give it one of these endings: {', '.join(READERS)} (.gz where it is text).",
        )
    try:
        sample = reader(path, rows)
    except (OSError, EOFError, ValueError, csv.Error) as error:  # Arrow's errors are ValueErrors and OSErrors
        raise ExtractError(
            f"{path.name} cannot be read as {endings[-1]} ({type(error).__name__}).",
            why="It is missing, damaged, of another format, or not UTF-8 text.",
            remedy="Export it again as UTF-8 CSV with a header row, as Parquet, or as one JSON object a line.",
        ) from None
    _check_header(path, tuple(sample))
    return sample


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_csv(path: Path, rows: int) -> Sample:
    with _open(path) as file:
        lines = csv.reader(file, skipinitialspace=True)
        header = next(lines, [])
        if len(set(header)) < len(header):
            raise ExtractError(
                f"{path.name} has two columns of one name, or no header row.",
                remedy="Give every column a name of its own in the first row.",
            )
        table = [[*row, *[""] * len(header)] for row in islice(lines, rows)]
    return {name: [row[place] for row in table] for place, name in enumerate(header)}


def _read_json_lines(path: Path, rows: int) -> Sample:
    with _open(path) as file:
        records = [json.loads(line) for line in islice(file, rows) if line.strip()]
    if not all(isinstance(record, dict) for record in records):
        raise ValueError
    names = dict.fromkeys(str(name) for record in records for name in record)
    return {name: [_text(record.get(name)) for record in records] for name in names}


def _read_parquet(path: Path, rows: int) -> Sample:
    import pyarrow.parquet as pq  # noqa: PLC0415 - Arrow is large; a custodian with CSV files need not wait for it

    with pq.ParquetFile(path) as file:
        batch = next(file.iter_batches(batch_size=rows), None)
        names: Iterable[str] = file.schema_arrow.names
    columns: dict[str, list[Any]] = batch.to_pydict() if batch is not None else {name: [] for name in names}
    return {name: [_text(value) for value in values] for name, values in columns.items()}


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a file can hold
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, default=str)
        case _:
            return str(value)


READERS: Mapping[str, Callable[[Path, int], Sample]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
}
"""The reader of each ending."""


def _check_header(path: Path, names: Sequence[str]) -> None:
    """Refuse a file whose first row is data: its values would become column names of a contract."""
    if names and not any(not name.strip() or DECIMAL.fullmatch(name.strip()) for name in names):
        return
    raise ExtractError(
        f"{path.name} has no header row.",
        why="A name in its first row is blank or a number, so that row may be data.",
        remedy="Export it with the column names in the first row.",
    )
