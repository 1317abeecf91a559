"""Questions that the cluster answers: a count, a mean after a join by a window, a median."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from offences import question, ref

from datalab.query.model import CountRows, Join, Mean, Quantile, Question, Window

QUESTIONS: Mapping[str, Question] = {
    "count": question(CountRows(), by=[ref("kind"), ref("ward")], rows_per_unit=6, rows_per_cell=2),
    "mean after a join": question(
        Mean(column=ref("minutes"), name="minutes_mean"),
        by=[ref("kind")],
        joins=(
            Join(
                dataset="visits",
                within=Window(own=ref("on"), other=ref("seen_on"), at_least=0, at_most=30),
            ),
        ),
    ),
    "median": question(Quantile(column=ref("minutes"), name="minutes_median", level=Fraction(1, 2)), by=[ref("ward")]),
}
