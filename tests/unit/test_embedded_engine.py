from __future__ import annotations

import os
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyarrow import parquet

from datalab.engine.choice import ChosenEngine
from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import CountRows

MARK = "QXVALUE"


def table(folder: Path, rows: list[Row]) -> TableRef:
    """Write offences and return where they lie."""
    return TableRef(path=write(None, folder, "offences", rows, buckets=0), buckets=0, schema=SCHEMAS["offences"])


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{outside}')",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
    ],
)
def test_a_statement_reaches_nothing_but_the_view(statement: str, tmp_path: Path) -> None:
    """Other files, extensions and settings are refused on the engine's connection, which reads the view's folder."""
    outside = tmp_path / "outside.txt"
    outside.write_text(MARK)
    scratch, view = tmp_path / "scratch", tmp_path / "view"
    scratch.mkdir()
    view.mkdir()
    parquet.write_table(pa.table({"x": [1]}), view / "part.parquet")

    with EmbeddedEngine(scratch=scratch)._connection([view]) as connection:
        assert connection.execute("SELECT x FROM read_parquet($file)", {"file": str(view / "part.parquet")}).fetchall()
        with pytest.raises(duckdb.Error):
            connection.execute(statement.format(outside=outside)).fetchall()

    assert outside.read_text() == MARK


def test_a_failure_tells_nothing_of_the_data(tmp_path: Path) -> None:
    """Where the files are not what the contract says, the error names the kind of failure and quotes no value."""
    folder = tmp_path / "offences"
    folder.mkdir()
    columns = {name: [MARK] for name in ("unit_id", "kind", "minutes")}
    parquet.write_table(pa.table(columns), folder / "part.parquet")
    plan = plan_of(question(CountRows(), by=[ref("kind")], where=None))
    asked = plan_of(question(by=[ref("grade")]))
    ref_table = TableRef(path=folder, buckets=0, schema=SCHEMAS["offences"])

    assert EmbeddedEngine(scratch=tmp_path).cells(plan, {"offences": ref_table}).vectors == {"rows": (0, 0, 0)}
    with pytest.raises(InternalError) as raised:
        EmbeddedEngine(scratch=tmp_path).cells(asked, {"offences": ref_table})

    assert MARK not in str(raised.value)
    assert raised.value.__cause__ is None


def test_what_does_not_fit_in_memory_spills_and_is_removed(tmp_path: Path) -> None:
    """A table far beyond the engine's memory is answered, by way of a scratch folder that is empty afterwards."""
    scratch, folder, rows = tmp_path / "scratch", tmp_path / "offences", 1_500_000
    scratch.mkdir()
    folder.mkdir()
    dice = np.random.default_rng(1)
    columns = {
        "unit_id": pa.array([f"{number:032x}" for number in dice.permutation(rows)]),
        "kind": pa.array(np.array(["arson", "theft"])[dice.integers(0, 2, rows)]),
    }
    parquet.write_table(pa.table(columns), folder / "part.parquet")
    plan = plan_of(question(by=[ref("kind")], rows_per_unit=1, rows_per_cell=1))
    engine = EmbeddedEngine(scratch=scratch, memory="100MB", threads=1)

    cells = engine.cells(plan, {"offences": TableRef(path=folder, buckets=0, schema=SCHEMAS["offences"])})

    assert sum(cells.vectors["rows"]) == rows
    assert list(scratch.iterdir()) == []


def test_a_unit_with_very_many_rows_is_cut_like_any_other(tmp_path: Path) -> None:
    """One unit with 200,000 rows over all cells counts R of them."""
    kinds = ("arson", "burglary", "theft")
    rows = [offence("u1", kind=kinds[i % 3], minutes=i % 400) for i in range(200_000)]
    plan = plan_of(question(by=[ref("kind")], rows_per_unit=7, rows_per_cell=3))

    cells = EmbeddedEngine(scratch=tmp_path).cells(plan, {"offences": table(tmp_path, rows)})

    assert sorted(cells.vectors["rows"]) == [1, 3, 3]


class Named:
    """An engine that answers with its own number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def cells(self, _plan: Plan, _tables: object) -> Cells:
        """Return one vector."""
        return Cells(vectors={"rows": (self.number,)})


@pytest.mark.parametrize(
    ("rows", "most", "chosen"),
    [([5, 5], 10, 1), ([5, 6], 10, 2), ([None, 5], 10, 2), ([0], -1, 2), ([10**12], 10**18, 1)],
)
def test_the_engine_goes_by_the_rows_of_all_tables(rows: list[int | None], most: int, chosen: int) -> None:
    """Tables that together have at most so many rows are computed in this process; larger or unknown ones on Spark."""
    engine = ChosenEngine(embedded=lambda: Named(1), spark=lambda: Named(2), most_rows=most)
    tables = {
        str(i): TableRef(path=Path(os.devnull), buckets=0, schema=SCHEMAS["offences"], rows=n)
        for i, n in enumerate(rows)
    }

    assert engine.cells(plan_of(question()), tables).vectors["rows"] == (chosen,)
