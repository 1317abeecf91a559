"""Bounds are tight and hold at the ends: one unit with the worst rows there could be, for every kind of question."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from offences import SCHEMAS, Row, offence, plan_of, question, ref, visit, write
from pyarrow import parquet

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.bounds import Sensitivity
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import (
    AllOf,
    Compare,
    CountRows,
    Deviation,
    Join,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
    Window,
)

KIND, WARD = ref("kind"), ref("ward")
MEDIAN = Fraction(1, 2)


def sizes(plan: Plan, cells: Cells) -> dict[str, Sensitivity]:
    """Measure every vector: how far one unit moved it, where it is alone."""
    return {
        name: Sensitivity(l1=sum(map(abs, vector)), l2_squared=sum(n * n for n in vector), linf=max(map(abs, vector)))
        for name, vector in cells.vectors.items()
    }


@dataclass(frozen=True, kw_only=True)
class Worst:
    """A question, and rows of one unit that move its vectors by as much as the plan states."""

    says: str
    asked: Question
    rows: Mapping[str, list[Row]]


SOME = Compare(column=ref("age_band"), operator=Operator.EQ, value="15+")
HIGH = Compare(column=ref("minutes"), operator=Operator.GT, value=400)
EVERYWHERE = [
    offence("u1", kind=kind, ward=ward, minutes=500)
    for kind in ("arson", "burglary", "theft")
    for ward in ("north", "south", None)
    for _ in range(6)
]
CASES = [
    Worst(
        says="squares of the distance from the centre",
        asked=question(Variance(column=ref("minutes"), name="variance"), by=[KIND], rows_per_unit=5, rows_per_cell=2),
        rows={"offences": EVERYWHERE},
    ),
    Worst(
        says="a share, all of one unit's rows above the line",
        asked=question(
            CountRows(where=SOME),
            Ratio(
                bottom=CountRows(where=SOME),
                top=CountRows(where=AllOf(predicates=(SOME, HIGH))),
                name="share",
                per=100,
            ),
            by=[KIND, WARD],
            rows_per_unit=7,
            rows_per_cell=3,
        ),
        rows={"offences": EVERYWHERE},
    ),
    Worst(
        says="squares of a fractional column",
        asked=question(Deviation(column=ref("loss"), name="deviation"), by=[WARD], rows_per_unit=6, rows_per_cell=2),
        rows={"offences": [row | {"loss": 1e300} for row in EVERYWHERE]},
    ),
    Worst(
        says="a quantile: all rows that count in one step of the range",
        asked=question(
            Quantile(column=ref("minutes"), name="median", level=MEDIAN, bins=64), rows_per_unit=12, rows_per_cell=3
        ),
        rows={"offences": [offence("u1", minutes=100)] * 12},
    ),
    Worst(
        says="tables whose cells are added up: all of a unit's rows meet in the total",
        asked=question(
            CountRows(),
            Sum(column=ref("minutes"), name="total"),
            by=[KIND, WARD],
            tables=(Table(by=(KIND, WARD)), Table(by=(KIND,)), Table(by=())),
            rows_per_unit=7,
            rows_per_cell=2,
        ),
        rows={"offences": [row for row in EVERYWHERE if row["kind"] != "arson"] + EVERYWHERE[:18]},
    ),
    Worst(
        says="a unit is in one range of rows",
        asked=question(UnitRows(name="typical_rows", level=MEDIAN), rows_per_unit=40, rows_per_cell=1),
        rows={"offences": EVERYWHERE * 5},
    ),
    Worst(
        says="a join with a window: pairs of one unit reach R and no more",
        asked=question(
            joins=(
                Join(
                    dataset="visits",
                    within=Window(own=ref("on"), other=ref("seen_on"), at_least=0, at_most=30),
                ),
            ),
            rows_per_unit=9,
            rows_per_cell=9,
        ),
        rows={"offences": EVERYWHERE, "visits": [visit("u1")] * 20},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_the_worst_unit_reaches_the_stated_sensitivity(case: Worst, tmp_path: Path) -> None:
    """One unit moves each vector by at most what is stated, and the worst one moves some by exactly that."""
    plan = plan_of(case.asked)
    laid = {
        name: TableRef(path=write(None, tmp_path, name, rows, buckets=0), buckets=0, schema=SCHEMAS[name])
        for name, rows in case.rows.items()
    }
    cells = ReferenceEngine().cells(plan, case.rows)
    seen = sizes(plan, cells)

    assert EmbeddedEngine(scratch=tmp_path).cells(plan, laid) == cells
    for part in plan.parts:
        assert seen[part.name].l1 <= part.sensitivity.l1
        assert seen[part.name].l2_squared <= part.sensitivity.l2_squared
        assert seen[part.name].linf <= part.sensitivity.linf
    assert {part.name for part in plan.parts if seen[part.name] == part.sensitivity} >= {plan.parts[-1].name}


def test_a_unit_is_in_at_most_r_unlisted_values() -> None:
    """With more values than R, a unit is counted in exactly R of them, once in each: L0 is reached."""
    asked = question(by=[ref("code")], discover=ref("code"), rows_per_unit=3, rows_per_cell=1)
    rows = [offence("u1", code=f"c{i}") for i in range(10)] * 2

    counts = ReferenceEngine().counts(plan_of(asked), {"offences": rows})

    assert sorted(counts.values()) == [1, 1, 1]


def test_a_unit_with_a_million_rows_is_cut_like_any_other(tmp_path: Path) -> None:
    """One unit with a million rows counts R of them in a table, a quantile and a join, within seconds."""
    folder, number = tmp_path / "offences", 1_000_000
    folder.mkdir()
    turn = np.arange(number)
    columns = {
        "unit_id": pa.array(["u1"] * number),
        "kind": pa.array(np.array(["arson", "burglary", "theft"])[turn % 3]),
        "minutes": pa.array(turn % 500),
        "on": pa.array([date(2024, 1, 1) + timedelta(days=int(day)) for day in turn % 365]),
    }
    parquet.write_table(pa.table(columns), folder / "part.parquet")
    visits = write(None, tmp_path, "visits", [visit("u1")] * 50, buckets=0)
    laid = {
        "offences": TableRef(path=folder, buckets=0, schema=SCHEMAS["offences"]),
        "visits": TableRef(path=visits, buckets=0, schema=SCHEMAS["visits"]),
    }
    window = Window(own=ref("on"), other=ref("seen_on"), at_least=-400, at_most=400)
    bounds = {"rows_per_unit": 7, "rows_per_cell": 3}
    asked = [
        question(CountRows(), by=[KIND], **bounds),
        question(Quantile(column=ref("minutes"), name="median", level=MEDIAN), by=[KIND], **bounds),
        question(by=[KIND], joins=(Join(dataset="visits", within=window),), **bounds),
    ]
    start = time.monotonic()

    for one in asked:
        cells = EmbeddedEngine(scratch=tmp_path).cells(plan_of(one), laid)
        assert all(0 < sum(vector) <= 7 for vector in cells.vectors.values())

    assert time.monotonic() - start < 60


def test_the_largest_values_do_not_overflow(tmp_path: Path) -> None:
    """Rows at the ends of 64 bits, of floats and of the calendar are counted like others, and nothing raises."""
    ends = [
        {"minutes": 2**63 - 1, "loss": 1.7e308, "on": date(9999, 12, 31), "at": datetime(9999, 12, 31, tzinfo=UTC)},
        {"minutes": -(2**63), "loss": -1.7e308, "on": date(1, 1, 1), "at": datetime(1, 1, 1, tzinfo=UTC)},
    ]
    rows = {"offences": [offence(f"u{i}", **values) for i, values in enumerate(ends * 50)]}
    laid = {
        "offences": TableRef(
            path=write(None, tmp_path, "offences", rows["offences"], buckets=0), buckets=0, schema=SCHEMAS["offences"]
        )
    }
    asked = question(
        Sum(column=ref("minutes"), name="total"),
        Variance(column=ref("loss"), name="variance"),
        Quantile(column=ref("minutes"), name="quantile", level=MEDIAN),
        rows_per_unit=1_000,
        rows_per_cell=1_000,
    )
    plan = plan_of(asked)

    cells = EmbeddedEngine(scratch=tmp_path).cells(plan, laid)

    assert cells == ReferenceEngine().cells(plan, rows)
    assert cells.vectors["total"] == (50 * (500 - 20) * 1_000,)  # in steps of a thousandth
