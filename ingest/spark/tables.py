"""A job's tables: rows as text, typed rows, treated rows; each made once, and made again where a kill took it away.

Every table is a function of the raw extract, the contract and the keys, and stands in the job's scratch folder under
its name only when it is whole. So a step asks for the table it needs and never for the step that made it. Scratch goes
with its worker; free text takes hours to redact, so its treated parts are kept, sealed, until the extract is published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import DataFrame

from datalab.contract.model import Contract
from datalab.jobs import Progress
from ingest.limits import Limits
from ingest.readers.batches import schema_of, write_batches
from ingest.readers.rows import read_rows
from ingest.reporting.faults import FaultKind, FileFault, UnreadableExtractError
from ingest.sealed.manifest import FileFormat
from ingest.sealed.parts import SealedParts
from ingest.spark.session import IngestSession
from ingest.spark.treating import Treated, Treater
from ingest.spark.typing import type_rows


@dataclass(frozen=True, kw_only=True)
class JobTables:
    """One extract's tables on their way to research."""

    session: IngestSession = field(repr=False)
    folder: Path
    """The job's scratch folder."""
    contract: Contract
    file_format: FileFormat
    decrypt: Callable[[Path], None] = field(repr=False)
    """Writes the plaintext to a path, whole or not at all."""
    treater: Treater = field(repr=False)
    parts: Callable[[], SealedParts] = field(repr=False)
    """Opens what is kept of the extract's treatment: it outlives the scratch folder."""
    report: Callable[[Progress], None] = field(repr=False)
    """Told how far the treatment of free text is."""
    rows: int
    """How many the manifest states; `count_rows` says whether there are so many."""
    limits: Limits

    def plaintext(self) -> Path:
        """Return the decrypted file."""
        path = self.folder / f"extract.{self.file_format.value}"
        if not path.exists():
            self.decrypt(path)
        return path

    def count_rows(self) -> int:
        """Read the whole file into text cells, and return how many rows it has.

        Raises:
            UnreadableExtractError: with every fault of the file.
        """
        rows = self.session.spark.read.parquet(str(self._cells())).count()
        if rows != self.rows:
            raise UnreadableExtractError(FileFault(kind=FaultKind.ROW_COUNT, count=abs(rows - self.rows)))
        return rows

    def typed(self) -> DataFrame:
        """Return `_row`, typed columns, and each column's validity."""

        def make(path: Path) -> None:
            cells = self.session.spark.read.parquet(str(self._cells()))
            type_rows(cells, self.contract.columns).write.parquet(str(path))

        return self.session.spark.read.parquet(str(self._made("typed", make)))

    def treated(self) -> Treated:
        """Return the de-identified rows."""

        def make(path: Path) -> None:
            if self.treater.plan.redacts:
                self.treater.write_parts(self.typed, self.parts(), path, self.report, rows=self.rows)
            else:
                self.treater.write(self.typed(), path)

        return self.treater.read(self.session.spark, self._made("treated", make))

    def _cells(self) -> Path:
        def make(path: Path) -> None:
            columns = self.contract.columns
            path.mkdir()
            batches = read_rows(self.plaintext(), self.file_format, columns, self.limits)
            write_batches(batches, schema_of(columns), path / "cells.parquet")

        return self._made("cells", make)

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        path = self.folder / name
        if not path.exists():
            aside = self.folder / f"{name}.part"
            shutil.rmtree(aside, ignore_errors=True)
            make(aside)
            aside.rename(path)
        return path
