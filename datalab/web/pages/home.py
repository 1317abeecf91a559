"""The start page: what this person can do, by role; and signing out."""

from __future__ import annotations

from starlette.responses import Response

from datalab.governance.people import LabRole
from datalab.release.request import RequestState
from datalab.web.page import EVERYBODY, Page, Visit


def home(visit: Visit) -> Response:
    """Show the start page."""
    waiting = 0
    if LabRole.REVIEWER in visit.person.roles:
        waiting = len(visit.release.requests(state=RequestState.ANSWERED.value))
    return visit.show("home.html", waiting=waiting, projects=_projects(visit))


def sign_out(visit: Visit) -> Response:
    """End the session, here and at the hub."""
    return visit.portal.end(visit.session)


def _projects(visit: Visit) -> list[str]:
    return sorted(group.removeprefix("project-") for group in visit.visitor.groups if group.startswith("project-"))


PAGES = (
    Page(path="", method="GET", roles=EVERYBODY, step=home),
    Page(path="sign-out", method="POST", roles=EVERYBODY, step=sign_out),
)
