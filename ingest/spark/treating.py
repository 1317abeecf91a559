"""De-identification of a job's typed rows: `anonymise` does it, this keeps the result in scratch and reads it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from anonymise.keys.keyring import KeyRing
from anonymise.spark.treatment import data_rows, tally_of, treat_frame
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.report import deidentification_report
from anonymise.treatment.tally import Tally
from datalab.contract.model import Contract
from ingest.readers.batches import ROW

_TASKS_PER_CORE = 2
"""Tasks of redaction for each core: the search of free text is slow, and texts differ in length."""


@dataclass(frozen=True, kw_only=True)
class Treated:
    """De-identified rows."""

    rows: DataFrame
    """`unit_ref`, the published columns, and for person datasets the hashes that linkage needs."""
    tally: Tally
    report: Mapping[str, Any]
    """Per column what was done and how often."""
    key_version: str
    """Label of the key behind `unit_ref`; empty for public data."""


@dataclass(frozen=True, kw_only=True)
class Treater:
    """Treats the rows of one extract."""

    plan: TreatmentPlan = field(repr=False)

    @classmethod
    def of(cls, contract: Contract, keys: KeyRing, *, extract_id: str, spacy_model: str) -> Treater:
        """Return what treats an extract under a contract."""
        return cls(plan=plan_treatment(contract, keys, extract_id=extract_id, spacy_model=spacy_model))

    def write(self, typed: DataFrame, folder: Path) -> None:
        """Treat typed rows into a folder; invalid cells are blank by now."""
        rows = typed
        if self.plan.redacts:
            rows = rows.repartition(typed.sparkSession.sparkContext.defaultParallelism * _TASKS_PER_CORE, ROW)
        treat_frame(rows, self.plan).write.parquet(str(folder))

    def read(self, spark: SparkSession, folder: Path) -> Treated:
        """Return what `write` wrote."""
        table = spark.read.parquet(str(folder))
        tally = tally_of(table)
        return Treated(
            rows=data_rows(table),
            tally=tally,
            report=deidentification_report(self.plan, tally),
            key_version=self.plan.key_label,
        )
