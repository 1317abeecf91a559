"""People, agencies and projects in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import NotFoundError, StateError
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project
from datalab.storage.audit import SqlAuditLog
from datalab.storage.control.tables import AGENCY, PERSON, PROJECT
from datalab.storage.insertion import insert_row


class SqlGovernance:
    """The register of people, agencies and projects, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def person(self, username: str) -> Person:
        """Return a person; raises NotFoundError."""
        row = self._connection.execute(select(PERSON).where(PERSON.c.username == username)).one_or_none()
        if row is None:
            raise _missing("person", username, "`datalab person list` shows those that there are.")
        return _person(row)

    def people(self) -> tuple[Person, ...]:
        """Return everybody, by user name."""
        return tuple(sorted(map(_person, self._connection.execute(select(PERSON))), key=lambda one: one.username))

    def agency(self, name: str) -> Agency:
        """Return an agency; raises NotFoundError."""
        row = self._connection.execute(select(AGENCY).where(AGENCY.c.name == name)).one_or_none()
        if row is None:
            raise _missing("agency", name, "`datalab agency list` shows those that there are.")
        return _agency(row)

    def agencies(self) -> tuple[Agency, ...]:
        """Return every agency, by name."""
        return tuple(sorted(map(_agency, self._connection.execute(select(AGENCY))), key=lambda one: one.name))

    def project(self, project_id: str) -> Project:
        """Return a project; raises NotFoundError."""
        row = self._connection.execute(select(PROJECT).where(PROJECT.c.id == project_id)).one_or_none()
        if row is None:
            raise _missing("project", project_id, "Ask an operator for its short name.")
        return _project(row)

    def projects(self) -> tuple[Project, ...]:
        """Return every project, by id."""
        return tuple(sorted(map(_project, self._connection.execute(select(PROJECT))), key=lambda one: one.id))

    def add_person(self, person: Person, *, event: AuditEvent) -> None:
        """Add a person; raises StateError if the user name is taken."""
        values = {
            "username": person.username,
            "full_name": person.full_name,
            "roles": sorted(role.value for role in person.roles),
            "agency": person.agency,
            "suspended": person.suspended,
        }
        insert_row(self._connection, PERSON, values, refusal=_taken("person", person.username))
        self._audit.append(event)

    def replace_person(self, person: Person, *, event: AuditEvent) -> None:
        """Change a person's roles, or suspend or reinstate them; raises NotFoundError."""
        changed = self._connection.execute(
            update(PERSON)
            .where(PERSON.c.username == person.username)
            .values(roles=sorted(role.value for role in person.roles), suspended=person.suspended)
        )
        if changed.rowcount != 1:
            raise _missing("person", person.username, "`datalab person list` shows those that there are.")
        self._audit.append(event)

    def add_agency(self, agency: Agency, *, event: AuditEvent) -> None:
        """Register an agency; raises StateError if the name is taken."""
        values = {"name": agency.name, "title": agency.title, "signing_key": agency.signing_key}
        insert_row(self._connection, AGENCY, values, refusal=_taken("agency", agency.name))
        self._audit.append(event)

    def add_project(self, project: Project, *, event: AuditEvent) -> None:
        """Create a project; raises StateError if the id is taken."""
        values = {"id": project.id, **_project_values(project)}
        insert_row(self._connection, PROJECT, values, refusal=_taken("project", project.id))
        self._audit.append(event)

    def replace_project(self, project: Project, *, event: AuditEvent) -> None:
        """Change a project's members, grants or expiry; raises NotFoundError."""
        changed = self._connection.execute(
            update(PROJECT).where(PROJECT.c.id == project.id).values(**_project_values(project))
        )
        if changed.rowcount != 1:
            raise _missing("project", project.id, "Ask an operator for its short name.")
        self._audit.append(event)


def _person(row: Row[Any]) -> Person:
    return Person(
        username=row.username,
        full_name=row.full_name,
        roles=frozenset(LabRole(role) for role in row.roles),
        agency=row.agency,
        suspended=row.suspended,
    )


def _agency(row: Row[Any]) -> Agency:
    return Agency(name=row.name, title=row.title, signing_key=row.signing_key)


def _project(row: Row[Any]) -> Project:
    return Project(
        id=row.id,
        title=row.title,
        purpose=row.purpose,
        members=frozenset(row.members),
        grants=tuple(DatasetGrant(dataset=grant["dataset"], columns=tuple(grant["columns"])) for grant in row.grants),
        expires_on=row.expires_on,
    )


def _project_values(project: Project) -> dict[str, Any]:
    return {
        "title": project.title,
        "purpose": project.purpose,
        "members": sorted(project.members),
        "grants": [{"dataset": grant.dataset, "columns": list(grant.columns)} for grant in project.grants],
        "expires_on": project.expires_on,
    }


def _missing(kind: str, name: str, remedy: str) -> NotFoundError:
    return NotFoundError(f"There is no {kind} called {name}.", remedy=remedy)


def _taken(kind: str, name: str) -> StateError:
    return StateError(f"There is a {kind} called {name} already.", remedy="Choose another name.")
