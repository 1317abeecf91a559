"""The catalogue in SQL: contracts, extracts, dataset versions, project views, linkage generations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import DatasetVersion, Extract, ExtractState, LinkageGeneration, ProjectView
from datalab.contract.model import Contract
from datalab.errors import NotFoundError, StateError
from datalab.storage.audit import SqlAuditLog, entries_of
from datalab.storage.control.catalogue_rows import (
    VERSIONS,
    VIEWS,
    extract_from_row,
    extract_values,
    generation_from_row,
    generation_values,
    version_from_row,
    version_number,
    version_values,
    view_from_row,
    view_values,
)
from datalab.storage.control.contract_text import check_text, digest_of, registration, stored_contract
from datalab.storage.control.tables import CONTRACT, CONTROL_AUDIT, EXTRACT, GENERATION, VERSION, VERSION_EXTRACT, VIEW
from datalab.storage.control.told_rows import ToldRows
from datalab.storage.insertion import insert_row


class SqlCatalogue:
    """The catalogue, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit
        self._rows = ToldRows(connection, audit)

    def contract(self, dataset: str, version: str | None = None) -> Contract:
        """Return a dataset's contract, by default the one with the highest version.

        Raises:
            NotFoundError: if there is none.
            IntegrityError: if its text is not the one that the audit log tells of.
        """
        query = select(CONTRACT).where(CONTRACT.c.dataset == dataset)
        if version is not None:
            query = query.where(CONTRACT.c.version == version)
        rows = self._connection.execute(query).all()
        if not rows:
            raise NotFoundError(
                f"There is no contract for {dataset}{f' in version {version}' if version else ''}.",
                remedy="`datalab contract list` shows those that there are.",
            )
        newest = max(rows, key=lambda row: version_number(row.version))
        told = entries_of(self._connection, CONTROL_AUDIT, (Action.CONTRACT_REGISTERED,), dataset)
        check_text(
            newest.source,
            newest.source_sha256,
            dataset=dataset,
            version=newest.version,
            told=told,
            newest=version is None,
        )
        return stored_contract(newest.source, newest.dataset)

    def contracts(self) -> tuple[Contract, ...]:
        """Return the newest contract of every dataset, by name."""
        datasets = self._connection.execute(select(CONTRACT.c.dataset).distinct()).scalars()
        return tuple(self.contract(dataset) for dataset in sorted(datasets))

    def extract(self, extract_id: str) -> Extract:
        """Return an extract; raises NotFoundError."""
        row = self._connection.execute(select(EXTRACT).where(EXTRACT.c.id == extract_id)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no extract {extract_id}.", remedy="`datalab extract list` shows those that were received."
            )
        return extract_from_row(row)

    def extracts(self, dataset: str | None = None) -> tuple[Extract, ...]:
        """Return extracts, oldest first."""
        query = select(EXTRACT).order_by(EXTRACT.c.number)
        if dataset is not None:
            query = query.where(EXTRACT.c.dataset == dataset)
        return tuple(map(extract_from_row, self._connection.execute(query)))

    def extract_by_content(self, dataset: str, content_id: str) -> Extract | None:
        """Return the extract of that content that was received and not refused; one that is live before others."""
        query = (
            select(EXTRACT)
            .where(
                EXTRACT.c.dataset == dataset,
                EXTRACT.c.content_id == content_id,
                EXTRACT.c.state != ExtractState.REFUSED.value,
            )
            .order_by(EXTRACT.c.state == ExtractState.QUARANTINED.value, EXTRACT.c.number)
        )
        row = self._connection.execute(query).first()
        return None if row is None else extract_from_row(row)

    def extract_report(self, extract_id: str) -> Mapping[str, Any] | None:
        """Return the report that was written when an extract was published, quarantined or refused."""
        self.extract(extract_id)
        report: Mapping[str, Any] | None = self._connection.execute(
            select(EXTRACT.c.report).where(EXTRACT.c.id == extract_id)
        ).scalar_one()
        return report

    def version(self, dataset: str, number: int | None = None) -> DatasetVersion:
        """Return a dataset version, by default the newest; raises NotFoundError, or IntegrityError as `view`."""
        query = select(VERSION).where(VERSION.c.dataset == dataset).order_by(VERSION.c.number.desc())
        if number is not None:
            query = query.where(VERSION.c.number == number)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFoundError(
                f"{dataset} has no published version{f' {number}' if number else ''}.",
                remedy="Deliver an extract and run `datalab ingest work`.",
            )
        return self._rows.check(VERSIONS, self._version(row))

    def versions(self, dataset: str) -> tuple[DatasetVersion, ...]:
        """Return a dataset's versions, oldest first; raises IntegrityError as `view`."""
        query = select(VERSION).where(VERSION.c.dataset == dataset).order_by(VERSION.c.number)
        rows = self._connection.execute(query).all()
        return tuple(self._rows.check(VERSIONS, self._version(row)) for row in rows)

    def view(self, project: str, dataset: str, version: int | None = None) -> ProjectView:
        """Return a project's view of a dataset, by default the newest.

        Raises:
            NotFoundError: if there is none.
            IntegrityError: if it is not what the audit log tells, or not the newest that the log tells of.
        """
        query = select(VIEW).where(VIEW.c.project == project, VIEW.c.dataset == dataset)
        if version is not None:
            query = query.where(VIEW.c.version == version)
        row = self._connection.execute(query.order_by(VIEW.c.version.desc())).first()
        if row is not None:
            return self._rows.check(VIEWS, view_from_row(row), newest=version is None)
        raise NotFoundError(
            f"Project {project} has no view of {dataset}.",
            why="It was not granted, or no version was published since.",
            remedy="`datalab project show` lists what the project may use.",
        )

    def views(self, project: str) -> tuple[ProjectView, ...]:
        """Return the newest view of each dataset that a project has, by dataset; raises IntegrityError as `view`."""
        query = select(VIEW).where(VIEW.c.project == project).order_by(VIEW.c.version)
        newest = {row.dataset: view_from_row(row) for row in self._connection.execute(query)}
        return tuple(self._rows.check(VIEWS, newest[dataset], newest=True) for dataset in sorted(newest))

    def differing(self) -> tuple[str, ...]:
        """Name the dataset versions and project views that are not what the log tells, and those that are gone."""
        versions = [self._version(row) for row in self._connection.execute(select(VERSION)).all()]
        views = [view_from_row(row) for row in self._connection.execute(select(VIEW)).all()]
        return (*self._rows.differing(VERSIONS, versions), *self._rows.differing(VIEWS, views))

    def undigested(self) -> int:
        """Return how many of them were published before the log told digests."""
        return self._rows.undigested(VERSIONS) + self._rows.undigested(VIEWS)

    def linkage_generation(self) -> LinkageGeneration | None:
        """Return the newest state of the spine, or None before the first."""
        row = self._connection.execute(select(GENERATION).order_by(GENERATION.c.number.desc())).first()
        return None if row is None else generation_from_row(row)

    def add_contract(self, contract: Contract, source: str, *, event: AuditEvent) -> None:
        """Register a contract; the same text again changes nothing. Raises StateError if the version has other text."""
        name = f"{contract.dataset} {contract.version}"
        if stored_contract(source, contract.dataset) != contract:
            raise StateError(f"The text given for contract {name} is that of another contract.")
        digest = digest_of(source)
        known = self._connection.execute(
            select(CONTRACT.c.source_sha256).where(
                CONTRACT.c.dataset == contract.dataset, CONTRACT.c.version == contract.version
            )
        ).scalar_one_or_none()
        if known == digest:
            return
        refusal = StateError(
            f"Contract {name} is registered with another text.",
            why="A version of a contract never changes: extracts and answers refer to it.",
            remedy="Raise the version.",
        )
        values = {
            "dataset": contract.dataset,
            "version": contract.version,
            "source": source,
            "source_sha256": digest,
        }
        insert_row(self._connection, CONTRACT, values, refusal=refusal)
        self._audit.append(replace(event, details={**event.details, **registration(contract.version, digest)}))

    def add_extract(self, extract: Extract, *, event: AuditEvent) -> None:
        """Record an extract's arrival; raises StateError if its id, or its live content, is known."""
        if extract.state is not ExtractState.RECEIVED:
            raise StateError(
                f"Extract {extract.id} cannot arrive as {extract.state.value}.", why="It is settled later."
            )
        refusal = StateError(
            f"Extract {extract.id} was received before.",
            why="Its id, or its content, is that of an extract that the lab holds.",
            remedy="There is nothing to do: one submission is enough.",
        )
        insert_row(self._connection, EXTRACT, extract_values(extract), refusal=refusal)
        self._audit.append(event)

    def settle_extract(
        self, extract_id: str, state: ExtractState, report: Mapping[str, Any], *, event: AuditEvent
    ) -> None:
        """Move a received extract to a final state with its report; raises StateError if it is not received."""
        if state is ExtractState.RECEIVED:
            raise StateError(f"Extract {extract_id} cannot be settled as received.")
        settled = self._connection.execute(
            update(EXTRACT)
            .where(EXTRACT.c.id == extract_id, EXTRACT.c.state == ExtractState.RECEIVED.value)
            .values(state=state.value, report=dict(report))
        )
        if settled.rowcount != 1:
            raise StateError(
                f"Extract {extract_id} cannot become {state.value}.",
                why=f"It is {self.extract(extract_id).state.value}; only a received extract is settled, once.",
            )
        self._audit.append(event)

    def note_extract(self, *, event: AuditEvent) -> None:
        """Remember what happened to a delivery and changed no row: a duplicate, an unreadable one, a shredded one."""
        self._audit.append(event)

    def add_version(self, version: DatasetVersion, *, event: AuditEvent) -> None:
        """Publish a version; raises StateError if its number is not the next, or what it is made of is unknown."""
        newest = select(func.coalesce(func.max(VERSION.c.number), 0)).where(VERSION.c.dataset == version.dataset)
        name = f"Version {version.number} of {version.dataset}"
        self._expect_next(name, version.number, int(self._connection.execute(newest).scalar_one()))
        refusal = StateError(
            f"{name} cannot be published.",
            why="Its contract or one of its extracts is not registered, or its folder is another version's.",
        )
        insert_row(self._connection, VERSION, version_values(version), refusal=refusal)
        for place, extract_id in enumerate(version.extract_ids):
            part = {"dataset": version.dataset, "number": version.number, "place": place, "extract_id": extract_id}
            insert_row(self._connection, VERSION_EXTRACT, part, refusal=refusal)
        self._rows.append(VERSIONS, version, event)

    def add_view(self, view: ProjectView, *, event: AuditEvent) -> None:
        """Publish a view; raises StateError if the project has one of that version, or there is no such version."""
        refusal = StateError(
            f"The view of {view.dataset} version {view.version} for project {view.project} cannot be published.",
            why="The project has one already, there is no such version, or its folder is another view's.",
        )
        insert_row(self._connection, VIEW, view_values(view), refusal=refusal)
        self._rows.append(VIEWS, view, event)

    def add_linkage_generation(self, generation: LinkageGeneration, *, event: AuditEvent) -> None:
        """Publish a state of the spine; raises StateError if its number is not the next."""
        newest = self.linkage_generation()
        self._expect_next(f"Linkage generation {generation.number}", generation.number, newest.number if newest else 0)
        self._connection.execute(insert(GENERATION).values(**generation_values(generation)))
        self._audit.append(event)

    def _expect_next(self, name: str, number: int, newest: int) -> None:
        if number != newest + 1:
            raise StateError(
                f"{name} cannot be published.",
                why=f"The next number is {newest + 1}; somebody may have published since this one was begun.",
                remedy="Build it again on the newest one.",
            )

    def _version(self, row: Row[Any]) -> DatasetVersion:
        return version_from_row(row, self._extract_ids(row.dataset, row.number))

    def _extract_ids(self, dataset: str, number: int) -> tuple[str, ...]:
        query = (
            select(VERSION_EXTRACT.c.extract_id)
            .where(VERSION_EXTRACT.c.dataset == dataset, VERSION_EXTRACT.c.number == number)
            .order_by(VERSION_EXTRACT.c.place)
        )
        return tuple(self._connection.execute(query).scalars())
