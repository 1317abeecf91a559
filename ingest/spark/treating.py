"""De-identification of a job's typed rows: calls `anonymise`, keeps its result in scratch, reads it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from anonymise.keys import KeyRing
from anonymise.matchhasher import match_hasher
from anonymise.pseudonyms import unit_refs
from datalab.contract.model import UNIT_REF, Contract, PrivacyUnit, Treatment
from ingest.readers.batches import ROW


@dataclass(frozen=True, kw_only=True)
class Treated:
    """De-identified rows."""

    rows: DataFrame
    """`unit_ref`, the published columns, and for person datasets the hashes that linkage needs."""
    report: Mapping[str, Any]
    """Per column what was done and how often."""
    key_version: str
    """Label of the key behind `unit_ref`."""


@dataclass(frozen=True, kw_only=True)
class Treater:
    """INTERIM until anonymise.spark.treatment lands."""

    keys: KeyRing = field(repr=False)
    spacy_model: str
    extract_id: str

    def write(self, typed: DataFrame, contract: Contract, folder: Path) -> None:
        from datalab.contract.published import published_columns

        published = published_columns(contract)
        key = self.keys.key(f"unit-ref/{contract.key_space}")
        hasher = match_hasher(contract, self.keys)
        public = contract.privacy_unit is PrivacyUnit.PUBLIC
        person_key = contract.person_key
        extract_id = self.extract_id

        def treat(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                arrays = []
                if not public:
                    if person_key is not None:
                        refs = unit_refs(key, batch.column(person_key.name))
                    else:
                        refs = unit_refs(key, pa.array([f"{extract_id}|{r}" for r in batch.column(ROW).to_pylist()]))
                    arrays.append(refs)
                for p in published:
                    column = contract.column(p.name)
                    cells = batch.column(p.name)
                    if column.treatment is Treatment.GENERALISE:
                        cells = pa.array(
                            [None if v is None else column.generalisation.label(v) for v in cells.to_pylist()]
                        )
                    elif column.treatment is Treatment.REDACT:
                        cells = pa.array([None if v is None else "<TEXT>" for v in cells.to_pylist()], pa.string())
                    arrays.append(cells)
                if contract.privacy_unit is PrivacyUnit.PERSON:
                    arrays += hasher.columns(batch)
                yield pa.RecordBatch.from_arrays(arrays, names=names)

        from datalab.contract.model import LogicalType

        spark_types = {
            LogicalType.STRING: "string",
            LogicalType.INTEGER: "bigint",
            LogicalType.NUMBER: "double",
            LogicalType.DATE: "date",
            LogicalType.TIMESTAMP: "timestamp",
            LogicalType.BOOLEAN: "boolean",
        }
        names = ([] if public else [UNIT_REF]) + [p.name for p in published]
        ddl = ([] if public else [f"{UNIT_REF} string"]) + [
            f"`{p.name}` {spark_types[p.logical_type]}" for p in published
        ]
        if contract.privacy_unit is PrivacyUnit.PERSON:
            names += list(hasher.column_names)
            ddl += [hasher.ddl] if hasher.ddl else []
        typed.mapInArrow(treat, ", ".join(ddl)).write.parquet(str(folder))
        (folder / "report.json").write_text(json.dumps({"key_version": "none" if public else key.label, "columns": {}}))

    def read(self, spark: SparkSession, folder: Path) -> Treated:
        report = json.loads((folder / "report.json").read_text())
        return Treated(
            rows=spark.read.parquet(*map(str, sorted(folder.glob("*.parquet")))),
            report=report["columns"],
            key_version=report["key_version"],
        )
