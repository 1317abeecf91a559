"""Large figures wherever people read them: in digits, for nobody has to know what 1.235e+06 means."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from offences import plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.answer_chart import interval_chart
from datalab.privacy.wish import Of, Wish, aim_of, least_budget
from datalab.query.model import CountRows, Ratio, Sum
from datalab.web.portal import page_templates
from notebooks.display import RequestDisplay

LOSS = Sum(column=ref("loss"), name="loss")
RATE = Ratio(top=Sum(column=ref("loss"), name=""), bottom=CountRows(name=""), name="loss", per=1_000_000)
WISH = Wish(measure="loss", within=5, of=Of.PERCENT, group_size=100_000)
ANSWER = {
    "keys": ["kind"],
    "measures": [{"name": "loss", "unit": "GBP"}],
    "cells": [
        {"keys": ["arson"], "estimates": [[1_234_567.8, 1_034_567.8, 1_434_567.8]]},
        {"keys": ["fraud"], "estimates": [[765_432.1, 565_432.1, None]]},
    ],
}


def test_a_wish_for_a_large_figure_is_told_in_digits() -> None:
    """What it comes to, and of which figure."""
    plan = plan_of(question(LOSS))

    assert aim_of(WISH, plan).says == (
        "±249,900 GBP: percent of the figure, taken to be that of as many rows with the middle of the stated range "
        "(4,997,500 GBP)"
    )
    assert str(Wish(measure="loss", within=2e6)) == "±2,000,000"
    assert aim_of(Wish(measure="loss", within=2e6), plan).says == "±2,000,000 GBP"


def test_percentage_points_of_a_large_rate_are_refused_in_digits() -> None:
    """The remedy is written as it can be typed."""
    wish = Wish(measure="loss", within=5, of=Of.POINTS, group_size=1_000)
    with pytest.raises(QueryError, match="no percentage points") as refused:
        aim_of(wish, plan_of(question(RATE)))

    assert refused.value.remedy == "Write `5%` for percent of the figure, or `50000` for so much in its own unit."
    with pytest.raises(QueryError, match="beyond all numbers") as beyond:
        aim_of(replace(WISH, within=1e305, supposed=1e9), plan_of(question(LOSS)))
    assert not re.search(r"\de\+", str(beyond.value))


def test_charts_and_tables_tell_large_figures_in_digits() -> None:
    """Ticks, figures and their intervals, on pages and in notebooks."""
    chart = interval_chart(ANSWER, 0)
    request = {"id": "r", "state": "released", "decision": None}
    shown = RequestDisplay(request=request, answer=ANSWER)._repr_html_()

    assert ">1,235,000 (1,035,000 to 1,435,000)<" in chart
    assert ">1,500,000<" in chart
    assert ">1,235,000</td>" in shown
    assert ">565,400</td>" in shown
    assert not re.search(r"\de\+", chart + shown)


@pytest.mark.parametrize(
    ("number", "told"),
    [(22_129.98, "22,130"), (22_129.0, "22,129"), (22_129, "22,129"), (0.01234, "0.01234"), (None, "\N{EN DASH}")],
)
def test_pages_tell_large_figures_in_digits(number: float | None, told: str) -> None:
    """Half of an interval, as of a sum, may be any number."""
    assert str(page_templates().get_template("parts.html").module.number(number)) == told  # type: ignore[attr-defined]  # a macro


def test_a_budget_that_is_too_small_is_told_in_digits() -> None:
    """A policy may let one question have very little."""
    with pytest.raises(QueryError, match="cannot be that exact") as refused:
        least_budget(
            question(LOSS),
            Wish(measure="loss", within=1),
            compiled=plan_of,
            noise=OpenDPNoise(),
            most=Fraction(1, 10**5),
        )

    assert refused.value.why.startswith("At rho 0.00001, the most for one question, ")
