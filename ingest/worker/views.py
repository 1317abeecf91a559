"""Which views a dataset version gives rise to, and making one: after an extract, and when a project is created."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from anonymise.keys.keyring import KeyRing
from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import DatasetVersion, ProjectView
from datalab.contract.model import Contract, PrivacyUnit
from datalab.contract.published import published_columns
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import NotFoundError, StateError
from datalab.governance.project import DatasetGrant, Project
from datalab.settings import Settings
from ingest.landing.job import ACTOR
from ingest.spark.session import IngestSession
from ingest.spark.views import write_view
from ingest.worker.leftovers import sweep


@dataclass(frozen=True, kw_only=True)
class ViewBuilder:
    """Makes project views."""

    settings: Settings
    control: ControlDatabase
    keys: KeyRing = field(repr=False)
    session: IngestSession = field(repr=False)
    clock: Callable[[], datetime]

    def lacking(self, dataset: str) -> tuple[str, ...]:
        """List the projects that are granted a dataset and have no view of its newest version."""
        with self.control.read() as transaction:
            version = transaction.catalogue.version(dataset)
            return tuple(
                project.id
                for project in transaction.governance.projects()
                if project.grant(dataset) and self._is_open(project) and not _has_view(transaction, project, version)
            )

    def build(self, project_id: str, dataset: str, *, tag: str) -> ProjectView:
        """Write the files of a project's view of a dataset's newest version; `record` makes them known.

        Args:
            project_id: the project.
            dataset: the dataset.
            tag: ends the folder's name; one attempt's own, so that two workers never write to one folder.

        Raises:
            StateError: if the project expired.
            NotFoundError: if there is no such project or grant, or the dataset has no version.
        """
        with self.control.read() as transaction:
            project = transaction.governance.project(project_id)
            version = transaction.catalogue.version(dataset)
            contract = transaction.catalogue.contract(dataset, version.contract_version)
            generation = transaction.catalogue.linkage_generation()
        if not self._is_open(project):
            raise StateError(f"Project {project_id} expired on {project.expires_on.isoformat()}.")
        grant = project.grant(dataset)
        if grant is None:
            raise NotFoundError(f"Project {project_id} may not use {dataset}.")
        columns = _granted_columns(grant, contract)
        key = self.keys.key(f"project/{project_id}")
        path = f"{project_id}/{dataset}/v{version.number:04d}-{tag}"
        ours = f"v{version.number:04d}-"
        sweep(self.settings.views / project_id / dataset, tag, known=lambda name: not name.startswith(ours))
        buckets = 0 if contract.privacy_unit is PrivacyUnit.PUBLIC else self.settings.buckets
        rows = write_view(
            self.session.spark,
            contract=contract,
            version=self.settings.research / version.path,
            columns=columns,
            key=key,
            generation=self.settings.linkage / generation.path if generation else None,
            folder=self.settings.views / path,
            buckets=buckets,
        )
        return ProjectView(
            project=project_id,
            dataset=dataset,
            version=version.number,
            columns=columns,
            rows=rows,
            path=path,
            buckets=buckets,
            key_version=key.label,
            published_at=self.clock(),
        )

    def build_missing(self, project_id: str) -> tuple[ProjectView, ...]:
        """Build and record every view that a project may have of newest versions, and has not yet."""
        with self.control.read() as transaction:
            granted = [grant.dataset for grant in transaction.governance.project(project_id).grants]
            published = [dataset for dataset in granted if transaction.catalogue.versions(dataset)]
        views = []
        for dataset in published:
            if project_id in self.lacking(dataset):
                view = self.build(project_id, dataset, tag=secrets.token_hex(4))
                with self.control.begin() as transaction:
                    self.record(transaction, view)
                views.append(view)
        return tuple(views)

    def record(self, transaction: ControlTransaction, view: ProjectView) -> None:
        """Make a view known to the catalogue."""
        event = AuditEvent(
            action=Action.VIEW_PUBLISHED,
            actor=ACTOR,
            subject=f"{view.project}/{view.dataset}",
            at=self.clock(),
            details={"version": view.version, "rows": view.rows, "columns": len(view.columns)},
        )
        transaction.catalogue.add_view(view, event=event)

    def _is_open(self, project: Project) -> bool:
        return project.expires_on >= self.clock().date()


def _granted_columns(grant: DatasetGrant, contract: Contract) -> tuple[str, ...]:
    """Return the granted columns that research sees at all, in the contract's order."""
    return tuple(column.name for column in published_columns(contract) if column.name in grant.columns)


def _has_view(transaction: ControlTransaction, project: Project, version: DatasetVersion) -> bool:
    try:
        transaction.catalogue.view(project.id, version.dataset, version.number)
    except NotFoundError:
        return False
    return True
