"""Readers: each class of bad file is refused with its own reason, its lines and its counts, and never with a cell."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datalab.contract.model import Column, LogicalType, Role, Treatment
from datalab.errors import ExtractError
from ingest.limits import Limits
from ingest.readers.rows import format_of, read_rows
from ingest.reporting.faults import REMEDIES, FaultKind, UnreadableExtractError
from ingest.sealed.manifest import FileFormat

MARK = "ZZMARKZZ"
"""Stands in every bad file; must stand in no message."""
LIMITS = Limits(line=2_000, cell=1_000, plaintext=100_000, columns=10, batch_rows=3)


def column(name: str, kind: LogicalType = LogicalType.STRING) -> Column:
    """Return a column of a contract."""
    return Column(name=name, logical_type=kind, role=Role.ADMINISTRATIVE, treatment=Treatment.DROP)


COLUMNS = (column("id"), column("name"), column("born", LogicalType.DATE))


def read(path: Path, columns: tuple[Column, ...] = COLUMNS, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    """Read a whole file into rows."""
    batches = read_rows(path, format_of(path), columns, limits)
    return [row for batch in batches for row in batch.to_pylist()]


GOOD = [
    {"_row": 1, "id": "1", "name": "Ann, B", "born": "2001-02-03"},
    {"_row": 2, "id": "2", "name": 'say "hi"\nthere', "born": None},
    {"_row": 3, "id": "3", "name": None, "born": "x"},
    {"_row": 4, "id": "4", "name": "Zoë", "born": "2001-02-03"},
]
GOOD_CSV = 'born,id,name\n2001-02-03,1,"Ann, B"\n,2,"say ""hi""\nthere"\n\nx,3,  \n2001-02-03,4,Zoë\n'


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_csv_is_read_whatever_its_line_ends_and_column_order(tmp_path: Path, ends: str, bom: bytes) -> None:
    """Order of columns, a byte order mark, blank lines, line breaks in quotes: all are fine."""
    path = tmp_path / "x.csv"
    path.write_bytes(bom + GOOD_CSV.replace("\n", ends).encode())

    rows = read(path)

    assert [{**row, "name": row["name"] and row["name"].replace("\r", "")} for row in rows] == GOOD


def test_gzip_reads_like_the_file_in_it(tmp_path: Path) -> None:
    """A .csv.gz gives the rows of its .csv."""
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(GOOD_CSV.encode()))

    assert read(path) == GOOD


def test_json_lines_keep_the_digits_of_numbers(tmp_path: Path) -> None:
    """Numbers stay as written, absent names and nulls are missing, true is a word."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": 12345678901234567890.10, "name": true}\n\n{"born": null, "id": "a", "name": ""}\n')

    assert read(path) == [
        {"_row": 1, "id": "12345678901234567890.10", "name": "true", "born": None},
        {"_row": 2, "id": "a", "name": None, "born": None},
    ]


def test_parquet_types_become_text_that_reads_back(tmp_path: Path) -> None:
    """Integers, floats with NaN, categories, dates and timestamps come as canonical text."""
    import datetime as dt  # noqa: PLC0415 - the name is needed here only

    path = tmp_path / "x.parquet"
    moments = pa.array([dt.datetime(2001, 2, 3, 4, 5), None, dt.datetime(2001, 2, 4)])  # noqa: DTZ001 - as files hold them
    table = pa.table(
        {
            "id": pa.array([1.0, float("nan"), 3.5]),
            "name": pa.array(["a", "a", None]).dictionary_encode(),
            "born": moments,
        }
    )
    pq.write_table(table, path)

    assert [list(row.values())[1:] for row in read(path)] == [
        ["1", "a", "2001-02-03"],
        [None, "a", None],
        ["3.5", None, "2001-02-04"],
    ]
    as_stated = (COLUMNS[0], COLUMNS[1], replace(COLUMNS[2], date_format="%d/%m/%Y"))
    assert [row["born"] for row in read(path, as_stated)] == ["03/02/2001", None, "04/02/2001"]


HEADER = "id,name,born\n"
BAD_TEXT: dict[str, tuple[str, bytes, FaultKind, int, tuple[int, ...]]] = {
    "empty": ("csv", b"", FaultKind.EMPTY, 0, ()),
    "utf-16": ("csv", f"{HEADER}1,{MARK},\n".encode("utf-16"), FaultKind.OTHER_ENCODING, 0, ()),
    "latin-1": ("csv", f"{HEADER}1,é{MARK},\n2,ok,\n3,é,\n".encode("latin-1"), FaultKind.NOT_UTF8, 2, (2, 4)),
    "nul": ("csv", f"{HEADER}1,{MARK}\0,\n".encode(), FaultKind.NUL, 1, (2,)),
    "long line": ("csv", f"{HEADER}1,{MARK},\n{'x' * 9000}\n2,a,\n".encode(), FaultKind.LONG_LINE, 1, (3,)),
    "long cell": ("csv", f"{HEADER}1,{MARK}{'x' * 1500},\n".encode(), FaultKind.LONG_CELL, 1, (2,)),
    "bare returns": ("csv", f"{HEADER}1,{MARK},\n".replace("\n", "\r").encode(), FaultKind.LINE_ENDS, 0, ()),
    "quote inside": ("csv", f'{HEADER}1,"{MARK}"x,\n2,b,\n'.encode(), FaultKind.QUOTES, 1, (2,)),
    "unclosed quote": ("csv", f'{HEADER}1,a,\n2,"{MARK},\n'.encode(), FaultKind.QUOTES, 1, (3,)),
    "ragged": (
        "csv",
        f"{HEADER}1,{MARK}\n2,a,b\n3,a,b,c\n".encode() + b"4,a\n" * 7,
        FaultKind.RAGGED,
        9,
        (2, 4, 5, 6, 7),
    ),
    "ragged after a line break": ("csv", f'{HEADER}1,"a\n{MARK}",b\n2\n'.encode(), FaultKind.RAGGED, 1, (4,)),
    "repeated column": ("csv", b"id,name,born,name\n", FaultKind.REPEATED_COLUMN, 1, (4,)),
    "missing column": ("csv", f"id,born\n1,{MARK}\n".encode(), FaultKind.MISSING_COLUMN, 1, ()),
    "unknown column": ("csv", f"id,name,born,{MARK}\n".encode(), FaultKind.UNKNOWN_COLUMN, 1, (4,)),
    "no header": ("csv", f"7,{MARK},2001-01-01\n".encode(), FaultKind.UNKNOWN_COLUMN, 3, (1, 2, 3)),
    "semicolons": ("csv", f"id;name;born\n1;{MARK};\n".encode(), FaultKind.UNKNOWN_COLUMN, 1, (1,)),
    "many columns": ("csv", b",".join(b"c%d" % n for n in range(20)) + b"\n", FaultKind.MANY_COLUMNS, 20, ()),
    "too large": ("csv", HEADER.encode() + f"1,{MARK},\n".encode() * 10_000, FaultKind.TOO_LARGE, 0, ()),
    "no gzip": ("csv.gz", f"{HEADER}1,{MARK},\n".encode(), FaultKind.NOT_GZIP, 0, ()),
    "cut gzip": ("csv.gz", gzip.compress(f"{HEADER}1,{MARK},\n".encode())[:-9], FaultKind.NOT_GZIP, 0, ()),
    "gzip bomb": ("csv.gz", gzip.compress(HEADER.encode() + b"\0" * 5_000_000), FaultKind.TOO_LARGE, 0, ()),
    "not json": ("jsonl", f'{{"id": "{MARK}"\n{{"id": 1}}\n[1]\nNaN\n'.encode(), FaultKind.NOT_JSON, 3, (1, 3, 4)),
    "repeated name": ("jsonl", f'{{"id": 1, "id": "{MARK}"}}\n'.encode(), FaultKind.NOT_JSON, 1, (1,)),
    "nested": ("jsonl", f'{{"id": ["{MARK}"]}}\n'.encode(), FaultKind.NESTED, 1, (1,)),
    "unknown name": ("jsonl", f'{{"{MARK}": 1}}\n'.encode(), FaultKind.UNKNOWN_COLUMN, 1, (1,)),
    "escaped nul": ("jsonl", b'{"name": "a\\u0000b"}\n', FaultKind.NUL, 1, (1,)),
    "half a surrogate": ("jsonl", b'{"name": "a\\ud800b"}\n', FaultKind.NOT_UTF8, 1, (1,)),
    "empty json": ("jsonl", b"\n", FaultKind.EMPTY, 0, ()),
    "no parquet": ("parquet", f"{HEADER}{MARK}".encode(), FaultKind.NOT_PARQUET, 0, ()),
}


@pytest.mark.parametrize("bad", BAD_TEXT.values(), ids=BAD_TEXT)
def test_a_bad_file_is_refused_for_its_reason(
    tmp_path: Path, bad: tuple[str, bytes, FaultKind, int, tuple[int, ...]]
) -> None:
    """The fault is named, counted, placed by line; no cell stands in the message, its parts or its chain."""
    ending, content, kind, count, lines = bad
    path = tmp_path / f"x.{ending}"
    path.write_bytes(content)

    with pytest.raises(UnreadableExtractError) as refusal:
        read(path)

    fault = refusal.value.faults[-1]
    assert (fault.kind, fault.count, fault.lines) == (kind, count, lines)
    # Where columns are unknown, those of the contract can be missing too; nothing else comes in company.
    assert all(other.kind is FaultKind.MISSING_COLUMN for other in refusal.value.faults[:-1])
    everything = f"{refusal.value!r} {refusal.value} {fault.document()} {refusal.value.__cause__!r}"
    assert MARK not in everything
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    """A custodian mends a file once, not once a fault."""
    path = tmp_path / "x.csv"
    path.write_bytes(f"{HEADER}1\n2,é,\n".encode("latin-1") + b'3,a\0,\n4,"x"y,\n')

    with pytest.raises(UnreadableExtractError) as refusal:
        read(path)

    kinds = {fault.kind for fault in refusal.value.faults}
    assert kinds == {FaultKind.RAGGED, FaultKind.NOT_UTF8, FaultKind.NUL, FaultKind.QUOTES}


def nested(path: Path) -> None:
    """Write a nested column."""
    pq.write_table(pa.table({"id": [[1]], "name": ["a"], "born": ["b"]}), path)


def binary(path: Path) -> None:
    """Write a column of bytes."""
    pq.write_table(pa.table({"id": [b"1"], "name": [MARK], "born": ["b"]}), path)


def not_utf8(path: Path) -> None:
    """Write text that is none: Parquet's writers do not look."""
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    pq.write_table(pa.table({"id": ["1"], "name": bad, "born": [MARK]}), path)


def bomb(path: Path) -> None:
    """Write 200 MB of repeats as a few kilobytes."""
    text = pa.array([MARK * 100] * 250_000).dictionary_encode()
    pq.write_table(pa.table({"id": text, "name": text, "born": text}), path, compression="zstd")


def long_value(path: Path) -> None:
    """Write one value of 5,000 characters."""
    pq.write_table(pa.table({"id": ["1"], "name": [MARK * 700], "born": ["b"]}), path)


def other_columns(path: Path) -> None:
    """Write a file that lacks a column."""
    pq.write_table(pa.table({"id": ["1"], "name": [MARK]}), path)


BAD_PARQUET = {
    other_columns: FaultKind.MISSING_COLUMN,
    nested: FaultKind.COLUMN_TYPE,
    binary: FaultKind.COLUMN_TYPE,
    not_utf8: FaultKind.NOT_UTF8,
    bomb: FaultKind.TOO_LARGE,
    long_value: FaultKind.LONG_CELL,
}


@pytest.mark.parametrize(("write", "kind"), BAD_PARQUET.items())
def test_bad_parquet_is_refused(tmp_path: Path, write: Any, kind: FaultKind) -> None:
    """Nested, binary, mis-encoded, exploding: refused before it fills memory."""
    path = tmp_path / "x.parquet"
    write(path)

    with pytest.raises(UnreadableExtractError) as refusal:
        read(path)

    assert [fault.kind for fault in refusal.value.faults] == [kind]
    assert MARK not in str(refusal.value)


def test_every_fault_has_a_remedy() -> None:
    """No kind of fault leaves a custodian without a next step."""
    assert set(REMEDIES) == set(FaultKind)
    assert all(what and remedy for what, remedy in REMEDIES.values())


def test_other_endings_are_refused(tmp_path: Path) -> None:
    """A spreadsheet is refused by name, with the formats that are read."""
    assert format_of(tmp_path / "A.CSV.GZ") is FileFormat.CSV_GZ
    with pytest.raises(ExtractError, match=r"\.parquet"):
        format_of(tmp_path / "x.xlsx")


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.jsonl", "x.parquet"])
def test_a_file_without_rows_is_refused(tmp_path: Path, name: str) -> None:
    """A full extract without rows would empty its dataset; the custodian is told instead."""
    path = tmp_path / name
    header = b"born,id,name\n"
    if name.endswith("parquet"):
        pq.write_table(pa.table({each.name: pa.array([], pa.string()) for each in COLUMNS}), path)
    else:
        path.write_bytes(gzip.compress(header) if name.endswith("gz") else b"\n" if name.endswith("jsonl") else header)

    with pytest.raises(UnreadableExtractError, match=r"no rows|empty"):
        read(path)
