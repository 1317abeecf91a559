"""Where bounds cut a person's rows, a quantile is told of rows drawn as by lot, and not of the steps they lie in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyspark.sql import SparkSession
from scipy import stats

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.engine.reference import bounding as reference_bounding
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.answer.dressing import answer_question
from datalab.privacy.plan import Plan
from datalab.privacy.table import TableRef
from datalab.query.model import CountRows, IsIn, Quantile, Question

KIND = ref("kind")
OFTEN, RARE = 10, (300, 350, 400)
RARELY = [offence("u1", minutes=minutes) for minutes in (OFTEN,) * 27 + RARE]
"""One person with 27 rows at 10 minutes and one each at three other values."""


def median(**bounds: int) -> Question:
    """Ask for the median minutes, at a budget that leaves the noise small."""
    return question(
        Quantile(column=ref("minutes"), name="minutes_median", level=Fraction(1, 2)), rho=Fraction(1, 2), **bounds
    )


def vector_of(plan: Plan, rows: list[Row]) -> tuple[int, ...]:
    """Return the bins of a plan's only part, as the reference counts them."""
    (vector,) = ReferenceEngine().cells(plan, {"offences": rows}).vectors.values()
    return vector


@pytest.mark.parametrize(("rows_per_unit", "rows_per_cell"), [(1, 1), (4, 2)])
def test_the_median_of_people_who_are_cut_is_the_median_of_their_rows(
    rows_per_unit: int, rows_per_cell: int, tmp_path: Path
) -> None:
    """Of 2,000 people with 27 rows at 10 minutes and three rows far above, one row each gives a median near 10."""
    rows = [row | {"unit_id": f"u{person}"} for person in range(2_000) for row in RARELY]
    laid = {
        "offences": TableRef(
            path=write(None, tmp_path, "offences", rows, buckets=0), buckets=0, schema=SCHEMAS["offences"]
        )
    }
    plan = plan_of(median(rows_per_unit=rows_per_unit, rows_per_cell=rows_per_cell))

    answer = answer_question(
        plan, laid, engine=EmbeddedEngine(scratch=tmp_path), noise=OpenDPNoise(), delta=Fraction(1, 10**6)
    )

    (cell,) = answer.cells
    (estimate,) = cell.estimates
    assert estimate.value is not None
    assert abs(estimate.value - OFTEN) < 10


ASKED = [
    pytest.param(median(rows_per_unit=1, rows_per_cell=1), id="one row of all"),
    pytest.param(median(rows_per_unit=5, rows_per_cell=5), id="five rows of all"),
    pytest.param(
        replace(median(rows_per_unit=4, rows_per_cell=1), query=replace(median().query, group_by=(KIND,))),
        id="one row a cell",
    ),
]
SALTS = 1_500


def drawn_shares(asked: Question) -> float:
    """Return how well what is kept in many orders fits draws that favour no row: the p of a chi-squared test."""
    plan = plan_of(asked)
    kept: Counter[int] = Counter()
    for salt in range(SALTS):
        for place, amount in enumerate(vector_of(replace(plan, salt=salt), RARELY)):
            kept[place] += amount
    owned = vector_of(plan_of(replace(asked, rows_per_unit=30, rows_per_cell=30)), RARELY)
    places = [place for place, rows in enumerate(owned) if rows]
    expected = [sum(kept.values()) * owned[place] / len(RARELY) for place in places]
    assert sum(kept[place] for place in places) == sum(kept.values())
    return float(stats.chisquare([kept[place] for place in places], expected).pvalue)


@pytest.mark.parametrize("asked", ASKED)
def test_each_row_of_a_cell_is_kept_as_often_as_any_other(asked: Question) -> None:
    """Over many orders a step keeps rows in proportion to those it has."""
    assert drawn_shares(asked) > 1e-3


def test_drawing_steps_instead_of_rows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were all rows of a step in one place of the order, a step with one row would be kept as often as one with 27."""
    monkeypatch.setattr(reference_bounding, "nth_hash", lambda turn, _: turn)

    assert drawn_shares(median(rows_per_unit=1, rows_per_cell=1)) < 1e-9


MANY = [
    offence("u1", minutes=minutes, kind=kind, grade=1 + turn % 2)
    for minutes, kind in ((10, "theft"), (300, "arson"))
    for turn in range(500)
]
LONG = [offence("u1", minutes=10)] * 70_000 + [offence("u1", minutes=300)] * 9_000 + [offence("u2")] * 3
SEVERAL = question(
    Quantile(column=ref("minutes"), name="minutes_median", level=Fraction(1, 2)),
    Quantile(column=ref("loss"), name="loss_median", level=Fraction(1, 2), bins=12),
    Quantile(column=ref("minutes"), name="minutes", level=Fraction(1, 2), where=IsIn(column=ref("grade"), values=(2,))),
    CountRows(),
    by=[KIND],
    rows_per_unit=40,
    rows_per_cell=25,
)


@pytest.mark.spark
def test_engines_draw_the_same_rows_of_a_person_with_many(tmp_path: Path, spark: SparkSession) -> None:
    """More rows in one step than are numbered at once, and several figures beside each other: the same integers."""
    for number, (asked, rows) in enumerate([(median(rows_per_unit=90, rows_per_cell=90), LONG), (SEVERAL, MANY)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = write(None, folder, "offences", rows, buckets=0)
        laid = {"offences": TableRef(path=path, buckets=0, schema=SCHEMAS["offences"])}
        plan = plan_of(asked)
        wanted = ReferenceEngine().cells(plan, {"offences": rows})

        assert EmbeddedEngine(scratch=folder).cells(plan, laid) == wanted
        assert SparkEngine(spark).cells(plan, laid) == wanted
        assert all(max(vector) > 1 for vector in wanted.vectors.values())
