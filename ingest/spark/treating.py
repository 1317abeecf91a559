"""De-identification of a job's typed rows: `anonymise` does it, this keeps the result in scratch and reads it back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from anonymise.keys.keyring import KeyRing
from anonymise.rules import rules_version
from anonymise.spark.parts import treat_parts
from anonymise.spark.treatment import data_rows, tally_of, treat_frame
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.report import deidentification_report
from anonymise.treatment.tally import Tally
from datalab.contract.generalisation import Microaggregate
from datalab.contract.model import Contract, Treatment
from datalab.contract.odcs.writing import write_contract
from datalab.errors import InternalError
from datalab.jobs import Progress
from ingest.sealed.parts import SealedParts
from ingest.spark.watch import watching

_HERE: Final = Path(__file__).parent
READING: Final = (_HERE.parent / "readers", _HERE)
"""Code that reads a file's cells and types them: a treated row follows from it as from the rules."""


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

    def version(self, extract_digest: str) -> Mapping[str, str]:
        """Return what a treated part follows from, as JSON: names and digests, and no secret.

        Args:
            extract_digest: of the raw extract, as it arrived.
        """
        contract = self.plan.contract
        stated = {
            "extract": self.plan.extract_id,
            "content": extract_digest,
            "contract": hashlib.sha256(write_contract(contract).encode()).hexdigest(),
            "keys": " ".join(self.plan.key_labels),
            "rules": rules_version(self.plan.spacy_model, READING),
        }
        if any(isinstance(column.generalisation, Microaggregate) for column in contract.columns):
            # Spark may draw the groups of many values otherwise next time, and a group of two halves hides nobody.
            stated["attempt"] = secrets.token_hex(16)
        return stated

    def write(self, typed: DataFrame, folder: Path) -> None:
        """Treat typed rows without free text into a folder, in one go; invalid cells are blank by now."""
        treat_frame(typed, self.plan).write.parquet(str(folder))

    def write_parts(
        self,
        typed: Callable[[], DataFrame],
        parts: SealedParts,
        folder: Path,
        report: Callable[[Progress], None],
        *,
        rows: int,
    ) -> None:
        """Treat typed rows into a folder, part by part; what an earlier worker did of it is not done again.

        Args:
            typed: makes the rows; asked only where a part is left to do.
            parts: where parts are kept, and maybe are.
            folder: does not exist yet.
            report: told how far it is.
            rows: how many there are.

        Raises:
            InternalError: if the parts do not hold so many rows; the next attempt makes them anew.
        """
        done = parts.done()
        if len(done) < parts.count:
            frame = typed()
            redacted = [column.name for column in self.plan.contract.columns if column.treatment is Treatment.REDACT]
            counted = frame.select(*(F.count(F.col(f"`{name}`")) for name in redacted)).first() or ()
            with watching(parts, of=sum(counted), report=report):
                treat_parts(frame, self.plan, parts, parts=parts.count, done=done)
        # Also where an earlier worker did all of them: it may have been killed before it looked.
        if sum(part.rows for part in parts.done().values()) != rows:
            parts.discard()
            raise InternalError("The treated parts of an extract do not hold its rows.")
        folder.mkdir()
        if not parts.unseal(folder):
            raise InternalError("A treated part of an extract was changed while it lay.")

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
