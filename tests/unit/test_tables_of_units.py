"""Different people in several tables: each table counted by itself, for margins of people are no sums."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from drawn import discrete_gaussian, held
from offences import SCHEMAS, offence, plan_of, question, ref

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.accuracy import preview
from datalab.privacy.answer import Answer, answer_question, dress
from datalab.privacy.answer.covering import APART, TOGETHER
from datalab.privacy.bounds import Sensitivity
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.tables import separate_shares
from datalab.query.explain import explain
from datalab.query.model import CountRows, CountUnits, Table

DELTA = Fraction(1, 10**6)
BY_BOTH = (Table(by=(ref("kind"), ref("ward"))), Table(by=(ref("kind"),), weight=4), Table(by=()))
ROWS = [
    offence("u1", kind="arson", ward="north"),
    offence("u1", kind="theft", ward="north"),
    offence("u1", kind="theft", ward="south"),
    offence("u2", kind="theft", ward="north"),
]


def planned(*measures: CountRows | CountUnits, rho: Fraction = Fraction(1, 2), **rest: object) -> Plan:
    """Return the plan of people (and what else is stated) by kind and ward, by kind, and in all."""
    return plan_of(
        question(
            *(measures or (CountUnits(),)), by=[ref("kind"), ref("ward")], tables=BY_BOTH, rows_per_unit=4,
            rows_per_cell=2, rho=rho, **rest,
        )
    )  # fmt: skip


def released(plan: Plan) -> Answer:
    """Answer a plan about the rows above."""
    return answer_question(plan, {"offences": ROWS}, engine=ReferenceEngine(), noise=OpenDPNoise(), delta=DELTA)


def test_a_person_counts_once_in_every_cell_of_every_table() -> None:
    """Who stands in three cells of the table is one person of a margin, and one in all."""
    cells = ReferenceEngine().cells(planned(), {"offences": ROWS})

    assert sum(cells.vectors["units/1"]) == 4
    assert cells.vectors["units/2"] == (1, 0, 2)
    assert cells.vectors["units/3"] == (2,)


def test_each_table_states_what_one_person_moves() -> None:
    """One person is in at most R cells of a table, by 1 each, and moves the total by 1."""
    parts = planned().parts

    assert [part.sensitivity for part in parts] == [
        Sensitivity(l1=4, l2_squared=4, linf=1), Sensitivity(l1=3, l2_squared=3, linf=1),
        Sensitivity(l1=1, l2_squared=1, linf=1),
    ]  # fmt: skip
    assert all(part.bounded_at == part.keys for part in parts)


def test_the_budget_is_split_and_never_passed() -> None:
    """Tables share the budget as the roots of weight times sensitivity; together with rows, both have their half."""
    alone, both = planned(), planned(CountRows(), CountUnits())
    shares = [part.share.nano_rho for part in alone.parts]

    assert sum(shares) <= 10**9 // 2
    assert [share / shares[2] for share in shares] == pytest.approx([2, 12**0.5, 1], rel=1e-6)
    assert sum(part.share.nano_rho for part in both.parts) <= 10**9 // 2
    units = [part.share.nano_rho for part in both.parts if part.name.startswith("units")]
    assert sum(units) == pytest.approx(sum(shares) / 2, rel=1e-6)
    assert OpenDPNoise().price(both).total.rho <= Fraction(1, 2)


def test_no_other_split_has_less_variance() -> None:
    """Moving budget from any table to another makes the weighted variance larger."""
    weights, squares = [1, 5, 20], [9, 4, 1]
    shares = separate_shares(weights, squares)

    def variance(split: list[float]) -> float:
        return sum(weight * square / share for weight, square, share in zip(weights, squares, split, strict=True))

    best = variance([float(share) for share in shares])
    assert sum(shares) <= 1
    for giver in range(3):
        for taker in range(3):
            moved = [float(share) + 0.01 * ((place == taker) - (place == giver)) for place, share in enumerate(shares)]
            assert giver == taker or variance(moved) > best


def test_margins_of_people_are_not_made_to_agree() -> None:
    """Noisy margins stay as they were drawn, beside rows whose margins are the sums of their cells."""
    plan = planned(CountRows(), CountUnits())
    price = OpenDPNoise().price(plan)
    vectors = {part.name: tuple(range(100, 100 + part.size)) for part in plan.parts}

    answer = dress(plan, price, Cells(vectors=vectors), epsilon=0, delta=DELTA)

    rows, people = ([cell.estimates[place].value for cell in answer.cells] for place in range(2))
    first = plan.tables[0].size
    assert people == [*vectors["units/1"], *vectors["units/2"], *vectors["units/3"]]
    assert sum(rows[:first]) == pytest.approx(rows[-1])
    assert sum(people[:first]) != people[-1]


def test_intervals_of_people_hold_in_every_table() -> None:
    """Each table's interval is that of its own noise, and holds the truth in 95 of 100 answers."""
    plan = planned(rho=Fraction(1, 50))
    price, rng = OpenDPNoise().price(plan), np.random.default_rng(5)
    estimates: dict[int, list] = {0: [], 1: [], 2: []}
    for _ in range(1_500):
        noisy = Cells(
            vectors={
                part.name: tuple((500 + discrete_gaussian(rng, price.scale(part.name), part.size)).tolist())
                for part in plan.parts
            }
        )
        cells = iter(dress(plan, price, noisy, epsilon=0, delta=DELTA).cells)
        for place, table in enumerate(plan.tables):
            of_table = [next(cells).estimates[0] for _ in range(table.size)]
            estimates[place].append(of_table[-1])

    assert all(abs(held(found, 500) - 0.95) < 0.02 for found in estimates.values())
    shown = preview(plan, OpenDPNoise(), DELTA).measures
    firsts = [found[0] for found in estimates.values()]
    assert [one.half_width for one in shown] == [one.value - one.low for one in firsts]


def test_the_answer_and_the_explanation_say_that_people_do_not_add_up() -> None:
    """Answer and explanation say it where people are asked, and speak of agreement only where something agrees."""
    people, both = planned(), planned(CountRows(), CountUnits())
    said = explain(both.question, SCHEMAS, epsilon=1, delta=DELTA)

    assert (APART in released(people).covers, TOGETHER in released(people).covers) == (True, False)
    assert (APART in released(both).covers, TOGETHER in released(both).covers) == (True, True)
    assert "counts once in its margin, so the margins need not be what the cells add up to" in said
    assert "margin" not in explain(planned(CountRows()).question, SCHEMAS, epsilon=1, delta=DELTA)


def test_people_are_held_above_nothing_table_by_table() -> None:
    """Where figures are held above 0, no count of people in any table is below it."""
    plan = planned(nonnegative=True)
    vectors = {part.name: tuple((-1) ** place * 5 for place in range(part.size)) for part in plan.parts}

    answer = dress(plan, OpenDPNoise().price(plan), Cells(vectors=vectors), epsilon=0, delta=DELTA)

    assert min(cell.estimates[0].value or 0 for cell in answer.cells) == 0
    assert answer.cells[-1].estimates[0].value == 5
    said = explain(plan.question, SCHEMAS, epsilon=1, delta=DELTA)
    assert "none of the figures is left below 0" in said
    assert "made to agree" not in said
