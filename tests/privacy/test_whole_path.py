"""The whole path under attack: compile, engine, noise, on two neighbouring tables, as the best attacker sees it.

The attacker (`attack`) knows everything but whether one heavy unit is in the data. Joins are attacked in
`test_joined_path`, values that are found out in `test_discovered_path`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from attack import DELTA, FEW, REPLICAS, attack, claim, draws, less_noise, seen_from
from offences import SCHEMAS, Row, offence, plan_of, question, ref, write
from pyspark.sql import SparkSession

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.engine.spark.engine import SparkEngine
from datalab.privacy.answer import dress
from datalab.privacy.plan import Cells, Part, Plan
from datalab.privacy.table import TableRef
from datalab.query.model import (
    Compare,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Operator,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
)

RHO = Fraction(1, 2)
BY = [ref("kind")]
HEAVY = [
    offence("heavy", kind=kind, ward=ward, minutes=500, loss=99.95)
    for kind in ("arson", "burglary", "theft")
    for ward in ("north", "south")
    for _ in range(9)
]
OTHERS = [offence(f"u{i}", kind=("arson", "burglary", "theft")[i % 3], minutes=7 * i) for i in range(60)]
ASKED = question(
    CountRows(),
    CountUnits(),
    Sum(column=ref("minutes"), name="total"),
    Mean(column=ref("loss"), name="mean"),
    by=BY,
    rows_per_unit=6,
    rows_per_cell=3,
    rho=RHO,
)


def reference_cells(plan: Plan, heavy: list[Row] = HEAVY) -> tuple[Cells, Cells]:
    """Return the bounded cells with the heavy unit and without."""
    engine = ReferenceEngine()
    return engine.cells(plan, {"offences": [*heavy, *OTHERS]}), engine.cells(plan, {"offences": OTHERS})


def test_no_attacker_beats_the_claim(measured: Callable[..., None]) -> None:
    """All measures of one question together leak at most the stated epsilon, and not far less: no noise is wasted."""
    plan = plan_of(ASKED)
    one, other = reference_cells(plan)

    found = attack(plan, one, other)

    measured("counts, units, sum and mean together", f"{found:.2f}", f"{claim(plan):.2f}")
    assert found <= claim(plan)
    assert found > claim(plan) / 4


@pytest.mark.spark
@pytest.mark.parametrize("name", ["spark", "embedded"])
def test_no_attacker_beats_the_claim_on_a_real_engine(
    name: str, spark: SparkSession, tmp_path: Path, measured: Callable[..., None]
) -> None:
    """The same holds of the paths that run in the lab: Parquet by unit, Spark or the embedded engine, OpenDP."""
    plan = plan_of(ASKED)
    engine = SparkEngine(spark) if name == "spark" else EmbeddedEngine(scratch=tmp_path)
    pair = []
    for table, rows in (("with", [*HEAVY, *OTHERS]), ("without", OTHERS)):
        folder = tmp_path / table
        folder.mkdir()
        path = write(spark, folder, "offences", rows, buckets=2)
        pair.append(engine.cells(plan, {"offences": TableRef(path=path, buckets=2, schema=SCHEMAS["offences"])}))

    found = attack(plan, pair[0], pair[1], replicas=REPLICAS // 2)
    measured(f"the same on the {name} engine", f"{found:.2f}", f"{claim(plan):.2f}")
    assert tuple(pair) == reference_cells(plan)
    assert found <= claim(plan)


CHARGED = Compare(column=ref("charged"), operator=Operator.EQ, value=True)
MINUTES = ref("minutes")
KINDS: dict[str, Question] = {
    "rows": question(CountRows(where=CHARGED), by=BY),
    "units of nullable groups": question(CountUnits(), by=[ref("ward")]),
    "sum": question(Sum(column=MINUTES, name="total"), by=BY),
    "mean": question(Mean(column=MINUTES, name="mean"), by=BY),
    "variance": question(Variance(column=MINUTES, name="variance"), by=BY),
    "deviation": question(Deviation(column=ref("loss"), name="deviation"), by=BY),
    "median": question(Quantile(column=MINUTES, name="median", level=Fraction(1, 2)), by=BY),
    "quantile": question(Quantile(column=MINUTES, name="quantile", level=Fraction(9, 10), bins=18), by=BY),
    "share": question(Ratio(top=CountRows(where=CHARGED), bottom=CountRows(), name="ratio"), by=BY),
    "rate": question(Ratio(top=Sum(column=MINUTES, name=""), bottom=CountUnits(), name="rate", per=100), by=BY),
    "rows of a unit": question(UnitRows(name="typical_rows", level=Fraction(9, 10))),
    "tables": question(
        CountRows(),
        by=[*BY, ref("ward")],
        tables=(Table(by=(*BY, ref("ward"))), Table(by=(ref("ward"),)), Table(by=())),
    ),
    "largest": question(CountRows(), by=BY, top=1),
}
"""A question for every kind of figure."""
WORST: dict[str, list[Row]] = {
    "units of nullable groups": [offence("heavy", ward=ward) for ward in ("north", "south", None) for _ in range(2)],
    "quantile": [row | {"minutes": -20} for row in HEAVY],
    "tables": [row for row in HEAVY if row["ward"] == "north"],
}
"""The heavy unit's rows where others move more than `HEAVY`: in every group, in two bins, in one margin."""


def kind_plan(kind: str) -> Plan:
    """Return the plan of a question of that kind."""
    return plan_of(replace(KINDS[kind], rows_per_unit=6, rows_per_cell=3, rho=RHO))


def worst_cells(kind: str, plan: Plan) -> tuple[Cells, Cells]:
    """Return the bounded cells with the unit that moves this kind of figure the most, and without it."""
    return reference_cells(plan, WORST.get(kind, HEAVY))


@pytest.mark.parametrize("kind", KINDS)
def test_no_attacker_beats_the_claim_on_any_figure(kind: str, measured: Callable[..., None]) -> None:
    """Whatever figure is asked, alone, the vectors that it is made of leak at most the stated epsilon."""
    plan = kind_plan(kind)
    one, other = worst_cells(kind, plan)

    found = attack(plan, one, other)
    measured(kind, f"{found:.2f}", f"{claim(plan):.2f}")
    assert 0 < found <= claim(plan)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_too_small_is_caught_on_any_figure(kind: str, measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim of every figure where its noise is a third of what it should be."""
    plan = kind_plan(kind)
    one, other = worst_cells(kind, plan)

    found = attack(plan, one, other, noised_by=less_noise(plan, 3), replicas=FEW)
    sharp = seen_from(plan, one, other)
    measured(f"{kind}, a third of the noise (seen from {sharp})", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


def test_noise_too_small_is_caught(measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where the noise of a count of rows is half of what it should."""
    plan = plan_of(replace(ASKED, query=replace(ASKED.query, measures=ASKED.query.measures[:1])))
    one, other = reference_cells(plan)

    found = attack(plan, one, other, noised_by=less_noise(plan, 2), replicas=2 * REPLICAS)
    measured("rows, half of the noise", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


@pytest.mark.parametrize("bound", ["rows_per_unit", "rows_per_cell", "value"])
def test_a_bound_left_out_is_caught(bound: str, measured: Callable[..., None]) -> None:
    """The same attack exceeds the claim where the engine forgets R, the cap, or the clamp of values."""
    plan = plan_of(ASKED)
    match bound:
        case "rows_per_unit":
            query = replace(ASKED.query, group_by=(*BY, ref("ward")))
            plan = plan_of(replace(ASKED, query=query, rows_per_unit=1, rows_per_cell=1))
            forgetful = replace(plan, parts=tuple(replace(part, rows_per_unit=1_000) for part in plan.parts))
        case "rows_per_cell":
            forgetful = replace(
                plan, parts=tuple(replace(part, rows_per_cell=1_000, rows_per_unit=54) for part in plan.parts)
            )
        case _:
            forgetful = replace(plan, parts=tuple(_unclamped(part) for part in plan.parts))
    one, other = (
        ReferenceEngine().cells(forgetful, {"offences": rows}) for rows in ([*_extreme(HEAVY), *OTHERS], OTHERS)
    )

    found = attack(plan, one, other, replicas=REPLICAS // 2)
    measured(f"the bound of {bound} left out", f"{found:.2f}", f"{claim(plan):.2f}", control=True)
    assert found > claim(plan)


def _extreme(rows: list[Row]) -> list[Row]:
    return [row | {"minutes": 100_000} | more for row in rows for more in ({}, {"ward": None})]


def _unclamped(part: Part) -> Part:
    if part.value is None:
        return part
    fixed = replace(part.value.fixed, upper=2**40, upper_value=2.0**40)
    return replace(part, value=replace(part.value, fixed=fixed), magnitude=2**40)


def test_intervals_hold_the_bounded_truth_as_often_as_they_say() -> None:
    """Of many answers, 95 in 100 intervals hold the bounded truth: counts, sums, and means by Fieller."""
    plan = plan_of(replace(ASKED, rho=Fraction(1, 10)))
    rows = [offence(f"u{i}", minutes=i % 400, loss=(i % 90) + 0.5) for i in range(400)]
    truth = ReferenceEngine().cells(plan, {"offences": rows})
    place = next(i for i, n in enumerate(truth.vectors["rows"]) if n)
    seen, price = draws(plan, truth), OpenDPNoise().price(plan)
    fixed = plan.part("mean/sum").value.fixed  # type: ignore[union-attr]  # a mean sums a column
    true_mean = fixed.to_value(
        Fraction(truth.vectors["mean/sum"][place], truth.vectors["mean/values"][place]) + fixed.centre
    )
    true_total = plan.part("total").value.fixed.to_value(truth.vectors["total"][place])  # type: ignore[union-attr]  # a sum, too
    held = dict.fromkeys(("rows", "units", "total", "mean"), 0)
    answers = 2_500
    for i in range(answers):
        noisy = Cells(vectors={name: tuple(int(x) for x in vector[i]) for name, vector in seen.items()})
        cell = dress(plan, price, noisy, epsilon=0.0, delta=DELTA).cells[place]
        true = [truth.vectors["rows"][place], truth.vectors["units"][place], true_total, true_mean]
        for name, estimate, value in zip(held, cell.estimates, true, strict=True):
            held[name] += estimate.low <= value <= estimate.high

    for name, times in held.items():
        assert times / answers == pytest.approx(0.95, abs=0.02), name
