"""A reviewer's queue, and deciding on a request with a reason."""

from __future__ import annotations

from starlette.responses import Response

from datalab.errors import GovernanceError
from datalab.governance.people import LabRole
from datalab.release.request import RequestState
from datalab.web.page import Page, Visit
from datalab.web.pages.requests import show_sheet

REVIEWERS = frozenset({LabRole.REVIEWER})


def queue(visit: Visit) -> Response:
    """List what waits for a decision, oldest first, and what was decided lately."""
    waiting = visit.release.requests(state=RequestState.ANSWERED.value)
    decided = [one for one in visit.release.requests() if one["decision"]]
    return visit.show("queue.html", waiting=waiting, decided=list(reversed(decided))[:20])


def review(visit: Visit) -> Response:
    """Show a request with the form to decide on it."""
    sheet = visit.release.request(visit.path["request"])
    return show_sheet(visit, sheet, may_decide=sheet["answer"] is not None and _waits(sheet["request"]["state"]))


def decide(visit: Visit) -> Response:
    """Decide; a missing reason or verdict is said beside the form, and what was typed stays."""
    request, verdict, reason = visit.path["request"], visit.text("verdict"), visit.text("reason")
    try:
        if not verdict:
            raise GovernanceError("This needs a decision.", remedy="Choose one of the three.")
        visit.release.decide(request, verdict=verdict, reason=reason)
    except GovernanceError as error:
        sheet = visit.release.request(request)
        return show_sheet(visit, sheet, may_decide=True, fault=error, reason=reason, verdict=verdict)
    return visit.go(f"requests/{request}")


def _waits(state: str) -> bool:
    return state == RequestState.ANSWERED.value


PAGES = (
    Page(path="review", method="GET", roles=REVIEWERS, step=queue),
    Page(path="review/{request}", method="GET", roles=REVIEWERS, step=review),
    Page(path="review/{request}", method="POST", roles=REVIEWERS, step=decide),
)
