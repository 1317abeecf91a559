"""The port behind people, agencies and projects."""

from __future__ import annotations

from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.governance.people import Agency, Person
from datalab.governance.project import Project


class GovernanceReader(Protocol):
    """What may be asked about people, agencies and projects."""

    def person(self, username: str) -> Person:
        """Return a person; raises NotFoundError."""

    def people(self) -> tuple[Person, ...]:
        """Return everybody, by user name."""

    def agency(self, name: str) -> Agency:
        """Return an agency; raises NotFoundError."""

    def agencies(self) -> tuple[Agency, ...]:
        """Return every agency, by name."""

    def project(self, project_id: str) -> Project:
        """Return a project; raises NotFoundError."""

    def projects(self) -> tuple[Project, ...]:
        """Return every project, by id."""

    def differing(self) -> tuple[str, ...]:
        """Name the people, agencies and projects that are not what the log tells, and those that are gone."""

    def undigested(self) -> int:
        """Return how many of them were last changed before the log told digests."""


class GovernanceWriter(GovernanceReader, Protocol):
    """What may be changed, each change with its audit event in the same transaction."""

    def add_person(self, person: Person, *, event: AuditEvent) -> None:
        """Add a person; raises StateError if the user name is taken."""

    def replace_person(self, person: Person, *, event: AuditEvent) -> None:
        """Change a person's roles, or suspend or reinstate them; raises NotFoundError."""

    def add_agency(self, agency: Agency, *, event: AuditEvent) -> None:
        """Register an agency; raises StateError if the name is taken."""

    def add_project(self, project: Project, *, event: AuditEvent) -> None:
        """Create a project; raises StateError if the id is taken."""

    def replace_project(self, project: Project, *, event: AuditEvent) -> None:
        """Change a project's members, grants or expiry; raises NotFoundError."""
