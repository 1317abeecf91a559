"""What tables gain of being asked together: rows and sums tell of each other, different people do not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from offences import SCHEMAS, offence, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.accuracy import preview
from datalab.privacy.budget import Budget
from datalab.privacy.estimate.together import layout_of
from datalab.privacy.plan import Plan
from datalab.privacy.tables import table_variances
from datalab.query.explain import explain
from datalab.query.model import CountRows, CountUnits, Sum, Table

NOISE = OpenDPNoise()
DELTA = Fraction(1, 10**6)
TABLES = ((ref("kind"), ref("ward")), (ref("kind"),), (ref("ward"),), ())
SUM = Sum(column=ref("minutes"), name="sum")


def plan_for(
    *tables: tuple,
    rho: Fraction,
    of: CountRows | Sum | CountUnits,
    rows: int = 1,
    cap: int = 1,
) -> Plan:
    """Return the plan of a figure by some tables; of a unit one row counts if nothing else is said."""
    by = list(dict.fromkeys(ref for table in tables for ref in table))
    return plan_of(
        question(
            of, by=by, rows_per_unit=rows, rows_per_cell=cap, rho=rho,
            tables=tuple(Table(by=table) for table in tables) if len(tables) > 1 else (),
        )  # type: ignore[arg-type]  # passed on
    )  # fmt: skip


def errors(plan: Plan) -> list[float]:
    """Return how far the figures of each table are from the truth at most, in 95 of 100 answers."""
    return [measure.half_width or 0 for measure in preview(plan, NOISE, DELTA).measures]


@pytest.mark.parametrize("of", [CountRows(), SUM])
@pytest.mark.parametrize("rows", [1, 4])
def test_together_is_more_accurate_than_one_by_one(of: CountRows | Sum, rows: int) -> None:
    """Rows and sums with a cap of R are together more exact than each asked by itself, for the same rho in all."""
    kind: dict = {"of": of, "rows": rows, "cap": rows}
    together = plan_for(*TABLES, rho=Fraction(1, 10), **kind)
    singly = [plan_for(table, rho=Fraction(1, 40), **kind) for table in TABLES]
    found, alone = errors(together), [error for one in singly for error in errors(one)]

    assert NOISE.price(together).total.rho <= sum(NOISE.price(one).total.rho for one in singly)
    assert sum(error**2 for error in found) < 0.8 * sum(error**2 for error in alone)
    measures = preview(together, NOISE, DELTA).measures
    assert [measure.table for measure in measures] == ["kind, ward", "kind", "ward", "(all)"]


@pytest.mark.parametrize("of", [CountRows(), SUM])
@pytest.mark.parametrize(("rows", "cap"), [(1, 1), (4, 4), (4, 2), (10, 1)])
def test_each_table_has_less_noise_than_its_share_leaves(of: CountRows | Sum, rows: int, cap: int) -> None:
    """Whatever the bounds, a table has less noise after the others told of it than what was drawn for it."""
    plan = plan_for(*TABLES, rho=Fraction(1, 10), of=of, rows=rows, cap=cap)
    drawn = [NOISE.price(plan).scale(part.name) ** 2 for part in plan.parts]
    layout, _ = layout_of(plan)

    assert all(after < before for after, before in zip(table_variances(layout, drawn), drawn, strict=True))


def test_a_margin_lets_more_of_a_unit_through_than_the_cap() -> None:
    """With a cap below R a margin asked together is another figure than by itself: more rows count, and more noise."""
    together = plan_for(*TABLES, rho=Fraction(1, 10), of=CountRows(), rows=4, cap=1)
    singly = [plan_for(table, rho=Fraction(1, 40), of=CountRows(), rows=4, cap=1) for table in TABLES]

    moved = [part.sensitivity.l2_squared for part in together.parts]
    assert moved == [4, 10, 10, 16]
    assert [one.parts[0].sensitivity.l2_squared for one in singly] == [4, 3, 3, 1]
    assert errors(together)[-1] > errors(singly[-1])[0]


def test_people_together_cost_what_they_cost_one_by_one() -> None:
    """No table of different people tells of another: each is as exact as if its share had been paid for it alone."""
    together = plan_for(*TABLES, rho=Fraction(1, 10), of=CountUnits(), rows=4)
    singly = [
        plan_for(table, rho=part.share.rho, of=CountUnits(), rows=4)
        for table, part in zip(TABLES, together.parts, strict=True)
    ]

    assert errors(together) == [error for one in singly for error in errors(one)]
    assert NOISE.price(together).total == sum((NOISE.price(one).total for one in singly), Budget(0))


def test_of_people_with_one_row_each_rows_are_cheaper() -> None:
    """With R of 1 rows are as many as people, and every table of them is more exact for the same price."""
    rows, people = (plan_for(*TABLES, rho=Fraction(1, 10), of=of) for of in (CountRows(), CountUnits()))
    data = {
        "offences": [offence(f"u{n % 7}", kind=kind, ward="north") for n, kind in enumerate(["arson", "theft"] * 8)]
    }
    counted = [ReferenceEngine().cells(plan, data).vectors for plan in (rows, people)]

    assert all(one < other for one, other in zip(errors(rows), errors(people), strict=True))
    assert [sum(vector) for found in counted for vector in found.values()] == [7] * 8


def test_the_explanation_says_which_tables_tell_of_others() -> None:
    """Of rows and sums it says that each table tells of the others, of different people that none does."""
    said = [
        explain(plan_for(*TABLES, rho=Fraction(1, 10), of=of).question, SCHEMAS, epsilon=1, delta=DELTA)
        for of in (CountRows(), CountUnits())
    ]

    assert ["rows: each table also tells of the others" in one for one in said] == [True, False]
    assert ["each table has the noise that its share" in one for one in said] == [False, True]
