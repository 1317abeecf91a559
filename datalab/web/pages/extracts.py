"""A custodian's extracts: where each stands, and what the checks found."""

from __future__ import annotations

from starlette.responses import Response

from datalab.custody import extract_sheet, own_extracts
from datalab.governance.people import LabRole
from datalab.web.page import Page, Visit

CUSTODIANS = frozenset({LabRole.CUSTODIAN})


def extracts(visit: Visit) -> Response:
    """List the extracts of the custodian's agency."""
    with visit.portal.control.read() as tx:
        found = own_extracts(tx, visit.person)
    return visit.show("extracts.html", extracts=found)


def extract(visit: Visit) -> Response:
    """Show one extract: its way so far, and its report."""
    with visit.portal.control.read() as tx:
        sheet = extract_sheet(tx, visit.path["extract"], visit.person)
    return visit.show("extract.html", sheet=sheet, extract=sheet.extract)


PAGES = (
    Page(path="extracts", method="GET", roles=CUSTODIANS, step=extracts),
    Page(path="extracts/{extract}", method="GET", roles=CUSTODIANS, step=extract),
)
