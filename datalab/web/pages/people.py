"""For operators: who is in the lab, and its projects."""

from __future__ import annotations

from starlette.responses import Response

from datalab.governance.people import LabRole
from datalab.governance.permission import check_may_administer
from datalab.web.page import Page, Visit

OPERATORS = frozenset({LabRole.OPERATOR})


def people(visit: Visit) -> Response:
    """List people and projects."""
    check_may_administer(visit.person)
    with visit.portal.control.read() as tx:
        found, projects = tx.governance.people(), tx.governance.projects()
    return visit.show("people.html", people=found, projects=projects)


PAGES = (Page(path="people", method="GET", roles=OPERATORS, step=people),)
