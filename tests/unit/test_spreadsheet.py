"""Answers as CSV."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

from datalab.privacy.answer import Answer, AnswerCell, AnswerMeasure, Estimate
from datalab.privacy.budget import Budget
from datalab.release.bundle.spreadsheet import answer_to_csv


def answer(*, key: str = "area", label: str = "north", measure: str = "rows", value: float | None = -3) -> Answer:
    """An answer of one cell."""
    return Answer(
        keys=(key,),
        measures=(AnswerMeasure(name=measure, kind="rows", unit="rows"),),
        cells=(AnswerCell(keys=(label,), estimates=(Estimate(value=value, low=-5, high=1.5),)),),
        cost=Budget(1),
        epsilon=1.0,
        delta=Fraction(1, 10**6),
        confidence=0.95,
        covers="noise",
        mechanism="counted",
        software="counting 1",
    )


def test_figures_stay_numbers() -> None:
    """A negative noisy count is a number, not an injection, and a missing mean is an empty cell."""
    assert answer_to_csv(answer()) == "area,rows,rows_low,rows_high\r\nnorth,-3,-5,1.5\r\n"
    assert answer_to_csv(answer(value=None)).splitlines()[1] == "north,,-5,1.5"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', "=1\n2"])
def test_no_text_can_become_a_formula(text: str) -> None:
    """Labels, column names and measure names that look like a formula are shown as text."""
    for made in (answer(label=text), answer(key=text), answer(measure=text)):
        for row in csv.reader(io.StringIO(answer_to_csv(made), newline="")):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r"))
                assert not cell.startswith("-") or float(cell) < 0
