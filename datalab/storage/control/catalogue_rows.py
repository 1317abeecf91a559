"""Rows of the catalogue's tables, from and to its values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from datalab.audit.event import Action
from datalab.catalogue import DatasetVersion, Extract, ExtractKind, ExtractState, LinkageGeneration, ProjectView
from datalab.storage.control.told_rows import Register


def version_number(version: str) -> tuple[int, ...]:
    """Return `major.minor.patch` as numbers, so that 1.10.0 comes after 1.9.0; what is no number counts as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def extract_from_row(row: Row[Any]) -> Extract:
    """Return an extract."""
    return Extract(
        id=row.id,
        agency=row.agency,
        dataset=row.dataset,
        contract_version=row.contract_version,
        kind=ExtractKind(row.kind),
        period_from=row.period_from,
        period_to=row.period_to,
        rows=row.rows,
        ciphertext_sha256=row.ciphertext_sha256,
        content_id=row.content_id,
        state=ExtractState(row.state),
        received_at=row.received_at,
    )


def extract_values(extract: Extract) -> dict[str, Any]:
    """Return an extract's columns."""
    return {
        "id": extract.id,
        "agency": extract.agency,
        "dataset": extract.dataset,
        "contract_version": extract.contract_version,
        "kind": extract.kind.value,
        "period_from": extract.period_from,
        "period_to": extract.period_to,
        "rows": extract.rows,
        "ciphertext_sha256": extract.ciphertext_sha256,
        "content_id": extract.content_id,
        "state": extract.state.value,
        "received_at": extract.received_at,
    }


def version_from_row(row: Row[Any], extract_ids: tuple[str, ...]) -> DatasetVersion:
    """Return a dataset version."""
    return DatasetVersion(
        dataset=row.dataset,
        number=row.number,
        contract_version=row.contract_version,
        extract_ids=extract_ids,
        rows=row.rows,
        path=row.path,
        buckets=row.buckets,
        key_version=row.key_version,
        report=row.report,
        published_at=row.published_at,
    )


def version_values(version: DatasetVersion) -> dict[str, Any]:
    """Return a dataset version's columns, without its extracts."""
    return {
        "dataset": version.dataset,
        "number": version.number,
        "contract_version": version.contract_version,
        "rows": version.rows,
        "path": version.path,
        "buckets": version.buckets,
        "key_version": version.key_version,
        "report": dict(version.report),
        "published_at": version.published_at,
    }


def view_from_row(row: Row[Any]) -> ProjectView:
    """Return a project view."""
    return ProjectView(
        project=row.project,
        dataset=row.dataset,
        version=row.version,
        columns=tuple(row.columns),
        rows=row.rows,
        path=row.path,
        buckets=row.buckets,
        key_version=row.key_version,
        published_at=row.published_at,
    )


def view_values(view: ProjectView) -> dict[str, Any]:
    """Return a project view's columns."""
    return {
        "project": view.project,
        "dataset": view.dataset,
        "version": view.version,
        "columns": list(view.columns),
        "rows": view.rows,
        "path": view.path,
        "buckets": view.buckets,
        "key_version": view.key_version,
        "published_at": view.published_at,
    }


def generation_from_row(row: Row[Any]) -> LinkageGeneration:
    """Return a linkage generation."""
    return LinkageGeneration(
        number=row.number, path=row.path, persons=row.persons, report=row.report, published_at=row.published_at
    )


def generation_values(generation: LinkageGeneration) -> dict[str, Any]:
    """Return a linkage generation's columns."""
    return {
        "number": generation.number,
        "path": generation.path,
        "persons": generation.persons,
        "report": dict(generation.report),
        "published_at": generation.published_at,
    }


VERSIONS: Register[DatasetVersion] = Register(
    noun="dataset version",
    actions=(Action.VERSION_PUBLISHED,),
    subject=lambda version: f"{version.dataset}/v{version.number:04d}",
    values=lambda version: {**version_values(version), "extract_ids": list(version.extract_ids)},
)
VIEWS: Register[ProjectView] = Register(
    noun="project view",
    actions=(Action.VIEW_PUBLISHED,),
    subject=lambda view: f"{view.project}/{view.dataset}",
    values=view_values,
    version=lambda view: view.version,
)
