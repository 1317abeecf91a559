"""Two small datasets about people and one public one: schemas, rows, questions, and ways to make them at random."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import parquet

from datalab.contract.model import Bounds, LogicalType, PrivacyUnit, Role
from datalab.contract.published import PublishedColumn
from datalab.governance.policy import Policy
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Plan
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Mean,
    Measure,
    Not,
    Operator,
    Predicate,
    Query,
    Question,
    Sum,
)
from datalab.query.schema import ViewSchema

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
        column("on", LogicalType.DATE, role=Role.EVENT_TIME, bounds=(date(2024, 1, 1), date(2024, 12, 31))),
        column("at", LogicalType.TIMESTAMP, role=Role.EVENT_TIME, nullable=True),
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
    ),
)
RATES = ViewSchema(
    dataset="rates",
    privacy_unit=PrivacyUnit.PUBLIC,
    max_rows_per_unit=None,
    columns=(
        column("ward", values=("north", "south")),
        column("people", LogicalType.INTEGER, role=Role.MEASURE, bounds=(0, 10**6), unit="people", nullable=True),
    ),
)
HOMES = ViewSchema(
    dataset="homes",
    privacy_unit=PrivacyUnit.HOUSEHOLD,
    max_rows_per_unit=50,
    columns=(column("tenure", values=("a",)),),
)
SCHEMAS: Mapping[str, ViewSchema] = {schema.dataset: schema for schema in (OFFENCES, VISITS, RATES, HOMES)}

SPARK_SCHEMAS = {
    "offences": "unit_id string, kind string, ward string, age_band string, charged boolean, grade bigint, "
    "minutes bigint, loss double, on date, at timestamp, code string, story string",
    "visits": "unit_id string, clinic string, days bigint, unbounded bigint",
    "rates": "ward string, people bigint",
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
    rows_per_unit: int = 4,
    rows_per_cell: int = 2,
    rho: Fraction = Fraction(1, 2),
    title: str = "",
) -> Question:
    """Return a question with short defaults; it counts rows where it measures nothing else."""
    return Question(
        query=Query(dataset=dataset, measures=measures or (CountRows(),), group_by=tuple(by), where=where, joins=joins),
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


# -- at random ------------------------------------------------------------------------------------------------------

UNITS = st.sampled_from(["u1", "u2", "u3", "a-unit-with-a-name-of-more-than-thirty-two-bytes", "ü"])
NUMBERS = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 99.95, 99.9499999, 1e308, -1e308, 5e-324, 0.005]),
    st.floats(-200, 200),
)
WHOLES = st.one_of(st.none(), st.integers(-600, 600), st.sampled_from([2**63 - 1, -(2**63), 500, 501, -20, -21]))
OFFENCE_ROWS = st.lists(
    st.builds(
        offence,
        UNITS,
        kind=st.sampled_from(["arson", "burglary", "theft", "outside the list"]),
        ward=st.sampled_from(["north", "south", None]),
        age_band=st.sampled_from(["5-9", "10-14", "15+"]),
        charged=st.sampled_from([True, False, None]),
        grade=st.sampled_from([1, 2, 3, None]),
        minutes=WHOLES,
        loss=NUMBERS,
        on=st.dates(date(2024, 1, 1), date(2024, 12, 31)),
        at=st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),  # noqa: DTZ001 - hypothesis wants naive ends
        code=st.sampled_from(["X", "Y", "", None]),
    ),
    max_size=40,
)
VISIT_ROWS = st.lists(
    st.fixed_dictionaries(
        {"unit_id": UNITS, "clinic": st.sampled_from(["a", "b", None]), "days": WHOLES, "unbounded": WHOLES}
    ),
    max_size=12,
)
_OPERATORS = st.sampled_from(Operator)
_SAMENESS = st.sampled_from([Operator.EQ, Operator.NE])
_LEAVES = st.one_of(
    st.builds(Compare, column=st.just(ref("kind")), operator=_OPERATORS, value=st.sampled_from(["arson", "theft"])),
    st.builds(Compare, column=st.just(ref("age_band")), operator=_OPERATORS, value=st.just("10-14")),
    st.builds(Compare, column=st.just(ref("charged")), operator=_SAMENESS, value=st.booleans()),
    st.builds(Compare, column=st.just(ref("grade")), operator=_SAMENESS, value=st.just(2)),
    st.builds(
        Compare, column=st.just(ref("minutes", "offences")), operator=_OPERATORS, value=st.sampled_from([0, 5, 12])
    ),
    st.builds(Compare, column=st.just(ref("minutes")), operator=st.just(Operator.GT), value=st.just(7.5)),
    st.builds(
        Compare, column=st.just(ref("loss")), operator=st.sampled_from([Operator.LT, Operator.GE]), value=st.just(3)
    ),
    st.builds(Compare, column=st.just(ref("on")), operator=_OPERATORS, value=st.just("2024-05-01")),
    st.builds(Compare, column=st.just(ref("at")), operator=_OPERATORS, value=st.just("2024-05-01T12:00:00+01:00")),
    st.builds(Compare, column=st.just(ref("code")), operator=_SAMENESS, value=st.sampled_from(["X", "'; --"])),
    st.just(IsIn(column=ref("kind"), values=("arson", "burglary"))),
    st.builds(IsMissing, column=st.sampled_from([ref("ward"), ref("loss"), ref("minutes")])),
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, predicate=inner),
        st.builds(AllOf, predicates=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, predicates=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
MEASURES: tuple[Measure, ...] = (
    CountRows(),
    CountUnits(),
    Sum(column=ref("loss"), name="loss"),
    Sum(column=ref("minutes"), name="minutes"),
    Mean(column=ref("minutes"), name="minutes_mean"),
    Mean(column=ref("loss"), name="loss_mean"),
)
_KEYS = [ref("kind"), ref("ward"), ref("age_band"), ref("charged"), ref("grade")]


@st.composite
def questions(draw: st.DrawFn, *, joined: bool | None = None) -> Question:
    """Draw a question that `check` lets through."""
    joins: tuple[Join, ...] = ()
    keys = _KEYS
    if joined if joined is not None else draw(st.integers(0, 3)) == 0:
        day = Compare(column=ref("days"), operator=Operator.LT, value=draw(st.integers(0, 30)))
        joins = (Join(dataset="visits", where=draw(st.sampled_from([None, day]))),)
        keys = [*_KEYS, ref("clinic", "visits")]
    rows_per_unit = draw(st.integers(1, 12))
    return question(
        *draw(st.lists(st.sampled_from(MEASURES), min_size=1, unique=True)),
        by=draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)),
        where=draw(st.none() | CONDITIONS),
        joins=joins,
        rows_per_unit=rows_per_unit,
        rows_per_cell=draw(st.integers(1, rows_per_unit)),
        title=draw(st.sampled_from(["", "A title"])),
    )
