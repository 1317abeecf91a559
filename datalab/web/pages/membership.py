"""The project that an address names, for pages of its members only."""

from __future__ import annotations

from datalab.governance.project import Project
from datalab.release.permission import check_may_ask
from datalab.web.page import Visit


def own_project(visit: Visit) -> Project:
    """Return the project of a page's address.

    Raises:
        NotFoundError: if there is none of that id.
        PermissionDeniedError: if this person is not a member of it.
    """
    with visit.portal.control.read() as tx:
        found = tx.governance.project(visit.path["project"])
    check_may_ask(visit.person, project=found)
    return found
