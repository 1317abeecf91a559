"""Shares of rows: both sides are bounded together, so that a share is the one among the rows that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offences import Row, offence, plan_of, question, ref, visit

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.errors import QueryError
from datalab.privacy.answer import dress
from datalab.privacy.plan import Flag, PartKind, Plan
from datalab.query.model import (
    AllOf,
    AnyOf,
    Compare,
    CountRows,
    CountUnits,
    DaysBetween,
    Derived,
    IsIn,
    Join,
    Mean,
    Operator,
    Predicate,
    Ratio,
    Sum,
)
from datalab.query.narrowed import narrowed

KIND, CHARGED, WARD, MINUTES = ref("kind"), ref("charged"), ref("ward"), ref("minutes")
IS_CHARGED = Compare(column=CHARGED, operator=Operator.EQ, value=True)
IS_ARSON = Compare(column=KIND, operator=Operator.EQ, value="arson")
IN_FULL = Compare(column=ref("kind", "offences"), operator=Operator.EQ, value="arson")
"""The same condition with the dataset named."""
IN_NORTH = IsIn(column=WARD, values=("north",))
LONG = Compare(column=MINUTES, operator=Operator.GT, value=5)


def both(*terms: Predicate) -> AllOf:
    """Return a condition that asks for all of some."""
    return AllOf(predicates=terms)


def share(top: Predicate, bottom: Predicate | None = None, *, per: int = 1) -> Ratio:
    """Return a share of rows."""
    return Ratio(top=CountRows(where=top, name=""), bottom=CountRows(where=bottom, name=""), name="share", per=per)


def told(plan: Plan, rows: Sequence[Row]) -> list[float | None]:
    """Return the figures that would be answered were there no noise."""
    price = OpenDPNoise().price(plan)
    cells = ReferenceEngine().cells(plan, {"offences": rows})
    return [
        None if value is None else float(value)
        for value in (
            one.estimates[0].value for one in dress(plan, price, cells, epsilon=0, delta=Fraction(1, 9)).cells
        )
    ]


def test_a_share_of_units_with_many_rows_is_not_pulled_up() -> None:
    """Of people with 40 rows each, 4 of them charged, 5 rows count: the share is 10 %, where sides apart say 80 %."""
    rows = [offence(f"u{unit}", charged=turn < 4) for unit in range(200) for turn in range(40)]
    bounds = {"rows_per_unit": 5, "rows_per_cell": 5, "rho": Fraction(5)}

    apart = plan_of(question(CountRows(where=IS_CHARGED, name="charged"), CountRows(), **bounds))
    above, below = ReferenceEngine().cells(apart, {"offences": rows}).vectors.values()
    (together,) = told(plan_of(question(share(IS_CHARGED), **bounds)), rows)

    assert above[0] / below[0] == pytest.approx(0.8)
    assert together == pytest.approx(0.1)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(
        st.builds(
            offence,
            st.sampled_from(["u1", "u2", "u3"]),
            kind=st.sampled_from(["arson", "burglary", "theft"]),
            charged=st.booleans(),
            ward=st.sampled_from(["north", "south"]),
        ),
        max_size=60,
    ),
    rows_per_unit=st.integers(1, 12),
    rows_per_cell=st.integers(1, 12),
    below=st.sampled_from([None, IN_NORTH]),
)
def test_a_share_is_that_among_the_kept_rows(
    rows: list[Row], rows_per_unit: int, rows_per_cell: int, below: Predicate | None
) -> None:
    """In each cell what is above is, of each unit, its kept rows times its own share: never below 0 or above all."""
    cap = min(rows_per_unit, rows_per_cell)
    asked = share(IS_CHARGED if below is None else both(below, IS_CHARGED), below)
    plan = plan_of(question(asked, by=[KIND], rows_per_unit=rows_per_unit, rows_per_cell=cap))
    engine, step = ReferenceEngine(), 10**6
    wanted, total = [Fraction(0)] * 3, [0] * 3
    for unit in {row["unit_id"] for row in rows}:
        own = [row for row in rows if row["unit_id"] == unit and (below is None or row["ward"] == "north")]
        kept = engine.cells(plan, {"offences": own}).vectors["share/bottom"]
        for place, kind in enumerate(("arson", "burglary", "theft")):
            seen = [bool(row["charged"]) for row in own if row["kind"] == kind]
            wanted[place] += Fraction(kept[place] * sum(seen), max(len(seen), 1))
            total[place] += kept[place]

    found = engine.cells(plan, {"offences": rows}).vectors

    assert found["share/bottom"] == tuple(total)
    for place in range(3):
        above = Fraction(found["share/top"][place], step) + Fraction(total[place], 2)
        assert abs(above - wanted[place]) <= Fraction(3, step)
        assert 0 <= above <= total[place]


@pytest.mark.parametrize(
    ("ratio", "rest"),
    [
        (share(IS_CHARGED), (IS_CHARGED,)),
        (share(IS_CHARGED, per=100), (IS_CHARGED,)),
        (share(both(IN_NORTH, IS_CHARGED), IN_NORTH), (IS_CHARGED,)),
        (share(both(IS_CHARGED, both(LONG, IN_NORTH)), both(IN_NORTH, LONG)), (IS_CHARGED,)),
        (share(both(IN_NORTH, LONG, IS_CHARGED), IN_NORTH), (LONG, IS_CHARGED)),
        (share(both(IN_FULL, LONG), IS_ARSON), (LONG,)),
        (share(both(LONG, IN_NORTH), both(IN_NORTH, LONG)), ()),
        (share(IS_CHARGED, IN_NORTH), None),
        (share(IN_NORTH, both(IN_NORTH, LONG)), None),
        (share(IN_NORTH, AnyOf(predicates=(IN_NORTH, LONG))), None),
        (Ratio(top=CountUnits(where=LONG), bottom=CountUnits(), name="ratio"), None),
        (Ratio(top=CountRows(where=LONG), bottom=CountUnits(), name="ratio"), None),
        (Ratio(top=Sum(column=MINUTES, name="", where=LONG), bottom=Sum(column=MINUTES, name=""), name="ratio"), None),
    ],
)  # fmt: skip
def test_which_ratios_are_bounded_together(ratio: Ratio, rest: tuple[Predicate, ...] | None) -> None:
    """Shares of rows are, where all that is asked below the line is asked above it too; other ratios are not."""
    named = narrowed(ratio, "offences")
    plan = plan_of(question(ratio)) if rest != () else None

    assert (None if named is None else len(named)) == (None if rest is None else len(rest))
    if plan is not None:
        top, bottom = plan.parts_of(plan.figures[0])
        assert isinstance(top.value, Flag) == (rest is not None)
        if rest is not None:
            assert (top.where, top.column, top.bounded_at) == (bottom.where, bottom.column, bottom.bounded_at)


def test_the_same_rows_on_both_sides_are_refused_in_any_order() -> None:
    """A ratio that is 1 whatever the data is refused, also where its conditions stand in another order."""
    with pytest.raises(QueryError, match="always 1"):
        plan_of(question(share(both(LONG, IN_NORTH), both(IN_NORTH, LONG))))


def test_a_share_moves_by_half_a_row() -> None:
    """What is above the line is summed as its distance from one half: a unit moves it half as far as its rows."""
    plan = plan_of(question(share(IS_CHARGED), by=[KIND], rows_per_unit=5, rows_per_cell=2))
    top, bottom = plan.parts
    assert isinstance(top.value, Flag)
    step = top.value.fixed.upper

    assert top.kind is PartKind.CENTRED_SUM
    assert 4 * top.sensitivity.l2_squared == bottom.sensitivity.l2_squared * step**2
    assert 2 * top.sensitivity.l1 == bottom.sensitivity.l1 * step


def test_a_share_of_what_is_known_only_after_joining_is_bounded_together() -> None:
    """A condition on a column that two datasets make is counted among the kept pairs like any other."""
    late = Derived(name="days_until_seen", expression=DaysBetween(earlier=ref("on"), later=ref("seen_on", "visits")))
    soon = Compare(column=ref("days_until_seen"), operator=Operator.LT, value=365)
    plan = plan_of(
        question(share(soon), joins=(Join(dataset="visits"),), derive=(late,), rows_per_unit=3, rows_per_cell=3)
    )
    rows = {"offences": [offence("u1")] * 4, "visits": [visit("u1")] * 4}

    assert ReferenceEngine().cells(plan, rows).vectors == {"share/top": (1_500_000,), "share/bottom": (3,)}


@pytest.mark.timeout(60)
def test_a_share_of_public_rows_is_exact() -> None:
    """Of public rows share and mean are the truth, whatever bounds are stated: nobody checks those of public data."""
    large = Compare(column=ref("people"), operator=Operator.GT, value=9)
    mean = Mean(column=ref("people"), name="people_mean")
    plan = plan_of(question(share(large), mean, dataset="rates", rows_per_unit=10**12, rows_per_cell=10**12))
    rows = [{"ward": "north", "people": people} for people in (5, 8, 12)]
    cells = ReferenceEngine().cells(plan, {"rates": rows})
    (cell,) = dress(plan, OpenDPNoise().price(plan), cells, epsilon=0, delta=Fraction(1, 9)).cells

    assert cell.estimates[0].value == pytest.approx(1 / 3)
    assert cell.estimates[1].value == pytest.approx(25 / 3)
    assert cell.estimates[0].low == cell.estimates[0].high == cell.estimates[0].value
