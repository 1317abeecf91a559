"""Who may submit, see, decide on and withdraw requests: deny by default.

| who | ask (preview, submit) | see a request | see its answer | decide | withdraw |
|---|---|---|---|---|---|
| author, while a member | yes | yes | once released | never | yes |
| other member of the project | yes | yes | once released | no | no |
| reviewer outside the project | no | yes | yes | yes | no |
| reviewer who is its author or a member | as a member | yes | once released | never | as author |
| operator, custodian, everybody else | no | no | no | no | no |

A reviewer who is a member of the project is too close to it to decide (law 7, a little wider). *When* something may
be done is the state table of `datalab.release.request`.

Every function returns nothing or raises PermissionDeniedError, so no caller can forget to look at its result.
"""

from __future__ import annotations

from datalab.errors import PermissionDeniedError
from datalab.governance.people import LabRole, Person
from datalab.governance.project import Project
from datalab.release.request import ReleaseRequest, RequestState


def check_may_ask(person: Person, *, project: Project) -> None:
    """Check that somebody may ask questions (explain, preview, submit) for a project.

    Raises:
        PermissionDeniedError: if this is not a researcher and member of the project.
    """
    if not _is_member(person, project):
        raise PermissionDeniedError(
            f"{person.username} may not ask questions for the project {project.id}.",
            why="Only its members who are researchers may.",
            remedy="Ask an operator to add this person to the project.",
        )


def check_may_see(person: Person, *, project: Project) -> None:
    """Check that somebody may see a project's requests without their answers: question, cost, state.

    Raises:
        PermissionDeniedError: if this is neither a member of the project nor a reviewer.
    """
    if _is_member(person, project) or _is_reviewer(person):
        return
    raise PermissionDeniedError(
        f"{person.username} may not see requests of the project {project.id}.",
        why="Only members of its project and reviewers may.",
    )


def check_may_see_answer(person: Person, *, project: Project, request: ReleaseRequest) -> None:
    """Check that somebody may see the noisy answer of a request.

    Raises:
        PermissionDeniedError: if this is neither a reviewer outside the project, nor a member after its release.
    """
    check_may_see(person, project=project)
    if request.state is RequestState.RELEASED or _is_independent_reviewer(person, project, request):
        return
    raise PermissionDeniedError(
        f"{person.username} may not see the answer of this request yet.",
        why="An answer is shown to its project once it is released.",
        remedy="Wait for the review.",
    )


def check_may_decide(person: Person, *, project: Project, request: ReleaseRequest) -> None:
    """Check that somebody may decide on a request.

    Raises:
        PermissionDeniedError: if this is no reviewer, is its author, or is a member of its project.
    """
    if not _is_reviewer(person):
        raise PermissionDeniedError(
            f"{person.username} may not decide on requests.", why="That is a disclosure-control reviewer's task."
        )
    if person.username == request.author:
        raise PermissionDeniedError(
            f"{person.username} may not decide on this request.",
            why="The author of a request never reviews it.",
            remedy="Ask another reviewer.",
        )
    if person.username in project.members:
        raise PermissionDeniedError(
            f"{person.username} may not decide on this request.",
            why="A member of the project is too close to it.",
            remedy="Ask a reviewer from outside the project.",
        )


def check_may_withdraw(person: Person, *, project: Project, request: ReleaseRequest) -> None:
    """Check that somebody may withdraw a request.

    Raises:
        PermissionDeniedError: if this is not its author.
    """
    if person.username != request.author or not _is_member(person, project):
        raise PermissionDeniedError(
            f"{person.username} may not withdraw this request.",
            why="Only its author may, while a member of its project.",
        )


def _is_member(person: Person, project: Project) -> bool:
    return LabRole.RESEARCHER in person.roles and person.username in project.members


def _is_reviewer(person: Person) -> bool:
    return LabRole.REVIEWER in person.roles


def _is_independent_reviewer(person: Person, project: Project, request: ReleaseRequest) -> bool:
    return _is_reviewer(person) and person.username != request.author and person.username not in project.members
