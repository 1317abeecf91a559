"""Samples of a custodian's file: the first rows as text, or a refusal without a value in it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datalab.contract.drafting.sample_file import read_sample
from datalab.errors import ExtractError

EXPECTED = {"name": ["Zoë", "", "Li"], "age": ["7", "80", ""]}
CSV = "name,age\nZoë,7\n,80\nLi,\n"
JSON_LINES = '{"name": "Zoë", "age": 7}\n{"name": null, "age": 80}\n{"name": "Li"}\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", CSV.encode()),
        ("x.csv", CSV.encode("utf-8-sig")),
        ("2022.10.csv.gz", gzip.compress(CSV.encode())),
        ("x.jsonl", JSON_LINES.encode()),
        ("x.ndjson.gz", gzip.compress(JSON_LINES.encode())),
    ],
    ids=["csv", "csv with a mark", "csv.gz", "jsonl", "ndjson.gz"],
)
def test_text_files_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    """Each kind of text file gives columns of text, with blanks for missing values."""
    (tmp_path / name).write_bytes(content)

    assert read_sample(tmp_path / name) == EXPECTED


def test_parquet_is_read(tmp_path: Path) -> None:
    """A Parquet file gives the same."""
    pq.write_table(pa.table({"name": ["Zoë", None, "Li"], "age": [7, 80, None]}), tmp_path / "x.parquet")

    assert read_sample(tmp_path / "x.parquet") == EXPECTED


def test_only_the_first_rows_are_read(tmp_path: Path) -> None:
    """No more rows are read than were asked for."""
    (tmp_path / "x.csv").write_text(CSV)

    assert read_sample(tmp_path / "x.csv", rows=1) == {"name": ["Zoë"], "age": ["7"]}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.xlsx", b"SECRETVALUE", "not a kind of file"),
        ("x.csv", b"a,b\n\xff\xfeSECRETVALUE,1\n", "cannot be read"),
        ("x.csv", "a,b\nSECRETVALUE,1\n".encode("utf-16"), "cannot be read"),
        ("x.csv.gz", b"SECRETVALUE", "cannot be read"),
        ("x.parquet", b"SECRETVALUE", "cannot be read"),
        ("x.jsonl", b"SECRETVALUE", "cannot be read"),
        ("x.jsonl", b'["SECRETVALUE"]', "cannot be read"),
        ("x.csv", b"SECRETVALUE,42\nSECRETVALUE,43\n", "no header row"),
        ("x.csv", b"SECRETVALUE,SECRETVALUE\n", "two columns of one name"),
        ("x.csv", b"", "no header row"),
    ],
)
def test_a_file_that_is_no_extract_is_refused_without_a_value(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """The refusal says what is wrong, and neither it nor its causes repeat anything of the file."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ExtractError, match=says) as refused:
        read_sample(tmp_path / name)

    assert "SECRETVALUE" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
