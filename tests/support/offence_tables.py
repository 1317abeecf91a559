"""Small datasets about people and public ones: schemas, rows, plans and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyarrow import parquet

from datalab.contract.model import Bounds, LogicalType, PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.governance.policy import Policy
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Plan
from datalab.query.model import (
    ColumnRef,
    CountRows,
    Derived,
    Join,
    Measure,
    Predicate,
    Query,
    Question,
)
from datalab.query.schema import ViewSchema

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
POLICY = Policy(max_rho_per_question=Fraction(100))
Row = dict[str, Any]


def column(
    name: str,
    logical_type: LogicalType = LogicalType.STRING,
    *,
    role: Role = Role.SENSITIVE,
    values: Sequence[str] | None = None,
    bounds: tuple[Any, Any] | None = None,
    unit: str = "",
    nullable: bool = False,
) -> PublishedColumn:
    """Return a published column with short defaults."""
    return PublishedColumn(
        name=name,
        logical_type=logical_type,
        role=role,
        values=None if values is None else tuple(values),
        bounds=None if bounds is None else Bounds(lower=bounds[0], upper=bounds[1], unit=unit),
        unit=unit,
        nullable=nullable,
        description="",
    )


OFFENCES = ViewSchema(
    dataset="offences",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=1_000,
    columns=(
        column("kind", values=("arson", "burglary", "theft")),
        column("ward", values=("north", "south"), nullable=True),
        column("age_band", values=("5-9", "10-14", "15+")),
        column("charged", LogicalType.BOOLEAN, values=("false", "true"), nullable=True),
        column("grade", LogicalType.INTEGER, values=("1", "2", "3"), nullable=True),
        column("minutes", LogicalType.INTEGER, role=Role.MEASURE, bounds=(-20, 500), unit="minutes", nullable=True),
        column("loss", LogicalType.NUMBER, role=Role.MEASURE, bounds=(0.0, 99.95), unit="GBP", nullable=True),
        column("on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=YEAR),
        column("at", LogicalType.TIMESTAMP, role=Role.EVENT_TIME, bounds=YEAR, nullable=True),
        column("code", nullable=True),
        column("story", role=Role.FREE_TEXT),
    ),
)
VISITS = ViewSchema(
    dataset="visits",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=50_000,
    columns=(
        column("clinic", values=("a", "b"), nullable=True),
        column("days", LogicalType.INTEGER, role=Role.MEASURE, bounds=(0, 30), unit="days", nullable=True),
        column("unbounded", LogicalType.INTEGER, role=Role.MEASURE),
        column("ward", values=("north", "south"), nullable=True),
        column("seen_on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=YEAR, nullable=True),
        column("seen_at", LogicalType.TIMESTAMP, role=Role.EVENT_TIME, bounds=YEAR, nullable=True),
    ),
)
RATES = ViewSchema(
    dataset="rates",
    privacy_unit=PrivacyUnit.PUBLIC,
    max_rows_per_unit=None,
    columns=(
        column("ward", values=("north", "south")),
        column("people", LogicalType.INTEGER, role=Role.MEASURE, bounds=(0, 10**6), unit="people", nullable=True),
        column("counted_on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=YEAR, nullable=True),
    ),
)
TERM_NAMES = ("spring", "summer", "autumn")
LESSONS = ViewSchema(
    dataset="lessons",
    privacy_unit=PrivacyUnit.PERSON,
    max_rows_per_unit=3,
    columns=(column("term", values=TERM_NAMES), column("missed", values=("few", "many"))),
)
TERMS = ViewSchema(
    dataset="terms",
    privacy_unit=PrivacyUnit.PUBLIC,
    max_rows_per_unit=None,
    columns=(
        column("term", values=TERM_NAMES),
        column("starts_on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=YEAR),
        column("ends_on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=YEAR),
    ),
)
HOMES = ViewSchema(
    dataset="homes",
    privacy_unit=PrivacyUnit.HOUSEHOLD,
    max_rows_per_unit=50,
    columns=(column("tenure", values=("a",)),),
)
SCHEMAS: Mapping[str, ViewSchema] = {
    schema.dataset: schema for schema in (OFFENCES, VISITS, RATES, HOMES, LESSONS, TERMS)
}

SPARK_SCHEMAS = {
    "offences": "unit_id string, kind string, ward string, age_band string, charged boolean, grade bigint, "
    "minutes bigint, loss double, on date, at timestamp, code string, story string",
    "visits": "unit_id string, clinic string, days bigint, unbounded bigint, ward string, seen_on date, "
    "seen_at timestamp",
    "rates": "ward string, people bigint, counted_on date",
    "lessons": "unit_id string, term string, missed string",
    "terms": "term string, starts_on date, ends_on date",
}


def ref(name: str, dataset: str | None = None) -> ColumnRef:
    """Return a column reference."""
    return ColumnRef(name=name, dataset=dataset)


def question(
    *measures: Measure,
    dataset: str = "offences",
    by: Iterable[ColumnRef] = (),
    where: Predicate | None = None,
    joins: tuple[Join, ...] = (),
    derive: tuple[Derived, ...] = (),
    rows_per_unit: int = 4,
    rows_per_cell: int = 2,
    rho: Fraction = Fraction(1, 2),
    title: str = "",
    **rest: Any,
) -> Question:
    """Return a question with short defaults; it counts rows where it measures nothing else. The rest is the query's."""
    return Question(
        query=Query(
            dataset=dataset,
            measures=measures or (CountRows(),),
            group_by=tuple(by),
            where=where,
            joins=joins,
            derive=derive,
            **rest,
        ),
        rho=rho,
        rows_per_unit=rows_per_unit,
        rows_per_cell=rows_per_cell,
        title=title,
    )


def plan_of(asked: Question) -> Plan:
    """Compile a question about these datasets."""
    return compile_question(asked, SCHEMAS, POLICY)


def offence(unit: str | None, **values: Any) -> Row:
    """Return one offence; what is not stated takes a plain value."""
    plain: Row = {
        "unit_id": unit, "kind": "theft", "ward": "north", "age_band": "15+", "charged": True, "grade": 1,
        "minutes": 10, "loss": 1.5, "on": date(2024, 5, 1), "at": datetime(2024, 5, 1, 12, tzinfo=UTC),
        "code": "X", "story": "",
    }  # fmt: skip
    return plain | values


def visit(unit: str | None, **values: Any) -> Row:
    """Return one visit; what is not stated takes a plain value."""
    plain: Row = {
        "unit_id": unit, "clinic": "a", "days": 3, "unbounded": 1, "ward": "north", "seen_on": date(2024, 5, 8),
        "seen_at": datetime(2024, 5, 8, 12, tzinfo=UTC),
    }  # fmt: skip
    return plain | values


_ARROW = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def write(spark: Any, folder: Path, dataset: str, rows: Sequence[Row], *, buckets: int) -> Path:
    """Write rows as a view lies: Parquet, bucketed and sorted by unit where asked."""
    types = [part.split() for part in SPARK_SCHEMAS[dataset].split(", ")]
    table = pa.table({name: pa.array([row.get(name) for row in rows], _ARROW[kind]) for name, kind in types})
    path = folder / dataset
    plain = (folder / f"plain-{dataset}") if buckets else path
    plain.mkdir()
    parquet.write_table(table, plain / "part-0.parquet")
    if buckets:
        name = f"made_{uuid4().hex}"
        writer = spark.read.parquet(str(plain)).write.bucketBy(buckets, "unit_id").sortBy("unit_id").format("parquet")
        writer.option("path", str(path)).saveAsTable(name)
        spark.sql(f"DROP TABLE {name}")
    return path
