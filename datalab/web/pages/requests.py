"""Requests: question in English, cost, remarks, and the answer with its chart where this person may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from datalab.errors import QueryError
from datalab.governance.people import LabRole
from datalab.web.chart import interval_chart
from datalab.web.page import Page, Visit

READERS = frozenset({LabRole.RESEARCHER, LabRole.REVIEWER})
RESEARCHERS = frozenset({LabRole.RESEARCHER})


def request(visit: Visit) -> Response:
    """Show one request as this person may see it."""
    return show_sheet(visit, visit.release.request(visit.path["request"]))


def ask(visit: Visit) -> Response:
    """Show the form for a question as JSON, for whoever wrote it elsewhere."""
    return visit.show("ask.html", project=visit.path["project"], question="", sheet=None, fault=None)


def asked(visit: Visit) -> Response:
    """Preview or submit the question of the form; what is wrong is said beside it, and nothing is lost."""
    project, question = visit.path["project"], visit.text("question")
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


def show_sheet(visit: Visit, sheet: Mapping[str, Any], **values: object) -> Response:
    """Render a request's sheet; a reviewer's form is on it where `may_decide` is among the values."""
    answer = sheet["answer"]
    charts = [interval_chart(answer, place) for place in range(len(answer["measures"]))] if answer else []
    shown = {"may_decide": False, "fault": None, "reason": "", "verdict": ""} | values
    return visit.show("request.html", sheet=sheet, request=sheet["request"], answer=answer, charts=charts, **shown)


PAGES = (
    Page(path="requests/{request}", method="GET", roles=READERS, step=request),
    Page(path="requests/{request}/withdraw", method="POST", roles=RESEARCHERS, step=withdraw),
    Page(path="projects/{project}/ask", method="GET", roles=RESEARCHERS, step=ask),
    Page(path="projects/{project}/ask", method="POST", roles=RESEARCHERS, step=asked),
)
