"""A reviewer's queue, and deciding on a request with a reason."""

from __future__ import annotations

from starlette.responses import Response

from datalab.errors import GovernanceError
from datalab.governance.people import LabRole
from datalab.release.request import RequestState
from datalab.web.page import Page, Visit
from datalab.web.pages.requests import Decision, show_sheet

REVIEWERS = frozenset({LabRole.REVIEWER})
VERDICTS = frozenset({RequestState.APPROVED, RequestState.RETURNED, RequestState.REJECTED})


def queue(visit: Visit) -> Response:
    """List what waits for a decision, oldest first, and what was decided lately."""
    waiting = visit.release.requests(state=RequestState.ANSWERED.value)
    decided = [one for one in visit.release.requests() if one["decision"]]
    return visit.show("queue.html", waiting=waiting, decided=list(reversed(decided))[:20])


def review(visit: Visit) -> Response:
    """Show a request with the form to decide on it."""
    sheet = visit.release.request(visit.path["request"])
    waits = sheet["answer"] is not None and sheet["request"]["state"] == RequestState.ANSWERED.value
    return show_sheet(visit, sheet, decision=Decision() if waits else None)


def decide(visit: Visit) -> Response:
    """Decide; a missing reason or verdict is said beside the form, and what was typed stays."""
    request, verdict, reason = visit.path["request"], visit.text("verdict"), visit.text("reason")
    try:
        if verdict not in VERDICTS:
            raise GovernanceError("No decision was chosen.", remedy="Choose whether to approve, return or reject.")  # noqa: TRY301 - said beside the form, as what the core says
        visit.release.decide(request, verdict=verdict, reason=reason)
    except GovernanceError as error:
        sheet = visit.release.request(request)
        return show_sheet(visit, sheet, decision=Decision(verdict=verdict, reason=reason, fault=error))
    return visit.go(f"requests/{request}")


PAGES = (
    Page(path="review", method="GET", roles=REVIEWERS, step=queue),
    Page(path="review/{request}", method="GET", roles=REVIEWERS, step=review),
    Page(path="review/{request}", method="POST", roles=REVIEWERS, step=decide),
)
