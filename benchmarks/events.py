"""The table that every side of a comparison is asked about: made-up events, several a person, and visits to join."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet
from pyspark.sql import SparkSession

from datalab.contract.model import Bounds, LogicalType, PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.privacy.table import TableRef
from datalab.query.schema import ViewSchema

REGIONS = tuple(f"R{i:02d}" for i in range(30))
KINDS = ("check", "emergency", "planned", "other")
ROWS_PER_PERSON = 13
CODES = 20_000
"""How many codes there are; nobody lists them, and most are rare."""
TOP = 500
"""Stated upper bound of an amount; about 4 in 100 lie above."""
BEGIN = date(2020, 1, 1)
"""The first day of an event."""
BLOCK = 1_000_000  # rows made at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is made, and where it is kept between runs."""

    folder: Path
    rows: int
    months: int = 24
    heavy: int = 0
    """Rows of one more person, who has very many."""
    buckets: int = 4

    @property
    def name(self) -> str:
        """What tells these tables from others in the folder."""
        return f"{self.rows}-{self.months}-{self.heavy}-dated"

    @property
    def month_labels(self) -> tuple[str, ...]:
        """The months, in order."""
        return tuple(f"{first.year}-{first.month:02d}" for first in self.firsts[:-1])

    @property
    def quarter_labels(self) -> tuple[str, ...]:
        """The quarters, in order."""
        return tuple(dict.fromkeys(f"{first.year}-Q{(first.month + 2) // 3}" for first in self.firsts[:-1]))

    @property
    def firsts(self) -> tuple[date, ...]:
        """The first day of each month, and of the one after them."""
        return tuple(date(BEGIN.year + month // 12, month % 12 + 1, 1) for month in range(self.months + 1))

    def days(self, dice: np.random.Generator, months: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """Return a day in each of these months, drawn evenly."""
        firsts = np.array(self.firsts, dtype="datetime64[D]")
        lengths = np.diff(firsts).astype(np.int64)
        result: NDArray[np.datetime64] = firsts[months] + dice.integers(0, lengths[months])
        return result

    def plain(self, dataset: str) -> Path:
        """Return the folder of a dataset as it comes: in no order."""
        return self.folder / f"{dataset}-{self.name}"

    def laid(self, dataset: str) -> Path:
        """Return the folder of a dataset as a project view lies: bucketed and sorted by person."""
        return self.folder / f"{dataset}-{self.name}-by-person-{self.buckets}"

    def schemas(self) -> dict[str, ViewSchema]:
        """Return what the contracts make public."""
        amount = _column(
            "amount",
            logical_type=LogicalType.INTEGER,
            role=Role.MEASURE,
            bounds=Bounds(lower=0, upper=TOP, unit="GBP"),
            unit="GBP",
        )
        happened, seen = (
            _column(
                name,
                logical_type=LogicalType.DATE,
                role=Role.EVENT_TIME,
                bounds=Bounds(lower=BEGIN, upper=self.firsts[-1] - timedelta(days=1), unit="day"),
                unit="day",
            )
            for name in ("happened", "seen")
        )
        events = (
            _column("region", values=REGIONS),
            _column("month", values=self.month_labels),
            amount,
            _column("code"),
            happened,
        )
        return {
            "events": _schema("events", events),
            "visits": _schema("visits", (_column("kind", values=KINDS), seen)),
        }

    def tables(self, *, laid: bool) -> dict[str, TableRef]:
        """Return where the rows are, laid out by person or as they come."""
        return {
            name: TableRef(
                path=self.laid(name) if laid else self.plain(name), buckets=self.buckets if laid else 0, schema=schema
            )
            for name, schema in self.schemas().items()
        }


def _column(name: str, **rest: object) -> PublishedColumn:
    plain: dict[str, Any] = {
        "logical_type": LogicalType.STRING, "role": Role.GEOGRAPHY, "values": None, "bounds": None, "unit": "",
        "nullable": False, "description": "",
    }  # fmt: skip
    return PublishedColumn(name=name, **(plain | rest))


def _schema(dataset: str, columns: tuple[PublishedColumn, ...]) -> ViewSchema:
    return ViewSchema(dataset=dataset, privacy_unit=PrivacyUnit.PERSON, max_rows_per_unit=2_000_000, columns=columns)


def generate(made: Made) -> None:
    """Write both tables, the same for the same numbers; regions and codes by Zipf, two visits for three people."""
    dice = np.random.default_rng([made.rows, made.months, made.heavy])
    calendar = np.random.default_rng([made.rows, made.months, made.heavy, 3])
    count = max(1, made.rows // ROWS_PER_PERSON)
    people = np.array([sha256(str(person).encode()).hexdigest()[:32] for person in range(count)])
    regions, codes = zipf(len(REGIONS)), zipf(CODES)
    code_names = np.array([f"C{place:05d}" for place in range(CODES)])
    with _writer(made.plain("events")) as write:
        for start in range(0, made.rows + made.heavy, BLOCK):
            size = min(BLOCK, made.rows + made.heavy - start)
            person = dice.integers(0, count, size)
            person[max(0, made.rows - start) :] = 0  # the last rows are the heavy person's
            places, months = dice.choice(len(REGIONS), size, p=regions), dice.integers(0, made.months, size)
            write(
                unit_id=people[person],
                region=np.array(REGIONS)[places],
                month=np.array(made.month_labels)[months],
                amount=dice.lognormal(4.5, 1.0, size).astype(np.int64),
                code=code_names[dice.choice(CODES, size, p=codes)],
                happened=made.days(calendar, months),
            )
    with _writer(made.plain("visits")) as write:
        person = dice.integers(0, count, count * 2 // 3)
        write(
            unit_id=people[person],
            kind=np.array(KINDS)[dice.choice(len(KINDS), len(person), p=zipf(len(KINDS)))],
            seen=made.days(calendar, calendar.integers(0, made.months, len(person))),
        )


def zipf(size: int) -> np.ndarray:
    """Return shares of 1 that fall by Zipf's law."""
    weights = 1 / np.arange(1, size + 1)
    return weights / weights.sum()


class _writer:  # noqa: N801 - used as a statement
    """Writes blocks of columns as one Parquet file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._path = folder / "part-0.parquet"
        self._file: parquet.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def __call__(self, **columns: np.ndarray) -> None:
        table = pa.table({name: pa.array(values) for name, values in columns.items()})
        if self._file is None:
            self._file = parquet.ParquetWriter(self._path, table.schema)
        self._file.write_table(table, row_group_size=200_000)


def lay_out(spark: SparkSession, made: Made) -> float:
    """Write the tables as views lie, and return the seconds it took; it is done once a dataset."""
    start = time.perf_counter()
    for dataset in made.schemas():
        frame = spark.read.parquet(str(made.plain(dataset))).repartition(made.buckets, "unit_id")
        writer = frame.write.bucketBy(made.buckets, "unit_id").sortBy("unit_id").format("parquet")
        writer.option("path", str(made.laid(dataset))).saveAsTable("laid_out")
        spark.sql("DROP TABLE laid_out")
    return time.perf_counter() - start
