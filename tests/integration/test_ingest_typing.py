"""Typing on Spark: which cells are valid, what they become, and that no failing cell is quoted anywhere."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from datalab.contract.generalisation import NumberBand
from datalab.contract.model import Bounds, Column, LogicalType, MatchKind, Role, Treatment
from datalab.errors import ExtractError
from ingest.spark.date_format import java_format
from ingest.spark.typing import type_rows, validity

pytestmark = pytest.mark.spark


def column(kind: LogicalType, **more: Any) -> Column:
    """Return a column named `x`."""
    settings: dict[str, Any] = {"role": Role.ADMINISTRATIVE, "treatment": Treatment.KEEP, **more}
    return Column(name="x", logical_type=kind, **settings)


def frame(spark: SparkSession, folder: Path, table: dict[str, list[Any]]) -> DataFrame:
    """Return a table of text as Spark reads it from a file: PySpark's own way leaves a socket open."""
    types = {"_row": pa.int64()}
    pq.write_table(
        pa.table({name: pa.array(cells, types.get(name, pa.string())) for name, cells in table.items()}),
        folder / "cells.parquet",
    )
    return spark.read.parquet(str(folder / "cells.parquet"))


BAD = object()
"""Stands for a cell that is blanked as invalid."""
UTC = dt.UTC
DATE = dt.date(2024, 2, 9)
LOW_HIGH = Bounds(lower=0, upper=10, unit="minutes")
DAYS = Bounds(lower=dt.date(2024, 1, 1), upper=dt.date(2024, 12, 31), unit="day")

CASES: dict[str, tuple[Column, dict[str, Any]]] = {
    "integer": (
        column(LogicalType.INTEGER),
        {
            "7": 7,
            " -12 ": -12,
            "+3": 3,
            "4.0": 4,
            "4.5": BAD,
            "1e3": BAD,
            "x": BAD,
            "9" * 19: BAD,
            "1,000": BAD,
            "٣": BAD,
        },
    ),
    "number": (
        column(LogicalType.NUMBER),
        {
            "7": 7.0,
            "-.5": -0.5,
            "1.": 1.0,
            "2e3": 2000.0,
            "NaN": BAD,
            "Infinity": BAD,
            "1e999": BAD,
            "1d": BAD,
            "£3": BAD,
        },
    ),
    "boolean": (
        column(LogicalType.BOOLEAN),
        {"true": True, "N": False, "1": True, " No": False, "maybe": BAD, "2": BAD},
    ),
    "iso date": (
        column(LogicalType.DATE),
        {
            "2024-02-09": DATE,
            "2024-2-9": BAD,
            "09/02/2024": BAD,
            "2024-02-30": BAD,
            "2024-02-09T00:00": BAD,
            "now": BAD,
        },
    ),
    "british date": (
        column(LogicalType.DATE, date_format="%d/%m/%Y"),
        {
            "09/02/2024": DATE,
            "9/2/2024": DATE,
            "2024-02-09": BAD,
            "31/02/2024": BAD,
            "09/02/24": BAD,
            "02/13/2024": BAD,
        },
    ),
    "packed date": (
        column(LogicalType.DATE, date_format="%Y%m%d"),
        {"20240209": DATE, "2024029": BAD, "202402090": BAD},
    ),
    "two-digit year": (
        column(LogicalType.DATE, date_format="%d-%b-%y"),
        {"09-Feb-24": DATE, "09-Feb-68": dt.date(2068, 2, 9), "09-Feb-69": dt.date(1969, 2, 9), "09-XXX-24": BAD},
    ),
    "month": (column(LogicalType.DATE, date_format="%Y-%m"), {"2024-02": dt.date(2024, 2, 1), "2024": BAD}),
    "timestamp": (
        column(LogicalType.TIMESTAMP),
        {
            "2024-02-09T10:11:12Z": dt.datetime(2024, 2, 9, 10, 11, 12, tzinfo=UTC),
            "2024-02-09 10:11": dt.datetime(2024, 2, 9, 10, 11, tzinfo=UTC),
            "2024-02-09T10:11:12.5+01:00": dt.datetime(2024, 2, 9, 9, 11, 12, 500000, tzinfo=UTC),
            "2024-02-09": BAD,
            "2024-02-09 25:00": BAD,
        },
    ),
    "stated timestamp": (
        column(LogicalType.TIMESTAMP, date_format="%d/%m/%Y %H:%M"),
        {"09/02/2024 7:05": dt.datetime(2024, 2, 9, 7, 5, tzinfo=UTC), "09/02/2024": BAD},
    ),
    "stated timestamp in summer": (
        column(LogicalType.TIMESTAMP, date_format="%d/%m/%Y %H:%M", bounds=DAYS),
        {
            "01/07/2024 00:30": dt.datetime(2024, 7, 1, 0, 30, tzinfo=UTC),
            "31/03/2024 01:30": dt.datetime(2024, 3, 31, 1, 30, tzinfo=UTC),  # an hour that British clocks skip
            "01/01/2024 00:00": dt.datetime(2024, 1, 1, tzinfo=UTC),
            "31/12/2024 23:59": dt.datetime(2024, 12, 31, 23, 59, tzinfo=UTC),
            "31/12/2023 23:59": BAD,
            "01/01/2025 00:00": BAD,
        },
    ),
    "text": (column(LogicalType.STRING), {" as it is ": " as it is ", "x": "x"}),
    "pattern": (
        column(LogicalType.STRING, pattern="[A-Z]{2}|[0-9]+"),
        {"AB": "AB", "12": "12", "ABC": BAD, "AB\n": BAD, "xAB": BAD},
    ),
    "domain": (column(LogicalType.STRING, domain=("a", "b")), {"a": "a", "A": BAD, "a ": BAD}),
    "number domain": (column(LogicalType.INTEGER, domain=("1", "2")), {"1": 1, "2.0": 2, "3": BAD}),
    "domain after treatment": (
        column(
            LogicalType.INTEGER,
            domain=("0-9",),
            treatment=Treatment.GENERALISE,
            generalisation=NumberBand(width=10),
        ),
        {"5": 5, "50": 50},
    ),
    "bounds": (column(LogicalType.INTEGER, bounds=LOW_HIGH), {"0": 0, "10": 10, "11": BAD, "-1": BAD}),
    "date bounds": (
        column(LogicalType.TIMESTAMP, bounds=DAYS),
        {"2024-12-31T23:59:59": dt.datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC), "2025-01-01T00:00:00": BAD},
    ),
    "nhs number": (
        column(LogicalType.STRING, match=MatchKind.NHS_NUMBER),
        {
            "9434765919": "9434765919",
            "943 476 5919": "943 476 5919",
            "943-476-5919": "943-476-5919",
            "9434765918": BAD,
            "943476591": BAD,
            "94347659190": BAD,
            "943476591X": BAD,
            "0000000000": BAD,
        },
    ),
}


@pytest.mark.parametrize(("stated", "cells"), CASES.values(), ids=CASES)
def test_cells_become_values_or_blanks(
    spark: SparkSession, tmp_path: Path, stated: Column, cells: dict[str, Any]
) -> None:
    """Each cell is typed, or blanked and marked invalid; a missing one is neither valid nor invalid."""
    texts: list[str | None] = [*cells, None]
    rows = frame(spark, tmp_path, {"_row": list(range(len(texts))), "x": texts})

    typed = {row["_row"]: row for row in type_rows(rows, (stated,)).collect()}

    found = {
        text: BAD if typed[place][validity("x")] is False else _aware(typed[place]["x"])
        for place, text in enumerate(cells)
    }
    assert found == cells
    assert all(typed[place]["x"] is None for place, text in enumerate(cells) if cells[text] is BAD)
    assert (typed[len(cells)]["x"], typed[len(cells)][validity("x")]) == (None, None)


def _aware(value: Any) -> Any:
    """Return a timestamp in UTC: Spark hands it over as local time without a zone."""
    return value.astimezone(UTC) if isinstance(value, dt.datetime) else value


def test_columns_may_have_any_name(spark: SparkSession, tmp_path: Path) -> None:
    """Names with blanks, dots and back quotes are columns like others."""
    stated = tuple(
        Column(name=name, logical_type=LogicalType.INTEGER, role=Role.ADMINISTRATIVE, treatment=Treatment.KEEP)
        for name in ("Crime ID", "a.b", "tick`ed")
    )
    rows = frame(spark, tmp_path, {"_row": [1], "Crime ID": ["1"], "a.b": ["2"], "tick`ed": ["x"]})

    (row,) = type_rows(rows, stated).collect()

    assert list(row)[1:] == [1, 2, None, True, True, False]


ELSEWHERE = """
import sys
from pathlib import Path

from pyspark.sql import functions as F

from datalab.contract.model import Bounds, Column, LogicalType, Role, Treatment
from datalab.engine.spark.session import open_session
from ingest.spark.typing import type_rows

spark = open_session("elsewhere", scratch=Path(sys.argv[1]), master="local[1]", memory="1g")
kept = {"logical_type": LogicalType.TIMESTAMP, "role": Role.EVENT_TIME, "treatment": Treatment.KEEP}
columns = Column(name="x", **kept), Column(name="y", date_format="%d/%m/%Y %H:%M", **kept)
typed = type_rows(spark.read.parquet(sys.argv[2]), columns)
seconds = typed.select(F.unix_seconds("x"), F.unix_seconds("y")).collect()
print("\\n", [tuple(row) for row in seconds])
spark.stop()
"""


def test_times_without_an_offset_are_read_as_written_wherever_the_lab_stands(tmp_path: Path) -> None:
    """On a machine in New York, a time without an offset is that time in UTC: no hour moves and no day is lost."""
    cells = {"_row": [0], "x": ["2024-03-10T02:30:00"], "y": ["30/06/2024 23:45"]}  # the first does not exist there
    pq.write_table(pa.table({name: pa.array(column) for name, column in cells.items()}), tmp_path / "cells.parquet")
    script = tmp_path / "elsewhere.py"
    script.write_text(ELSEWHERE)

    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tmp_path / "cells.parquet")],
        env={**os.environ, "TZ": "America/New_York", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    moments = dt.datetime(2024, 3, 10, 2, 30, tzinfo=UTC), dt.datetime(2024, 6, 30, 23, 45, tzinfo=UTC)
    assert str([tuple(int(moment.timestamp()) for moment in moments)]) in done.stdout, done.stderr


FORMATS = {
    "%d/%m/%Y": "d/M/yyyy",
    "%Y%m%d": "yyyyMMdd",
    "%d-%b-%y": "d-MMM-yy",
    "%Y-%m-%dT%H:%M:%S": "yyyy-M-d'T'H:m:s",
    "%d %B %Y o'clock": "d MMMM yyyy 'o''''c''l''o''c''k'",
}


@pytest.mark.parametrize(("stated", "java"), FORMATS.items())
def test_formats_are_translated(stated: str, java: str) -> None:
    """Directives become Java's letters; letters that are none are quoted."""
    assert java_format(stated) == java


@pytest.mark.parametrize("stated", ["%d/%Q/%Y", "%d %%", "%j %Y"])
def test_other_directives_are_refused(stated: str) -> None:
    """A directive that the lab does not read is refused by name."""
    with pytest.raises(ExtractError, match="does not read dates with %"):
        java_format(stated)
