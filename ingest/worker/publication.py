"""Publishing: an extract's people into the spine, its rows into a dataset version.

Folders carry the attempt's own tag and become known by the transaction that records them (`ingest.worker.leftovers`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import DatasetVersion, Extract, ExtractKind, LinkageGeneration
from datalab.contract.model import UNIT_REF, Contract, PrivacyUnit
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import ExtractError, InternalError
from datalab.settings import Settings
from ingest.landing.job import ACTOR
from ingest.spark.session import IngestSession
from ingest.spark.tables import JobTables
from ingest.spark.versions import link_people, write_rows
from ingest.worker.leftovers import sweep


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Writes spine generations and dataset versions, and records them."""

    settings: Settings
    control: ControlDatabase
    session: IngestSession = field(repr=False)
    clock: Callable[[], datetime]

    def link(self, contract: Contract, tables: JobTables, *, tag: str) -> LinkageGeneration | None:
        """Write the generation of the spine that knows an extract's people; None where units are not persons."""
        if contract.privacy_unit is not PrivacyUnit.PERSON:
            return None
        with self.control.read() as transaction:
            newest = transaction.catalogue.linkage_generation()
        number = newest.number + 1 if newest else 1
        path = f"g{number:04d}-{tag}"
        sweep(self.settings.linkage, tag, known=lambda name: int(name[1:5]) < number)
        report = link_people(
            self.session.spark,
            tables.treated(),
            key_space=contract.key_space,
            generation=number,
            previous=self.settings.linkage / newest.path if newest else None,
            out=self.settings.linkage / path,
        )
        return LinkageGeneration(
            number=number, path=path, persons=report.persons, report=report.as_counts(), published_at=self.clock()
        )

    def record_generation(self, transaction: ControlTransaction, generation: LinkageGeneration) -> None:
        """Make a generation known; a StateError means that another extract was linked meanwhile: link again."""
        details = {"persons": generation.persons}
        event = self._event(Action.LINKAGE_GENERATION_PUBLISHED, f"g{generation.number:04d}", **details)
        transaction.catalogue.add_linkage_generation(generation, event=event)

    def write_version(
        self, extract: Extract, contract: Contract, tables: JobTables, *, report: Mapping[str, Any], tag: str
    ) -> DatasetVersion:
        """Write the rows of the next version: the extract's own, after those it adds to.

        Raises:
            ExtractError: if it adds to rows made under another contract.
        """
        with self.control.read() as transaction:
            versions = transaction.catalogue.versions(contract.dataset)
        done = next((version for version in versions if extract.id in version.extract_ids), None)
        if done is not None:  # an earlier job published it and ended before it was settled
            return done
        newest = versions[-1] if versions else None
        base = newest if extract.kind is ExtractKind.INCREMENTAL else None
        if base is not None and base.contract_version != contract.version:
            raise ExtractError(
                f"The rows that {contract.dataset} holds were made under contract {base.contract_version}.",
                why="Rows made under two contracts do not stand in one version.",
                remedy="Send a full extract first.",
            )
        number = newest.number + 1 if newest else 1
        folder = self.settings.research / contract.dataset
        known = {version.path.rpartition("/")[2] for version in versions}
        sweep(folder, tag, known=known.__contains__)
        path = f"{contract.dataset}/v{number:04d}-{tag}"
        public = contract.privacy_unit is PrivacyUnit.PUBLIC
        buckets = 0 if public else self.settings.buckets
        treated = tables.treated()
        rows = write_rows(
            treated,
            contract=contract,
            base=self.settings.research / base.path if base else None,
            folder=self.settings.research / path,
            unit=None if public else UNIT_REF,
            buckets=buckets,
        )
        return DatasetVersion(
            dataset=contract.dataset,
            number=number,
            contract_version=contract.version,
            extract_ids=(*(base.extract_ids if base else ()), extract.id),
            rows=rows,
            path=path,
            buckets=buckets,
            key_version=treated.key_version,
            report=report,
            published_at=self.clock(),
        )

    def record_version(self, transaction: ControlTransaction, version: DatasetVersion, extract_id: str) -> None:
        """Make a version known.

        Raises:
            InternalError: if another extract was published meanwhile; trying again builds on that one.
        """
        versions = transaction.catalogue.versions(version.dataset)
        if any(extract_id in known.extract_ids for known in versions):
            return
        if len(versions) + 1 != version.number:
            raise InternalError(f"Another extract of {version.dataset} was published meanwhile.")
        event = self._event(
            Action.VERSION_PUBLISHED, f"{version.dataset}/v{version.number:04d}", rows=version.rows, extract=extract_id
        )
        transaction.catalogue.add_version(version, event=event)

    def _event(self, action: Action, subject: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=ACTOR, subject=subject, at=self.clock(), details=details)
