"""Who may bring files to a project, see them, and decide on them: deny by default.

| who | bring | see | decide |
|---|---|---|---|
| member of the project, before its last day has passed | yes | yes | no |
| reviewer or operator outside the project | no | yes | yes |
| reviewer or operator who is its author or a member | as a member | yes | never |
| everybody else | no | no | no |
"""

from __future__ import annotations

from datetime import date

from datalab.errors import PermissionDeniedError, StateError
from datalab.governance.people import LabRole, Person
from datalab.governance.project import Project

DECIDERS = frozenset({LabRole.OPERATOR, LabRole.REVIEWER})


def check_may_bring(person: Person, *, project: Project, today: date) -> None:
    """Check that somebody may bring a file to a project.

    Raises:
        PermissionDeniedError: if this is no researcher and member of it.
        StateError: if the project has ended.
    """
    if not _is_member(person, project):
        raise PermissionDeniedError(
            f"{person.username} may not bring files to the project {project.id}.",
            why="Only its members who are researchers may.",
            remedy="Ask an operator to add this person to the project.",
        )
    if project.expires_on < today:
        raise StateError(
            f"The project {project.id} has ended.",
            why=f"Its last day was {project.expires_on.isoformat()}.",
            remedy="Ask an operator to extend it.",
        )


def check_may_see(person: Person, *, project: Project) -> None:
    """Check that somebody may see what was brought to a project; raises PermissionDeniedError."""
    if not (_is_member(person, project) or person.roles & DECIDERS):
        raise PermissionDeniedError(
            f"{person.username} may not see files of the project {project.id}.",
            why="Only its members, operators and reviewers may.",
        )


def check_may_decide(person: Person, *, project: Project, author: str) -> None:
    """Check that somebody may approve or refuse a file.

    Raises:
        PermissionDeniedError: if this is neither operator nor reviewer, is who brought it, or is a member.
    """
    if not person.roles & DECIDERS:
        raise PermissionDeniedError(
            f"{person.username} may not decide on files.", why="That is an operator's or a reviewer's task."
        )
    if person.username == author or person.username in project.members:
        raise PermissionDeniedError(
            f"{person.username} may not decide on this file.",
            why="Who brought it, or is a member of its project, is too close to it.",
            remedy="Ask an operator or a reviewer from outside the project.",
        )


def _is_member(person: Person, project: Project) -> bool:
    return LabRole.RESEARCHER in person.roles and person.username in project.members
