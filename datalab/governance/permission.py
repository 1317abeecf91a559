"""Who may change what in the lab's registers: deny by default.

| who | may |
|---|---|
| operator | add people, register agencies, create projects, change their members, grants and expiry |
| custodian | register contracts of their own agency; grant and allocate the budget of its datasets, by acts it signed |
| reviewer, researcher | change none of it |

The operator says which columns a project may use, and the custodian decides whether it may ask anything: a project
without an allocation of the custodian's budget can ask nothing of that dataset.

Who may submit, see and decide requests is `datalab.release.permission`.
"""

from __future__ import annotations

from datalab.errors import PermissionDeniedError
from datalab.governance.people import LabRole, Person


def check_may_administer(person: Person) -> None:
    """Check that somebody may change people, agencies and projects.

    Raises:
        PermissionDeniedError: if this is not an operator.
    """
    if LabRole.OPERATOR not in person.roles:
        raise PermissionDeniedError(
            f"{person.username} may not change people, agencies or projects.",
            why="That is an operator's task.",
            remedy="Ask an operator of the lab.",
        )


def check_may_act_for(person: Person, *, agency: str) -> None:
    """Check that somebody may register contracts and give budget for an agency's datasets.

    Raises:
        PermissionDeniedError: if this is not a custodian of that agency.
    """
    if LabRole.CUSTODIAN not in person.roles or person.agency != agency:
        raise PermissionDeniedError(
            f"{person.username} may not act for the agency {agency}.",
            why="Contracts and privacy budgets of a dataset are its own custodian's to give.",
            remedy=f"Ask a custodian of {agency}.",
        )
