from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyarrow import parquet

from datalab.engine.choice import ChosenEngine
from datalab.engine.embedded import kept
from datalab.engine.embedded.aggregate import program
from datalab.engine.embedded.arrays import numbered
from datalab.engine.embedded.bounding import WORDS
from datalab.engine.embedded.engine import EmbeddedEngine, _prepare
from datalab.engine.reference import ReferenceEngine
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import Compare, CountRows, Operator, Question, Ratio, Sum

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

    with EmbeddedEngine(scratch=scratch)._connection([view], "2GB") as connection:
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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[duckdb.DuckDBPyConnection]:
    """Return a list that grows by each connection that is opened."""
    connections: list[duckdb.DuckDBPyConnection] = []
    connect = duckdb.connect

    def noted(name: str) -> duckdb.DuckDBPyConnection:
        connections.append(connect(name))
        return connections[-1]

    monkeypatch.setattr(duckdb, "connect", noted)
    return connections


def closed(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a connection, and all that it held, is gone."""
    try:
        connection.execute("SELECT 1").fetchall()
    except duckdb.ConnectionException:
        return True
    return False


ROWS = [offence(unit, kind=kind, minutes=m) for unit in ("u1", "u2") for kind in ("arson", "theft") for m in (1, 2, 3)]


def share_below(minutes: int) -> Ratio:
    """Return the share of rows with fewer minutes."""
    less = Compare(column=ref("minutes"), operator=Operator.LT, value=minutes)
    return Ratio(top=CountRows(where=less), bottom=CountRows(), name="share")


BY_KIND = question(by=[ref("kind")], rows_per_unit=6, rows_per_cell=3)


@pytest.mark.parametrize(
    ("other", "made_anew"),
    [
        (replace(BY_KIND, rows_per_unit=3), False),
        (replace(BY_KIND, rows_per_cell=1), False),
        (replace(BY_KIND, rho=Fraction(1, 7)), False),
        (question(by=[ref("kind")], where=Compare(column=ref("minutes"), operator=Operator.LT, value=3)), True),
        (question(by=[ref("age_band")]), True),
        (question(Sum(column=ref("minutes"), name="minutes"), by=[ref("kind")]), True),
        (question(share_below(3), by=[ref("kind")]), True),
    ],
)
def test_rows_are_kept_for_questions_that_read_the_same(
    other: Question, *, made_anew: bool, tmp_path: Path, opened: list[duckdb.DuckDBPyConnection]
) -> None:
    """Other bounds and another budget use the rows of the question before; other columns or conditions replace them."""
    tables, engine = {"offences": table(tmp_path, ROWS)}, EmbeddedEngine(scratch=tmp_path)

    for asked in (BY_KIND, other, other):
        plan = plan_of(asked)
        assert engine.cells(plan, tables) == ReferenceEngine().cells(plan, {"offences": ROWS})

    assert [closed(one) for one in opened] == ([True, False] if made_anew else [False])


def test_statements_of_one_text_are_told_apart(tmp_path: Path) -> None:
    """Questions whose statements differ only in what is bound to them, or in the listed labels, share no rows."""
    rows = [row | {"code": f"C{(place > 0) + (place > 3)}"} for place, row in enumerate(ROWS)]
    tables, engine = {"offences": table(tmp_path, rows)}, EmbeddedEngine(scratch=tmp_path)
    less = [Compare(column=ref("kind"), operator=Operator.NE, value=value) for value in ("arson", "theft")]
    found_out = plan_of(question(by=[ref("code")], discover=ref("code"), rows_per_unit=6, rows_per_cell=3))
    plans = [plan_of(question(by=[ref("kind")], where=where)) for where in less]
    plans += [plan_of(question(share_below(minutes), by=[ref("kind")])) for minutes in (2, 3)]
    plans += [
        replace(found_out.with_values(values), discovery=None) for values in (("C0", "C1"), ("C1", "C2"), ("C2", "C1"))
    ]

    for plan in plans:
        assert engine.cells(plan, tables) == ReferenceEngine().cells(plan, {"offences": rows})


def test_values_found_out_leave_the_kept_rows_alone(tmp_path: Path, opened: list[duckdb.DuckDBPyConnection]) -> None:
    """Which values are told differs by noise each time, so their rows take no other question's place."""
    rows = [row | {"code": f"C{place % 3}"} for place, row in enumerate(ROWS)]
    tables, engine = {"offences": table(tmp_path, rows)}, EmbeddedEngine(scratch=tmp_path)
    found_out = plan_of(question(by=[ref("code")], discover=ref("code"), rows_per_unit=6, rows_per_cell=3))

    for plan in (plan_of(BY_KIND), found_out.with_values(("C0", "C2")), plan_of(BY_KIND)):
        assert engine.cells(plan, tables) == ReferenceEngine().cells(plan, {"offences": rows})

    assert [closed(one) for one in opened] == [False, True]


@pytest.mark.parametrize("keep", [False, True])
def test_no_row_s_text_is_cast(*, keep: bool, tmp_path: Path) -> None:
    """Groups are looked up by a join: a cast that fails takes 100 times longer, and most texts may be unlisted."""
    plan = plan_of(question(by=[ref("kind"), ref("code")], discover=ref("code")))
    written = program(plan.with_values(("C0", "C1")), {"offences": (tmp_path / "part.parquet",)}, numbered=keep)

    assert set(written.labels.values()) == {("arson", "burglary", "theft"), ("C0", "C1")}
    for statement in (*written.base, *(one.statement for one in written.rounds)):
        assert "TRY_CAST" not in statement.text
        assert statement.text.count("LEFT JOIN labels_") in (0, 2)


def test_rows_of_changed_files_are_not_used(tmp_path: Path) -> None:
    """The same question counts what lies in the files now."""
    tables, engine, plan = {"offences": table(tmp_path, ROWS)}, EmbeddedEngine(scratch=tmp_path), plan_of(BY_KIND)
    before = engine.cells(plan, tables)
    changed = [row | {"kind": "theft"} if row["kind"] == "arson" else row | {"kind": "arson"} for row in ROWS[:-1]]

    shutil.rmtree(tables["offences"].path)
    table(tmp_path, [*changed, ROWS[-1]])
    after = engine.cells(plan, tables)

    assert after == ReferenceEngine().cells(plan, {"offences": [*changed, ROWS[-1]]})
    assert after != before


@pytest.mark.parametrize(
    ("bound", "value", "keeps"), [("MOST_BYTES", 10, False), ("MOST_ROWS", 11, False), (None, 0, True)]
)
def test_no_more_than_the_bound_is_kept(
    bound: str | None,
    value: int,
    *,
    keeps: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: list[duckdb.DuckDBPyConnection],
) -> None:
    """Rows that need more memory than is allowed, or are too many, are gone once the question is answered."""
    if bound is not None:
        monkeypatch.setattr(kept, bound, value)
    plan = plan_of(BY_KIND)

    cells = EmbeddedEngine(scratch=tmp_path).cells(plan, {"offences": table(tmp_path, ROWS)})

    assert cells == ReferenceEngine().cells(plan, {"offences": ROWS})
    assert [closed(one) for one in opened] == [not keeps]


def test_an_engine_that_is_to_keep_nothing_keeps_nothing(
    tmp_path: Path, opened: list[duckdb.DuckDBPyConnection]
) -> None:
    """As of a worker of Spark's, whose folder is gone after its task."""
    plan = plan_of(BY_KIND)
    cells = EmbeddedEngine(scratch=tmp_path, keeps=False).cells(plan, {"offences": table(tmp_path, ROWS)})

    assert cells == ReferenceEngine().cells(plan, {"offences": ROWS})
    assert opened
    assert all(map(closed, opened))


def test_questions_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Many threads that ask one engine, of the same rows and of others, all get their own answers."""
    tables, engine = {"offences": table(tmp_path, ROWS)}, EmbeddedEngine(scratch=tmp_path, threads=1)
    asked = [question(by=[ref(by)], rows_per_unit=most, rows_per_cell=1) for by in ("kind", "ward") for most in (1, 2)]
    plans = [plan_of(one) for one in asked] * 10

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda plan: engine.cells(plan, tables), plans))

    assert found == [ReferenceEngine().cells(plan, {"offences": ROWS}) for plan in plans]


def test_nothing_is_kept_of_a_failed_question(tmp_path: Path, opened: list[duckdb.DuckDBPyConnection]) -> None:
    """Where a statement fails, its connection is closed, and the next question is answered."""
    tables, engine, plan = {"offences": table(tmp_path, ROWS)}, EmbeddedEngine(scratch=tmp_path), plan_of(BY_KIND)
    engine.cells(plan, tables)
    opened[0].execute("DROP TABLE base").fetchall()

    with pytest.raises(InternalError):
        engine.cells(plan, tables)

    assert closed(opened[0])
    assert engine.cells(plan, tables) == ReferenceEngine().cells(plan, {"offences": ROWS})


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


def test_units_beyond_a_bound_are_ordered_by_their_text(tmp_path: Path) -> None:
    """Rows hold numbers for units, and still the hash order goes by their text: as the reference's, salt by salt."""
    rows = [offence(f"u{i}", kind=kind) for i in range(9) for kind in ("arson", "theft", "burglary")]
    path = write(None, tmp_path, "offences", rows, buckets=0)
    table = TableRef(path=path, buckets=0, schema=SCHEMAS["offences"])
    engine = EmbeddedEngine(scratch=tmp_path)
    for salt in range(20):
        for cap, most in ((1, 1), (1, 2), (2, 2)):
            asked = question(by=[ref("kind")], rows_per_unit=most, rows_per_cell=cap)
            plan = replace(plan_of(asked), salt=salt)

            assert engine.cells(plan, {"offences": table}) == ReferenceEngine().cells(plan, {"offences": rows})


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("cap", [2, 3])
def test_units_with_a_full_cell_are_never_passed_over(
    *, cap: int, keep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit is cut in the one cell where it has a row too many, however many other cells it has a row in."""
    if not keep:
        monkeypatch.setattr(kept, "MOST_ROWS", 0)
    cells = [(kind, ward) for kind in ("arson", "burglary", "theft") for ward in ("north", "south", None)]
    rows = [
        offence(f"u{others}-{full}", kind=kind, ward=ward, minutes=others)
        for others in range(len(cells))
        for full in range(len(cells))
        for kind, ward in [cells[full]] * (cap + 1) + [cell for cell in cells[:others] if cell != cells[full]]
    ]
    tables = {"offences": table(tmp_path, rows)}
    asked = question(
        CountRows(), Sum(column=ref("minutes"), name="sum"), by=[ref("kind"), ref("ward")], rows_per_unit=20,
        rows_per_cell=cap,
    )  # fmt: skip

    cells_found = EmbeddedEngine(scratch=tmp_path).cells(plan_of(asked), tables)

    assert cells_found == ReferenceEngine().cells(plan_of(asked), {"offences": rows})


def test_rows_of_units_within_bounds_are_not_grouped_by_cell_of_each(tmp_path: Path) -> None:
    """With a cap a cell, only units that a few bits of their rows cannot clear are grouped by unit and cell."""
    plan = plan_of(question(CountRows(), by=[ref("kind"), ref("ward")], rows_per_unit=20, rows_per_cell=2))
    (one,) = program(plan, {"offences": (tmp_path / "part.parquet",)}, numbered=False).rounds

    assert one.statement is not None
    assert one.statement.text.count("bit_or(") == WORDS
    assert "SELECT place, count(*) AS p0 FROM within GROUP BY place" in one.statement.text


@pytest.mark.parametrize("cap", [2, 20])
def test_rows_of_units_within_bounds_are_not_handed_out(cap: int, tmp_path: Path) -> None:
    """Where units are numbers, the rows of those that no bound can cut are counted by cell where they lie."""
    rows = [offence(f"u{i}", kind="theft") for i in range(5) for _ in range(1 + 30 * (i == 0))]
    plan = plan_of(question(CountRows(), by=[ref("kind")], rows_per_unit=20, rows_per_cell=cap))
    files = {"offences": tuple(table(tmp_path, rows).path.glob("*.parquet"))}
    written = program(plan, files, numbered=True)
    (one,) = written.rounds
    assert one.numbered is not None
    assert one.statement is not None

    with EmbeddedEngine(scratch=tmp_path)._connection([files["offences"][0].parent], "2GB") as connection:
        _prepare(connection, written, plan)
        one.numbered.find(connection)
        handed_out = connection.execute("SELECT count(*), max(n) FROM long_units").fetchall()
        counted = connection.execute(one.statement.text).fetchall()

    assert handed_out == [(1, 31)]
    assert [amount for _, amount in counted] == [4]


def test_units_that_are_counted_by_cell_first_are_cut_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells of many units come back from DuckDB unit by unit, where one has more rows than are handed out."""
    monkeypatch.setattr(numbered, "BATCH", 1400)
    rows = [
        offence(f"u{unit}", kind=kind, ward=ward, minutes=unit % 50)
        for unit in range(1500)
        for kind in ("arson", "burglary", "theft")
        for ward in ("north", "south")
        for _ in range(1 + unit % 2)
    ] + [offence("many", kind="theft", minutes=turn % 90) for turn in range(1500)]
    asked = question(
        CountRows(), Sum(column=ref("minutes"), name="sum"), by=[ref("kind"), ref("ward")], rows_per_unit=5,
        rows_per_cell=2,
    )  # fmt: skip

    found = EmbeddedEngine(scratch=tmp_path).cells(plan_of(asked), {"offences": table(tmp_path, rows)})

    assert found == ReferenceEngine().cells(plan_of(asked), {"offences": rows})
