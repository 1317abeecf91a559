"""Requests: question in English, cost, remarks, and the answer with its chart where this person may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from datalab.errors import GovernanceError, QueryError
from datalab.governance.people import LabRole
from datalab.privacy.answer import Estimate
from datalab.privacy.answer_chart import interval_chart
from datalab.privacy.digits import AMOUNTS, estimate_parts
from datalab.query.characters import MAX_REASON
from datalab.web.page import Page, Visit
from datalab.web.pages.membership import own_project

READERS = frozenset({LabRole.RESEARCHER, LabRole.REVIEWER})
RESEARCHERS = frozenset({LabRole.RESEARCHER})


def request(visit: Visit) -> Response:
    """Show one request as this person may see it."""
    return show_sheet(visit, visit.release.request(visit.path["request"]))


def ask(visit: Visit) -> Response:
    """Show the form for a question as JSON, for whoever wrote it elsewhere."""
    return visit.show("ask.html", project=own_project(visit).id, question="", sheet=None, fault=None)


def asked(visit: Visit) -> Response:
    """Preview or submit the question of the form; what is wrong is said beside it, and nothing is lost."""
    project, question = own_project(visit).id, visit.text("question")
    try:
        if visit.text("do") == "submit":
            submitted = visit.release.submit(project, question.encode())
            return visit.go(f"requests/{submitted['id']}")
        sheet = visit.release.preview(project, question.encode())
    except QueryError as error:
        return visit.show("ask.html", project=project, question=question, sheet=None, fault=error, status=400)
    return visit.show("ask.html", project=project, question=question, sheet=sheet, fault=None)


def withdraw(visit: Visit) -> Response:
    """Withdraw a request of one's own."""
    visit.release.withdraw(visit.path["request"])
    return visit.go(f"requests/{visit.path['request']}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A reviewer's form, as it was sent or empty."""

    verdict: str = ""
    reason: str = ""
    fault: GovernanceError | None = None
    """What was wrong with it."""


def show_sheet(visit: Visit, sheet: Mapping[str, Any], *, decision: Decision | None = None) -> Response:
    """Render a request's sheet; with the form to decide, where one is given."""
    answer = sheet["answer"]
    charts = [interval_chart(answer, place) for place in range(len(answer["measures"]))] if answer else []
    form = Decision() if decision is None else decision
    return visit.show(
        "request.html",
        status=400 if form.fault else 200,
        sheet=sheet,
        request=sheet["request"],
        answer=answer,
        charts=charts,
        figures=_figures(answer) if answer else [],
        may_decide=decision is not None,
        fault=form.fault,
        field="reason" if form.verdict else "verdict-approved",
        most=MAX_REASON,
        reason=form.reason,
        verdict=form.verdict,
    )


def _figures(answer: Mapping[str, Any]) -> list[list[tuple[str, str]]]:
    """Return each cell's figures with their intervals, as a terminal shows them."""
    kinds = [measure["kind"] for measure in answer["measures"]]
    return [
        [
            estimate_parts(Estimate(value=value, low=low, high=high), amount=kind in AMOUNTS)
            for kind, (value, low, high) in zip(kinds, cell["estimates"], strict=True)
        ]
        for cell in answer["cells"]
    ]


PAGES = (
    Page(path="requests/{request}", method="GET", roles=READERS, step=request),
    Page(path="requests/{request}/withdraw", method="POST", roles=RESEARCHERS, step=withdraw),
    Page(path="projects/{project}/ask", method="GET", roles=RESEARCHERS, step=ask),
    Page(path="projects/{project}/ask", method="POST", roles=RESEARCHERS, step=asked),
)
