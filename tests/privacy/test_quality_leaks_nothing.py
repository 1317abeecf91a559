"""The quality gate counts, and quotes nothing: not in results, not in its own library's, not in logs."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from anonymise.treatment.plan import ARROW_TYPES
from datalab.contract.generalisation import NumberBand, TopCode
from datalab.contract.model import Bounds, Column, LogicalType, Role, Treatment
from datalab.contract.odcs.contract_file import read_contract
from ingest.reporting.checks import CheckKind, held
from ingest.spark.typing import type_rows

pytestmark = pytest.mark.spark
CONTRACT = Path(__file__).parents[1] / "integration" / "ingest" / "visits.yaml"
MARK = "QXSECRETQX"


def frame(spark: SparkSession, folder: Path, table: dict[str, list[Any]]) -> DataFrame:
    """Return a table of text as Spark reads it from a file: PySpark's own way leaves a socket open."""
    types = {"_row": pa.int64()}
    pq.write_table(
        pa.table({name: pa.array(cells, types.get(name, pa.string())) for name, cells in table.items()}),
        folder / "cells.parquet",
    )
    return spark.read.parquet(str(folder / "cells.parquet"))


def test_failing_cells_stand_in_no_result(
    spark: SparkSession,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows that fail every check leave counts, and no cell in results, in the library's own, in logs or on screen."""
    from ingest.spark import quality  # noqa: PLC0415 - Great Expectations takes seconds to import

    caplog.set_level(logging.DEBUG)
    contract = read_contract(CONTRACT)
    names = [column.name for column in contract.columns]
    cells = [*(f"{MARK}{place}" for place in range(20)), None]
    rows = frame(spark, tmp_path, {"_row": list(range(21)), **dict.fromkeys(names, cells)})
    results_of_library: list[str] = []
    judged = quality._judged

    def spied(check: Any, result: Any) -> Any:
        results_of_library.append(json.dumps(result, default=str))
        return judged(check, result)

    monkeypatch.setattr(quality, "_judged", spied)

    results = quality.check_received(type_rows(rows, contract.columns), contract)

    said = "".join((*capfd.readouterr(), caplog.text, *results_of_library, repr(results)))
    assert len(results_of_library) == len(results) > 10
    assert MARK not in said
    failed = {(result.check.kind, result.check.column): (result.failed, result.checked) for result in results}
    assert failed[CheckKind.PRESENT, "patient"] == (1, 21)
    assert failed[CheckKind.VALID, "ward"] == (20, 20)
    assert failed[CheckKind.VALID, "note"] == (0, 20)
    assert held(results)


def test_the_library_would_have_told(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its default format the same library does quote failing cells: the test above can fail."""
    from ingest.reporting.checks import Check, Severity  # noqa: PLC0415 - as below
    from ingest.spark import quality  # noqa: PLC0415 - Great Expectations takes seconds to import

    told: list[str] = []
    monkeypatch.setattr(quality, "RESULT_FORMAT", {"result_format": "SUMMARY"})
    judged = quality._judged
    monkeypatch.setattr(
        quality,
        "_judged",
        lambda check, result: (told.append(json.dumps(result, default=str)), judged(check, result))[1],
    )
    check = Check(kind=CheckKind.LISTED, column="x", limit=0, severity=Severity.ERROR, values=("a",))  # type: ignore[arg-type]  # a whole number is a share too

    quality._run(frame(spark, tmp_path, {"x": [MARK]}), (check,))

    assert MARK in told[0]


def test_shares_are_exact() -> None:
    """Three in ten pass a limit of 0.3, whatever floats make of it, and four do not."""
    from fractions import Fraction  # noqa: PLC0415 - used here only

    from ingest.reporting.checks import Check  # noqa: PLC0415 - as above

    check = Check(kind=CheckKind.VALID, column="x", limit=Fraction(str(0.3)))

    assert check.judge(checked=10, failed=3).passed
    assert not check.judge(checked=10, failed=4).passed
    assert check.judge(checked=0, failed=0).passed


def test_an_undeclared_identifier_holds_the_extract_and_is_not_quoted(spark: SparkSession, tmp_path: Path) -> None:
    """Telephone numbers in a kept column hold the extract by kind and count; the same column of words does not."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    kept = Column(name="remark", logical_type=LogicalType.STRING, role=Role.ADMINISTRATIVE, treatment=Treatment.KEEP)
    contract = replace(read_contract(CONTRACT), columns=(kept,))
    numbers = [f"07700 9001{place:02d}" for place in range(40)]
    (tmp_path / "good").mkdir()
    good = frame(spark, tmp_path / "good", {"remark": ["left", "stayed", "came back", None]})

    (result,) = scan(frame(spark, tmp_path, {"remark": ["left", "stayed", *numbers, None]}), contract)

    assert held([result])
    assert (result.failed, result.checked, result.check.looks_like) == (40, 42, "telephone numbers")
    said = f"{result} {result!r} {json.dumps(result.document())}"
    assert "telephone numbers" in said
    assert not any(number in said for number in numbers)
    assert not held(scan(good, contract))


@pytest.mark.parametrize(
    ("kind", "how", "beside", "holds"),
    [
        (LogicalType.INTEGER, TopCode(limit=9_000_000_000), [12], True),  # far below the limit they stay as they are
        (LogicalType.NUMBER, TopCode(limit=9_000_000_000.5), [12.5], True),
        (
            LogicalType.NUMBER,
            None,
            [2.5, None],
            True,
        ),  # a column of numbers with gaps is often read as one of fractions
        (LogicalType.NUMBER, None, [place + 0.25 for place in range(200)], True),  # no other number has ten digits
        (LogicalType.NUMBER, None, [place + 0.25 for place in range(2_500)], False),
        (LogicalType.NUMBER, None, [1e300, -1e300, 0.5], True),  # no number of anybody, and no reason to fail
        (LogicalType.INTEGER, NumberBand(width=10), [12], False),  # bands are labels, and no longer numbers
    ],
)
def test_numbers_of_people_are_seen_in_every_column_that_leaves_them_as_they_are(
    spark: SparkSession,
    tmp_path: Path,
    kind: LogicalType,
    how: TopCode | NumberBand | None,
    beside: list[float | None],
    *,
    holds: bool,
) -> None:
    """Telephone numbers hold the extract in a top-coded column and in one of type number too."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    treatment = Treatment.KEEP if how is None else Treatment.GENERALISE
    role = Role.ADMINISTRATIVE
    column = Column(name="code", logical_type=kind, role=role, treatment=treatment, generalisation=how)
    numbers: list[Any] = [7_700_900_100 + place for place in range(40)]
    cells = [*numbers, *beside]
    banded = isinstance(how, NumberBand)
    made = pa.array([f"{cell}-{cell}" for cell in cells]) if banded else pa.array(cells, ARROW_TYPES[kind])
    pq.write_table(pa.table({"code": made}), tmp_path / "treated.parquet")

    results = scan(
        spark.read.parquet(str(tmp_path / "treated.parquet")), replace(read_contract(CONTRACT), columns=(column,))
    )

    assert held(results) is holds
    assert not any("77009001" in f"{result} {result!r}" for result in results)


@pytest.mark.parametrize(("upper", "looked_at"), [(10_000, False), (9_999_999_999, True)])
def test_numbers_bounded_to_few_digits_are_not_looked_at(
    spark: SparkSession, tmp_path: Path, upper: int, *, looked_at: bool
) -> None:
    """A percentage or a count costs no look: nobody's number has so few digits."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    column = Column(
        name="share",
        logical_type=LogicalType.NUMBER,
        role=Role.MEASURE,
        treatment=Treatment.KEEP,
        bounds=Bounds(lower=0, upper=upper, unit="percent"),
    )
    pq.write_table(pa.table({"share": [1.5, 100.0]}), tmp_path / "treated.parquet")

    results = scan(
        spark.read.parquet(str(tmp_path / "treated.parquet")), replace(read_contract(CONTRACT), columns=(column,))
    )

    assert bool(results) is looked_at


@pytest.mark.parametrize(("term", "holds"), [(datetime(2025, 12, 19, 9, tzinfo=UTC), True), (None, False)])
def test_kept_days_of_birth_of_pupils_hold_the_extract(
    spark: SparkSession,
    tmp_path: Path,
    term: datetime | None,
    *,
    holds: bool,
) -> None:
    """Days that lie before an extract's own by the ages of pupils are told; without another day nothing tells them."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    keep = {"role": Role.ADMINISTRATIVE, "treatment": Treatment.KEEP}
    columns = (
        Column(name="day", logical_type=LogicalType.DATE, **keep),
        Column(name="at", logical_type=LogicalType.TIMESTAMP, **keep),
    )
    days = [date(2009, 9, 1) + timedelta(days=10 * pupil + pupil % 7) for pupil in range(400) for _ in range(2)]
    made = {
        "unit_ref": [f"u{pupil}" for pupil in range(400) for _ in range(2)],
        "day": pa.array(days, pa.date32()),
        "at": pa.array([term] * 800, pa.timestamp("us", tz="UTC")),
    }
    pq.write_table(pa.table(made), tmp_path / "treated.parquet")

    results = scan(
        spark.read.parquet(str(tmp_path / "treated.parquet")), replace(read_contract(CONTRACT), columns=columns)
    )

    assert held(results) is holds
    assert not any(
        f"{day}" in f"{result} {result!r} {json.dumps(result.document())}" for result in results for day in days
    )


@pytest.mark.parametrize(("days_apart", "visits", "holds"), [(311, 0, True), (3, 0, False), (311, 9, False)])
def test_kept_days_of_birth_hold_the_extract_and_are_not_quoted(
    spark: SparkSession, tmp_path: Path, days_apart: int, visits: int, *, holds: bool
) -> None:
    """Days that span generations and never change within a unit are told by column, kind and count; others pass."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    column = Column(name="day", logical_type=LogicalType.DATE, role=Role.ADMINISTRATIVE, treatment=Treatment.KEEP)
    first = date(1926, 3, 4)
    days = [first + timedelta(days=days_apart * unit + visits * row) for unit in range(100) for row in range(2)]
    units = [f"u{unit}" for unit in range(100) for _ in range(2)]
    pq.write_table(pa.table({"unit_ref": units, "day": pa.array(days, pa.date32())}), tmp_path / "treated.parquet")
    contract = replace(read_contract(CONTRACT), columns=(column,))

    (result,) = scan(spark.read.parquet(str(tmp_path / "treated.parquet")), contract)

    assert held([result]) is holds
    assert (result.failed, result.check.looks_like) == ((100, "dates of birth") if holds else (0, ""))
    assert not any(f"{day}" in f"{result} {result!r} {json.dumps(result.document())}" for day in days)


def test_kept_latitudes_and_longitudes_hold_the_extract(spark: SparkSession, tmp_path: Path) -> None:
    """Both columns are told as exact places, whatever bounds they state; rounded ones pass."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    north, east = ([start + place / 7_001 for place in range(50)] for start in (51.2001, -1.6001))
    columns = tuple(
        Column(
            name=name,
            logical_type=LogicalType.NUMBER,
            role=Role.GEOGRAPHY,
            treatment=Treatment.KEEP,
            bounds=Bounds(lower=-9, upper=61, unit="degrees"),
        )
        for name in ("y", "x")
    )
    contract = replace(read_contract(CONTRACT), columns=columns)
    for folder, digits in (("fine", 12), ("coarse", 1)):
        table = {"y": [round(one, digits) for one in north], "x": [round(one, digits) for one in east]}
        pq.write_table(pa.table(table), tmp_path / f"{folder}.parquet")

    fine, coarse = (scan(spark.read.parquet(str(tmp_path / f"{one}.parquet")), contract) for one in ("fine", "coarse"))

    assert {(one.check.column, one.check.looks_like, one.failed) for one in fine} == {
        ("y", "exact places", 50),
        ("x", "exact places", 50),
    }
    assert not held(coarse)


@pytest.mark.parametrize(("minutes", "holds"), [(0, True), (60, True), (7, False)])
def test_days_of_birth_held_as_times_hold_the_extract(
    spark: SparkSession, tmp_path: Path, minutes: int, *, holds: bool
) -> None:
    """A column of times at midnight, one a unit and generations apart, is one of births; times of events pass."""
    from ingest.spark.scan import scan  # noqa: PLC0415 - as above

    column = Column(name="at", logical_type=LogicalType.TIMESTAMP, role=Role.EVENT_TIME, treatment=Treatment.KEEP)
    first = datetime(1926, 3, 4, tzinfo=UTC)
    times = [first + timedelta(days=311 * unit, minutes=minutes * (unit % 2)) for unit in range(100) for _ in range(2)]
    made = {
        "unit_ref": [f"u{unit}" for unit in range(100) for _ in range(2)],
        "at": pa.array(times, pa.timestamp("us", "UTC")),
    }
    pq.write_table(pa.table(made), tmp_path / "treated.parquet")

    (result,) = scan(
        spark.read.parquet(str(tmp_path / "treated.parquet")), replace(read_contract(CONTRACT), columns=(column,))
    )

    assert held([result]) is holds
    assert (result.failed, result.checked, result.check.looks_like) == (
        (100, 100, "dates of birth") if holds else (0, 100, "")
    )
