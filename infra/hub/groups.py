"""Groups of the hub, made of the lab's registers: a role each, and a project each while it runs.

Governance is the source of truth. The hub learns it at sign-in, and again whenever it refreshes somebody
(`LabAuthenticator.auth_refresh_age`), so that whoever is taken off a project, or suspended, loses its door with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from datalab.control import ControlDatabase
from datalab.errors import PermissionDeniedError
from datalab.governance.office import acting_person
from datalab.governance.people import LabRole

PROJECT = "project-"
"""Before a project's id: the group of those who may work in it."""


def groups_of(
    control: ControlDatabase, username: str, *, today: date, roles: Collection[LabRole] = tuple(LabRole)
) -> list[str] | None:
    """Return somebody's groups, or None for a person who may not sign in: unknown, or suspended.

    Args:
        control: the control database.
        username: who.
        today: for the end of projects; a project runs on its last day.
        roles: those that count today, where an identity provider has a say too.
    """
    with control.read() as tx:
        try:
            person = acting_person(tx.governance, username)
        except PermissionDeniedError:
            return None
        held = person.roles & set(roles)
        projects = [
            project.id
            for project in tx.governance.projects()
            if LabRole.RESEARCHER in held and username in project.members and project.expires_on >= today
        ]
    return [*sorted(role.value for role in held), *(PROJECT + project for project in projects)]
