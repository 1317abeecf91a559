"""The catalogue: contracts, extracts, dataset versions and project views, and the port that stores them.

Here the two flows meet: ingest writes versions and views, the release service reads views. Versions and views are
immutable; a correction is a new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from datalab.audit.event import AuditEvent
from datalab.contract.model import Contract


class ExtractKind(StrEnum):
    """Whether an extract replaces what came before or adds to it."""

    FULL = "full"
    INCREMENTAL = "incremental"


class ExtractState(StrEnum):
    """Where an extract stands; see `docs/architecture.md` for the diagram."""

    RECEIVED = "received"
    """Ciphertext is in the landing zone; its job is queued."""
    PUBLISHED = "published"
    """Its rows are part of a dataset version; the raw extract is destroyed."""
    QUARANTINED = "quarantined"
    """Checks failed; a report says why; nothing of it reached the research zone."""
    REFUSED = "refused"
    """It is not what its manifest says, or no contract covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One file that an agency pushed."""

    id: str
    agency: str
    dataset: str
    contract_version: str
    kind: ExtractKind
    period_from: date
    period_to: date
    rows: int
    """Rows as the manifest states them."""
    ciphertext_sha256: str
    content_id: str
    """HMAC of the plaintext under a secret of the agency: equal for equal content, and tells the lab nothing else."""
    state: ExtractState
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion:
    """One immutable state of a dataset in the research zone."""

    dataset: str
    number: int
    """From 1, without gaps."""
    contract_version: str
    extract_ids: tuple[str, ...]
    """Every extract whose rows are in it."""
    rows: int
    path: str
    """Folder, relative to the research zone."""
    buckets: int
    key_version: str
    """Name and version of the key behind `unit_ref`, such as `unit-ref/police_incidents/v1`."""
    report: Mapping[str, Any]
    """De-identification and quality report; names, treatments and counts only."""
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """One project's own pseudonymised copy of the columns it may use of one dataset version."""

    project: str
    dataset: str
    version: int
    columns: tuple[str, ...]
    rows: int
    path: str
    """Folder, relative to the views zone."""
    buckets: int
    """Number of Parquet buckets by `unit_id`; 0 for public reference data, which has no units."""
    key_version: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageGeneration:
    """One immutable state of the spine: which person reference belongs to which spine id."""

    number: int
    """From 1."""
    path: str
    """Folder, relative to the linkage zone."""
    persons: int
    report: Mapping[str, Any]
    """Links made by each pass, conflicts refused; counts only."""
    published_at: datetime


class CatalogueReader(Protocol):
    """What may be asked of the catalogue."""

    def contract(self, dataset: str, version: str | None = None) -> Contract:
        """Return a dataset's contract, by default the newest; raises NotFoundError."""

    def contracts(self) -> tuple[Contract, ...]:
        """Return the newest contract of every dataset, by name."""

    def extract(self, extract_id: str) -> Extract:
        """Return an extract; raises NotFoundError."""

    def extracts(self, dataset: str | None = None) -> tuple[Extract, ...]:
        """Return extracts, oldest first."""

    def extract_by_content(self, dataset: str, content_id: str) -> Extract | None:
        """Return the extract of that content that was received and not refused, if there is one."""

    def extract_report(self, extract_id: str) -> Mapping[str, Any] | None:
        """Return the report that was written when an extract was published, quarantined or refused."""

    def version(self, dataset: str, number: int | None = None) -> DatasetVersion:
        """Return a dataset version, by default the newest; raises NotFoundError."""

    def versions(self, dataset: str) -> tuple[DatasetVersion, ...]:
        """Return a dataset's versions, oldest first."""

    def view(self, project: str, dataset: str, version: int | None = None) -> ProjectView:
        """Return a project's view of a dataset, by default the newest; raises NotFoundError."""

    def views(self, project: str) -> tuple[ProjectView, ...]:
        """Return the newest view of each dataset that a project has."""

    def differing(self) -> tuple[str, ...]:
        """Name the dataset versions and project views that are not what the log tells, and those that are gone."""

    def undigested(self) -> int:
        """Return how many of them were published before the log told digests."""

    def linkage_generation(self) -> LinkageGeneration | None:
        """Return the newest state of the spine, or None before the first."""


class CatalogueWriter(CatalogueReader, Protocol):
    """What may be changed in the catalogue, each change with its audit event in the same transaction."""

    def add_contract(self, contract: Contract, source: str, *, event: AuditEvent) -> None:
        """Register a contract; `source` is its YAML. Raises StateError if that version exists with other text."""

    def add_extract(self, extract: Extract, *, event: AuditEvent) -> None:
        """Record an extract's arrival; raises StateError if its id is known."""

    def settle_extract(
        self, extract_id: str, state: ExtractState, report: Mapping[str, Any], *, event: AuditEvent
    ) -> None:
        """Move a received extract to a final state with its report; raises StateError if it is not received."""

    def note_extract(self, *, event: AuditEvent) -> None:
        """Remember what happened to a delivery and changed no row: a duplicate, an unreadable one, a shredded one."""

    def add_version(self, version: DatasetVersion, *, event: AuditEvent) -> None:
        """Publish a version; raises StateError if its number is not the next."""

    def add_view(self, view: ProjectView, *, event: AuditEvent) -> None:
        """Publish a view; raises StateError if the project has one of that version."""

    def add_linkage_generation(self, generation: LinkageGeneration, *, event: AuditEvent) -> None:
        """Publish a state of the spine; raises StateError if its number is not the next."""
