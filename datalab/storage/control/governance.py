"""People, agencies and projects in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, select, update

from datalab.audit.event import Action, AuditEvent
from datalab.errors import NotFoundError, StateError
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project
from datalab.storage.audit import SqlAuditLog
from datalab.storage.control.tables import AGENCY, PERSON, PROJECT
from datalab.storage.control.told_rows import Register, ToldRows
from datalab.storage.insertion import insert_row

T = TypeVar("T")


class SqlGovernance:
    """The register of people, agencies and projects, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._rows = ToldRows(connection, audit)

    def person(self, username: str) -> Person:
        """Return a person; raises NotFoundError, or IntegrityError if the log tells otherwise of it."""
        row = self._connection.execute(select(PERSON).where(PERSON.c.username == username)).one_or_none()
        if row is None:
            raise _missing("person", username, "`datalab person list` shows those that there are.")
        return self._rows.check(PEOPLE, _person(row))

    def people(self) -> tuple[Person, ...]:
        """Return everybody, by user name; raises IntegrityError as for one."""
        return tuple(
            self._rows.check(PEOPLE, one) for one in sorted(self._all(PERSON, _person), key=lambda one: one.username)
        )

    def agency(self, name: str) -> Agency:
        """Return an agency; raises NotFoundError, or IntegrityError if the log tells otherwise of it."""
        row = self._connection.execute(select(AGENCY).where(AGENCY.c.name == name)).one_or_none()
        if row is None:
            raise _missing("agency", name, "`datalab agency list` shows those that there are.")
        return self._rows.check(AGENCIES, _agency(row))

    def agencies(self) -> tuple[Agency, ...]:
        """Return every agency, by name; raises IntegrityError as for one."""
        return tuple(
            self._rows.check(AGENCIES, one) for one in sorted(self._all(AGENCY, _agency), key=lambda one: one.name)
        )

    def project(self, project_id: str) -> Project:
        """Return a project; raises NotFoundError, or IntegrityError if the log tells otherwise of it."""
        row = self._connection.execute(select(PROJECT).where(PROJECT.c.id == project_id)).one_or_none()
        if row is None:
            raise _missing("project", project_id, "Ask an operator for its short name.")
        return self._rows.check(PROJECTS, _project(row))

    def projects(self) -> tuple[Project, ...]:
        """Return every project, by id; raises IntegrityError as for one."""
        return tuple(
            self._rows.check(PROJECTS, one) for one in sorted(self._all(PROJECT, _project), key=lambda one: one.id)
        )

    def differing(self) -> tuple[str, ...]:
        """Name the people, agencies and projects that are not what the log tells, and those that are gone."""
        return (
            *self._rows.differing(PEOPLE, self._all(PERSON, _person)),
            *self._rows.differing(AGENCIES, self._all(AGENCY, _agency)),
            *self._rows.differing(PROJECTS, self._all(PROJECT, _project)),
        )

    def undigested(self) -> int:
        """Return how many of them were last changed before the log told digests."""
        return self._rows.undigested(PEOPLE) + self._rows.undigested(AGENCIES) + self._rows.undigested(PROJECTS)

    def add_person(self, person: Person, *, event: AuditEvent) -> None:
        """Add a person; raises StateError if the user name is taken."""
        insert_row(self._connection, PERSON, _person_values(person), refusal=_taken("person", person.username))
        self._rows.append(PEOPLE, person, event)

    def replace_person(self, person: Person, *, event: AuditEvent) -> None:
        """Change a person's roles, or suspend or reinstate them; raises NotFoundError."""
        changed = self._connection.execute(
            update(PERSON).where(PERSON.c.username == person.username).values(**_person_values(person))
        )
        if changed.rowcount != 1:
            raise _missing("person", person.username, "`datalab person list` shows those that there are.")
        self._rows.append(PEOPLE, person, event)

    def add_agency(self, agency: Agency, *, event: AuditEvent) -> None:
        """Register an agency; raises StateError if the name is taken."""
        insert_row(self._connection, AGENCY, _agency_values(agency), refusal=_taken("agency", agency.name))
        self._rows.append(AGENCIES, agency, event)

    def add_project(self, project: Project, *, event: AuditEvent) -> None:
        """Create a project; raises StateError if the id is taken."""
        insert_row(self._connection, PROJECT, _project_values(project), refusal=_taken("project", project.id))
        self._rows.append(PROJECTS, project, event)

    def replace_project(self, project: Project, *, event: AuditEvent) -> None:
        """Change a project's members, grants or expiry; raises NotFoundError."""
        changed = self._connection.execute(
            update(PROJECT).where(PROJECT.c.id == project.id).values(**_project_values(project))
        )
        if changed.rowcount != 1:
            raise _missing("project", project.id, "Ask an operator for its short name.")
        self._rows.append(PROJECTS, project, event)

    def _all(self, table: Table, value: Callable[[Row[Any]], T]) -> list[T]:
        return [value(row) for row in self._connection.execute(select(table)).all()]


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


def _person_values(person: Person) -> dict[str, Any]:
    return {
        "username": person.username,
        "full_name": person.full_name,
        "roles": sorted(role.value for role in person.roles),
        "agency": person.agency,
        "suspended": person.suspended,
    }


def _agency_values(agency: Agency) -> dict[str, Any]:
    return {"name": agency.name, "title": agency.title, "signing_key": agency.signing_key}


def _project_values(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "title": project.title,
        "purpose": project.purpose,
        "members": sorted(project.members),
        "grants": [{"dataset": grant.dataset, "columns": list(grant.columns)} for grant in project.grants],
        "expires_on": project.expires_on,
    }


PEOPLE: Register[Person] = Register(
    noun="person",
    actions=(Action.PERSON_ADDED, Action.PERSON_SUSPENDED, Action.PERSON_REINSTATED),
    subject=lambda person: person.username,
    values=_person_values,
)
AGENCIES: Register[Agency] = Register(
    noun="agency", actions=(Action.AGENCY_REGISTERED,), subject=lambda agency: agency.name, values=_agency_values
)
PROJECTS: Register[Project] = Register(
    noun="project",
    actions=(Action.PROJECT_CREATED, Action.PROJECT_CHANGED),
    subject=lambda project: project.id,
    values=_project_values,
)


def _missing(kind: str, name: str, remedy: str) -> NotFoundError:
    return NotFoundError(f"There is no {kind} called {name}.", remedy=remedy)


def _taken(kind: str, name: str) -> StateError:
    return StateError(f"There is a {kind} called {name} already.", remedy="Choose another name.")
