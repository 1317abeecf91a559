"""Case notes for the benchmark of many notes: as many as asked for, always the same."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "deidentify"
NOTES = 1_200
"""More than one block of the county has."""


@pytest.fixture
def county_notes(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark's module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("county_notes")


def test_each_row_has_a_note_and_its_persons_fields(county_notes: ModuleType, tmp_path: Path) -> None:
    """As many rows as asked for, under the contract's columns, numbered from 1; about 300 characters, none short."""
    county_notes.write_notes(tmp_path / "notes.parquet", NOTES)

    table = pq.read_table(tmp_path / "notes.parquet")

    assert table.column_names == ["_row", *(column.name for column in county_notes.notes_contract().columns)]
    assert table.column("_row").to_pylist() == list(range(1, NOTES + 1))
    lengths = [len(note) for note in table.column("case_note").to_pylist()]
    assert min(lengths) >= county_notes.SHORTEST
    assert 250 < sum(lengths) / NOTES < 350
    assert len(set(table.column("social_care_id").to_pylist())) < NOTES / 2


def test_fewer_notes_are_the_first_of_more(county_notes: ModuleType, tmp_path: Path) -> None:
    """A small run and a large one begin with the same rows."""
    for notes in (100, NOTES):
        county_notes.write_notes(tmp_path / f"{notes}.parquet", notes)

    few, many = (pq.read_table(tmp_path / f"{notes}.parquet") for notes in (100, NOTES))
    assert few.equals(many.slice(0, 100))
