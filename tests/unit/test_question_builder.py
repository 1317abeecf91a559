"""The Python builder: the same questions as by hand, and no traps."""

from __future__ import annotations

import copy
import math
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from datalab.engine.noise import OpenDPNoise
from datalab.errors import QueryError
from datalab.privacy.budget import Budget
from datalab.query.build import Asking, Condition, ask, clamp, col, combine, days
from datalab.query.build.other_words import WORDS
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


@pytest.mark.parametrize("level", [math.nan, math.inf, "nan", "a", None, 0, 1, -0.5, "3/2"])
def test_a_level_that_is_none_is_told_what_one_is(level: Any) -> None:
    """Not that it be written as a text, which is no help with a number that is no level."""
    with pytest.raises(QueryError, match="a level is a number above 0 and below 1"):
        ask("a").quantile("minutes", level)


@pytest.mark.parametrize(
    ("word", "instead"),
    [("min", r"quantile\("), ("max", "0.98"), ("avg", "mean"), ("count", "count_units"), ("xyz", "no xyz.$")],
)
def test_a_word_that_other_tools_have_leads_to_the_builders_own(word: str, instead: str) -> None:
    """Asking for `.min` says that a low quantile is what there is; copies and look-ups still work."""
    asking = ask("a").count_rows()
    with pytest.raises(AttributeError, match=instead):
        getattr(asking, word)

    assert not hasattr(asking, word)
    assert copy.deepcopy(asking) == asking


def test_what_is_written_instead_of_other_words_is_there() -> None:
    """Every call that a word leads to begins with one that the builder has."""
    assert all(hasattr(ask("a"), instead.split("(")[0]) for instead in WORDS.values())


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


TOLD = [
    (lambda: clamp("minutes", 0, math.inf), "clamp(upper): this must be a number", 'clamp("minutes", 0, 120)'),
    (lambda: combine({"minutes": math.nan}), "combine(weights): this must be a number", 'combine({"waiting": 2'),
    (lambda: ask("a").count_rows().spend(rows_per_unit="4", rho=1), "spend(rows_per_unit)", "rows_per_unit=12"),
    (lambda: ask("a").count_rows().spend(rows_per_unit=4.5, rho=1), "a whole number", "rows_per_unit=12"),
    (lambda: ask("a").count_rows().spend(rows_per_unit=True, rho=1), "a whole number", "rows_per_unit=12"),
    (lambda: ask("a").count_rows().spend(rows_per_unit=4, rho="1e999999999"), "not a number", "rho=0.05"),
    (lambda: ask("a").count_rows().spend(rows_per_unit=4, epsilon="1", delta=0), "delta between", "epsilon=1.0"),
    (lambda: ask("a").most_frequent("5"), "most_frequent: this must be a whole number", "most_frequent(5)"),
    (lambda: days("on", "at", "0", 30), "days(at_least)", 'days("occurred_at", "arrived_at", 0, 30)'),
    (lambda: days("on", "at", 0, 1.5), "days(at_most)", 'days("occurred_at", "arrived_at", 0, 30)'),
    (lambda: ask("a").group_by(7), "A column: it is given by its name", 'col("ward")'),
    (lambda: ask("a").group_by(["ward", "kind"]), "A column", 'one by one: "ward", "kind"'),
    (lambda: ask("a").where("ward = 1"), "where: a condition", 'col("ward") == "north"'),
    (lambda: ask("a").where(*[False]), "where: a condition", 'col("ward") == "north"'),
    (lambda: col("kind").is_in("theft"), "is_in: a list is needed", 'col("kind").is_in(["theft", "arson"])'),
    (lambda: ask("a").tables("ward"), "tables: a list is needed", 'tables(("ward", "month")'),
    (lambda: ask("a").join("b", on="ward"), "join(on): a list is needed", 'on={"ward": "ward"}'),
    (lambda: ask("a").join("b", within=30), "join(within)", "within=days("),
    (lambda: col("minutes") + 1, "not calculated with", "combine("),
    (lambda: ask("a").where((col("a") == 1) & "b"), "a condition on either side", "in brackets"),
]


@pytest.mark.parametrize(("call", "what", "works"), TOLD)
def test_a_wrong_argument_is_named_with_a_call_that_works(call: object, what: str, works: str) -> None:
    """The message names the argument, says what it must be, and shows a call."""
    assert callable(call)
    with pytest.raises(QueryError) as caught:
        call()

    assert what in str(caught.value)
    assert works in caught.value.remedy


def test_numbers_and_texts_of_numpy_are_plain_ones() -> None:
    """What comes out of a data frame is written as Python's own, and the question is the same."""
    plain = ask("a").where(col("x") >= 3, col("y") == True, col("z").is_in(["n"])).count_rows()  # noqa: E712 - a description
    numpy = ask("a").where(col("x") >= np.int64(3), col("y") == np.True_, col("z").is_in(np.array(["n"]))).count_rows()

    assert numpy == plain
    assert numpy.spend(rho=np.float64(0.1), rows_per_unit=np.int32(4)) == plain.spend(rho="1/10", rows_per_unit=4)


def test_a_set_is_written_in_one_order() -> None:
    """A set has no order of its own: the question would be another in each process, and be paid for again."""
    names = [f"kind_{number}" for number in range(20)]

    assert col("kind").is_in(set(names)).predicate == col("kind").is_in(sorted(names)).predicate
    dated = {date(2024, 1, day) for day in range(1, 20)}
    assert col("on").is_in(dated).predicate == col("on").is_in(sorted(dated)).predicate


def test_a_price_without_rows_of_a_unit_is_refused_with_what_to_write() -> None:
    """Whoever leaves rows_per_unit out is told to state it, and how."""
    with pytest.raises(QueryError, match="rows_per_unit="):
        ask("offences").count_rows().spend(rho="1/10")
