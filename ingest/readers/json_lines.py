"""JSON Lines: one object a line; a name that is absent is a missing value."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from datalab.contract.model import Column
from ingest.limits import Limits
from ingest.readers.batches import batch_of, schema_of
from ingest.readers.lines import open_bytes, read_lines
from ingest.reporting.faults import FaultKind, FaultTally, FileFault, UnreadableExtractError
from ingest.sealed.manifest import FileFormat

Row = list[str | None]


class _RepeatedNameError(ValueError):
    """An object has one name twice: JSON readers disagree on what that means."""


def read_json_lines(path: Path, columns: Sequence[Column], limits: Limits) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a JSON Lines file; blank lines are passed over. Numbers keep the digits they are written with.

    Raises:
        UnreadableExtractError: at the end, with every fault.
    """
    tally, schema, done = FaultTally(), schema_of(columns), 0
    with open_bytes(path, FileFormat.JSON_LINES) as stream:
        rows = _rows(read_lines(stream, tally, limits), columns, tally, limits)
        while chunk := list(itertools.islice(rows, limits.batch_rows)):
            if not tally:
                yield batch_of(schema, done + 1, list(zip(*chunk, strict=True)))
            done += len(chunk)
    tally.check_none()
    if not done:
        raise UnreadableExtractError(FileFault(kind=FaultKind.EMPTY, count=0))


def _rows(lines: Iterator[str], columns: Sequence[Column], tally: FaultTally, limits: Limits) -> Iterator[Row]:
    names = [column.name for column in columns]
    known = frozenset(names)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(
                line, parse_float=str, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_object
            )
        except (ValueError, RecursionError):
            tally.add(FaultKind.NOT_JSON, number)
            continue
        if not isinstance(record, dict):
            tally.add(FaultKind.NOT_JSON, number)
            continue
        if fault := _fault_of(record, known, limits):
            tally.add(fault, number)
            continue
        yield [_text(record.get(name)) for name in names]


def _fault_of(record: dict[str, Any], known: frozenset[str], limits: Limits) -> FaultKind | None:
    if not known.issuperset(record):
        return FaultKind.UNKNOWN_COLUMN
    for value in record.values():
        if isinstance(value, dict | list):
            return FaultKind.NESTED
        if isinstance(value, str) and len(value) > limits.cell:
            return FaultKind.LONG_CELL
        if isinstance(value, str) and ("\0" in value or _has_surrogate(value)):
            return FaultKind.NUL if "\0" in value else FaultKind.NOT_UTF8  # an escape can smuggle both in
    return None


def _has_surrogate(value: str) -> bool:
    return not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise _RepeatedNameError
    return record


def _refuse_constant(name: str) -> NoReturn:
    # NaN and Infinity are no JSON (RFC 8259, section 6).
    raise ValueError(name)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
