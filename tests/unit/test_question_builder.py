"""The Python builder: the same questions as by hand, and no traps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.budget import Budget
from datalab.query.build import Asking, Condition, ask, col
from datalab.query.document import question_from_document, question_to_document
from datalab.query.model import (
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Mean,
    Not,
    Operator,
    Query,
    Question,
    Sum,
)
from datalab.query.spend import rho_for_epsilon


def test_every_step_of_a_question() -> None:
    """The fluent question equals the one written node by node, and survives JSON."""
    built = (
        ask("offences")
        .where(col("kind") == "burglary", (col("minutes") > 5) | ~col("ward").is_missing())
        .where(col("on") >= date(2024, 3, 1))
        .join("visits", where=col("clinic").is_in(["a", "b"]))
        .group_by("ward", "visits.clinic")
        .count_rows()
        .count_units()
        .sum("minutes")
        .mean(col("days", of="visits"), name="days")
        .titled("A title")
        .spend(rho="1/20", rows_per_unit=12, rows_per_cell=3)
    )
    kind = Compare(column=ColumnRef(name="kind"), operator=Operator.EQ, value="burglary")
    either = AnyOf(
        predicates=(
            Compare(column=ColumnRef(name="minutes"), operator=Operator.GT, value=5),
            Not(predicate=IsMissing(column=ColumnRef(name="ward"))),
        )
    )
    since = Compare(column=ColumnRef(name="on"), operator=Operator.GE, value="2024-03-01")

    assert built == Question(
        query=Query(
            dataset="offences",
            measures=(
                CountRows(),
                CountUnits(),
                Sum(column=ColumnRef(name="minutes"), name="minutes_sum"),
                Mean(column=ColumnRef(name="days", dataset="visits"), name="days"),
            ),
            group_by=(ColumnRef(name="ward"), ColumnRef(name="clinic", dataset="visits")),
            where=AllOf(predicates=(kind, either, since)),
            joins=(Join(dataset="visits", where=IsIn(column=ColumnRef(name="clinic"), values=("a", "b"))),),
        ),
        rho=Fraction(1, 20),
        rows_per_unit=12,
        rows_per_cell=3,
        title="A title",
    )
    assert question_from_document(question_to_document(built)) == built


def test_a_builder_never_changes() -> None:
    """Two questions that start alike do not meet again."""
    start = ask("offences").count_rows()
    start.where(col("kind") == "theft")

    assert start.query.where is None
    assert start.group_by("ward").query.group_by
    assert isinstance(start, Asking)


@pytest.mark.parametrize(
    "trap",
    [
        lambda: (col("a") == 1) and (col("b") == 2),
        lambda: not (col("a") == 1),  # noqa: SIM201 - what an author may write
        lambda: 1 < col("a") < 3,
        lambda: col("a") == col("b"),
        lambda: col("a") == None,  # noqa: E711 - what an author may write
        lambda: ask("a").count_rows().spend(rows_per_unit=1),
        lambda: ask("a").count_rows().spend(rows_per_unit=1, rho=1, epsilon=1),
        lambda: ask("a").count_rows().spend(rows_per_unit=1, rho="much"),
        lambda: ask("a").count_rows().spend(rows_per_unit=1, rho=float("nan")),
        lambda: ask("a").count_rows().spend(rows_per_unit=1, epsilon=-1.0),
    ],
)
def test_traps_are_refused(trap: object) -> None:
    """What Python would silently get wrong is refused with a remedy."""
    assert callable(trap)
    with pytest.raises(QueryError) as caught:
        trap()

    assert caught.value.remedy


@pytest.mark.parametrize("rho", [0.05, "0.05", "1/20", Fraction(1, 20)])
def test_rho_is_exactly_what_was_written(rho: float | str | Fraction) -> None:
    """A float means its decimal writing, not its binary neighbour."""
    assert ask("a").count_rows().spend(rows_per_unit=1, rho=rho).rho == Fraction(1, 20)


@pytest.mark.parametrize("epsilon", [0.01, 0.5, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("delta", [Fraction(1, 10**6), Fraction(1, 100)])
def test_an_epsilon_buys_no_more_than_itself(epsilon: float, delta: Fraction) -> None:
    """The rho of an epsilon converts back, by OpenDP, to that epsilon or just below."""
    rho = Budget.floor(rho_for_epsilon(epsilon, delta))
    back = OpenDPNoise().epsilon(rho, delta)

    assert back <= epsilon + 1e-4
    assert back == pytest.approx(epsilon, rel=0.01, abs=2e-4)


def test_conditions_describe_and_are_never_compared() -> None:
    """A comparison gives a description of itself."""
    assert isinstance(col("a") != 1, Condition)
