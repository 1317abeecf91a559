"""A custodian's extracts: where each stands, and what the checks found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from datalab.custody import extract_sheet, own_extracts
from datalab.governance.people import LabRole
from datalab.web.chart import size_bars
from datalab.web.page import Page, Visit

CUSTODIANS = frozenset({LabRole.CUSTODIAN})
DEFAULT_AIM: Final = 5
"""Below this a combination is rare, where the contract asks for no k."""


def extracts(visit: Visit) -> Response:
    """List the extracts of the custodian's agency."""
    with visit.portal.control.read() as tx:
        found = own_extracts(tx, visit.person)
    return visit.show("extracts.html", extracts=found)


def extract(visit: Visit) -> Response:
    """Show one extract: its way so far, and its report."""
    with visit.portal.control.read() as tx:
        sheet = extract_sheet(tx, visit.path["extract"], visit.person)
    risk = (sheet.report or {}).get("disclosure_risk") or {}
    return visit.show("extract.html", sheet=sheet, extract=sheet.extract, bars=_bars(risk) if risk else "")


def _bars(risk: Mapping[str, Any]) -> str:
    """Draw who stands among how many; sizes below what the contract asks for are marked."""
    aim = risk["min_k"] or DEFAULT_AIM
    bars = [(one["size"], one["units"], int(one["size"].split()[0]) < aim) for one in risk.get("sizes", ())]
    return size_bars(bars, label=f"Bars of how many stand among how many; those among fewer than {aim} are marked.")


PAGES = (
    Page(path="extracts", method="GET", roles=CUSTODIANS, step=extracts),
    Page(path="extracts/{extract}", method="GET", roles=CUSTODIANS, step=extract),
)
