"""The page of an extract: figures of its report as people read them."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

from datalab.catalogue import ExtractState
from datalab.web.portal import page_templates

CHECKS = [
    {"check": "valid", "column": "minutes", "checked": 4_000, "failed": 112, "allowed_share": 0.05, "passed": False},
    {"check": "unique", "column": "ref", "checked": 4_000, "failed": 0, "allowed_share": 0.0, "passed": True},
]


def test_shares_of_checks_are_percent_and_numbers_stand_at_the_right() -> None:
    """What a contract allows is told in percent, counts with their thousands, and both at the right of their column."""
    extract = SimpleNamespace(
        id="incidents-3",
        dataset="incidents",
        contract_version="1.0.0",
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        rows=4_000,
        state=ExtractState.QUARANTINED,
    )
    sheet = SimpleNamespace(jobs=[], version=None, report={"reasons": [], "checks": CHECKS, "faults": []})
    page = (
        page_templates()
        .get_template("extract.html")
        .render(path=lambda place: f"/{place}", sheet=sheet, extract=extract, bars="")
    )
    table = " ".join(page.split("Quality checks", 1)[1].split("</table>", 1)[0].split())

    assert re.findall(r'<td class="govuk-table__cell govuk-table__cell--numeric">([^<]*)</td>', table) == [
        "4,000", "112", "5.0%", "4,000", "0", "0.0%",
    ]  # fmt: skip
    assert re.search(r'<th scope="col" class="[^"]*--numeric">Allowed share</th>', table)
    assert re.findall(r'<td class="govuk-table__cell">([^<]*)</td>', table) == ["minutes", "no", "ref", "yes"]
