"""What a question is asked of: the project, and for each dataset its contract, its version and its view.

A case follows from the control database alone. It is built twice for a request: when it is submitted, from the
newest views and the columns granted today; and when it is resumed, shown or published, from the versions that the
request names, so that what was permitted and paid for is what is answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from datalab.catalogue import DatasetVersion, ProjectView
from datalab.contract.model import Contract, PrivacyUnit
from datalab.control import ControlTransaction
from datalab.errors import NotFoundError, QueryError, StateError
from datalab.governance.project import Project
from datalab.privacy.accounts.account import allocation_account, dataset_account, member_account
from datalab.privacy.table import TableRef
from datalab.query.canonical import canonical_question
from datalab.query.document import canonical_json
from datalab.query.model import Query, Question
from datalab.query.schema import ViewSchema, view_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One dataset as one project sees it."""

    contract: Contract
    """The contract under which the version was published."""
    version: DatasetVersion
    view: ProjectView
    table: TableRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with everything that it is asked of."""

    project: Project
    question: Question
    exhibits: Mapping[str, Exhibit]
    """By dataset: the question's own and the joined ones."""

    @property
    def schemas(self) -> Mapping[str, ViewSchema]:
        """What the question can be asked of."""
        return {dataset: exhibit.table.schema for dataset, exhibit in self.exhibits.items()}

    @property
    def tables(self) -> Mapping[str, TableRef]:
        """Where the rows are."""
        return {dataset: exhibit.table for dataset, exhibit in self.exhibits.items()}

    @property
    def versions(self) -> Mapping[str, int]:
        """Number of each dataset's version."""
        return {dataset: exhibit.version.number for dataset, exhibit in self.exhibits.items()}

    @property
    def accounts(self) -> tuple[str, ...]:
        """Accounts that always pay: for each dataset about people its own, and the project's share of it."""
        return tuple(
            account
            for dataset in self._charged
            for account in (dataset_account(dataset), allocation_account(self.project.id, dataset))
        )

    def member_accounts(self, person: str) -> tuple[str, ...]:
        """Return the accounts of a person's own limits; those pay too that a custodian opened."""
        return tuple(member_account(self.project.id, person, dataset) for dataset in self._charged)

    @property
    def _charged(self) -> tuple[str, ...]:
        """Datasets about people, by name."""
        return tuple(
            dataset
            for dataset, exhibit in sorted(self.exhibits.items())
            if exhibit.contract.privacy_unit is not PrivacyUnit.PUBLIC
        )

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of everything that the answer depends on; equal means the same question (law 4)."""
        document = {
            "format": 1,
            "project": self.project.id,
            "question": canonical_json(self.question),
            "versions": dict(self.versions),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def open_case(transaction: ControlTransaction, question: Question, *, project: Project, views: Path) -> Case:
    """Return the case of a new question: newest views, columns granted today, its conditions in one form.

    Args:
        transaction: on the control database.
        question: what is asked.
        project: for whom.
        views: the views zone.

    Raises:
        QueryError: if a dataset is not granted to the project.
        StateError: if a dataset has no view for the project yet.
    """
    exhibits = {}
    for dataset in _datasets(question.query):
        grant = project.grant(dataset)
        if grant is None:
            raise QueryError(
                f"The project {project.id} may not use the dataset {dataset}.",
                why="Its application does not name it.",
                remedy=f"Datasets of this project: {', '.join(g.dataset for g in project.grants) or 'none'}.",
            )
        try:
            view = transaction.catalogue.view(project.id, dataset)
        except NotFoundError:
            raise StateError(
                f"The project {project.id} has no view of {dataset} yet.",
                why="Views are built when an extract is published.",
                remedy="Wait for the next extract, or ask the operator to build the views of this project.",
            ) from None
        exhibits[dataset] = _exhibit(transaction, view, frozenset(grant.columns) & frozenset(view.columns), views)
    case = Case(project=project, question=question, exhibits=exhibits)
    return replace(case, question=canonical_question(question, case.schemas))


def reopen_case(
    transaction: ControlTransaction, question: Question, *, project: Project, versions: Mapping[str, int], views: Path
) -> Case:
    """Return the case of a stored request: the views of the versions it names, whatever is granted by now.

    Raises:
        NotFoundError: if a version or view that it names is gone.
    """
    exhibits = {}
    for dataset, number in versions.items():
        view = transaction.catalogue.view(project.id, dataset, number)
        exhibits[dataset] = _exhibit(transaction, view, frozenset(view.columns), views)
    return Case(project=project, question=question, exhibits=exhibits)


def check_live(project: Project, *, today: date) -> None:
    """Check that a project still runs; it does on its last day.

    Raises:
        StateError: if it has expired.
    """
    if project.expires_on < today:
        raise StateError(
            f"The project {project.id} expired on {project.expires_on.isoformat()}.",
            remedy="Ask an operator to extend it.",
        )


def _exhibit(transaction: ControlTransaction, view: ProjectView, columns: frozenset[str], views: Path) -> Exhibit:
    version = transaction.catalogue.version(view.dataset, view.version)
    contract = transaction.catalogue.contract(view.dataset, version.contract_version)
    schema = view_schema(contract, columns)
    table = TableRef(path=views / view.path, buckets=view.buckets, schema=schema, rows=view.rows)
    return Exhibit(contract=contract, version=version, view=view, table=table)


def _datasets(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys((query.dataset, *(join.dataset for join in query.joins))))
