"""The explanation: complete, and true to the question."""

# ruff: noqa: E501 - the explanation is compared as it is, one sentence a line

from __future__ import annotations

from fractions import Fraction
from textwrap import dedent

import pytest
from offences import SCHEMAS, question, ref

from datalab.query.canonical import canonical_question
from datalab.query.document import question_from_json, question_to_json
from datalab.query.explain import explain
from datalab.query.model import (
    AllOf,
    AnyOf,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Mean,
    Not,
    Operator,
    Predicate,
    Sum,
)
from datalab.query.sql.reader import sql
from datalab.query.sql.writer import to_sql


def test_everything_that_the_answer_depends_on_is_said() -> None:
    """Filters, pairing, measures with their bounds, groups, limits, the unit and the price all stand in the text."""
    asked = question(
        CountRows(),
        CountUnits(),
        Sum(column=ref("loss"), name="loss"),
        Mean(column=ref("days", "visits"), name="stay"),
        by=[ref("ward"), ref("clinic", "visits")],
        where=AllOf(
            predicates=(
                Compare(column=ref("age_band"), operator=Operator.LT, value="15+"),
                Not(predicate=Compare(column=ref("minutes"), operator=Operator.GE, value=5)),
                AnyOf(
                    predicates=(IsIn(column=ref("kind"), values=("arson", "theft")), IsMissing(column=ref("charged")))
                ),
            )
        ),
        joins=(Join(dataset="visits", where=Compare(column=ref("days"), operator=Operator.NE, value=3)),),
        rows_per_unit=12,
        rows_per_cell=3,
        rho=Fraction(1, 20),
    )

    assert (
        explain(asked, SCHEMAS, epsilon=1.4694, delta=Fraction(1, 10**6))
        == dedent("""\
        From offences, the rows where age_band is below '15+' in the listed order and it is not so that (minutes is at least 5) and (kind is one of 'arson', 'theft' or charged is missing).
        Each is paired with every row of visits where days has a value other than 3 of the same person; rows of offences without a partner are left out.
        rows: the number of rows.
        units: the number of different people.
        loss: the sum of loss, each value held between 0.0 and 99.95 GBP; a missing value adds nothing.
        stay: the mean of days of visits, each value held between 0 and 30 days, over the rows that have a value.
        One answer for each combination of ward, clinic of visits: 9 cells, listed from the contract whether or not anything is in them.
        Before rows are paired, at most 12 rows of each person are taken from each of offences, visits, drawn at random.
        Of each person, at most 12 rows count in a figure and at most 3 in one cell; where they have more, it is drawn at random in which cells they count, each cell as likely as any other however many rows they have in it: of such people, cells with few of their rows count for more than their share.
        rows: the interval holds the number of rows that so count.
        loss: where a person has more rows in a cell than count there, the same share of the total of them all counts (half of it where 3 of 6 rows count), not the values of some; the interval holds the sum of what so counts.
        stay: where a person has more rows in a cell than count there, those that count are taken to be like all of them on average, none by its own value; the interval holds the mean of what so counts.
        An interval holds what is said here of its figure in at least 95 of 100 answers, and does not cover what the bounds leave out.
        What is hidden: whether any one person is in the data at all, with every row about them. What is shown: facts about groups of people.
        Price: at most rho 0.05 of the privacy budget (zero-concentrated differential privacy), shared between the noisy figures; that is epsilon 1.4694 at delta 1e-06.""")
    )


def test_public_data_is_said_to_be_exact() -> None:
    """A question about public data promises no noise and no price."""
    text = explain(question(dataset="rates"), SCHEMAS, epsilon=0.0, delta=Fraction(1, 10**6))

    assert text.splitlines() == [
        "From rates, every row.",
        "rows: the number of rows.",
        "One answer for all of it.",
        "This is public reference data: the answer is exact and costs nothing.",
    ]


def test_values_found_out_are_said_to_be_bounded() -> None:
    """Of a column that no contract lists it is said in how many values a person counts while they are found out."""
    asked = question(by=[ref("code")], discover=ref("code"), rows_per_unit=6, rows_per_cell=3)
    text = explain(asked, SCHEMAS, epsilon=1.0, delta=Fraction(1, 10**6))

    assert "While values are found out, each person counts in at most 6 values, drawn at random" in text


THEFT = Compare(column=ref("kind"), operator=Operator.EQ, value="theft")
NEITHER = AnyOf(predicates=(IsMissing(column=ref("charged")), IsMissing(column=ref("ward"))))


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        (AllOf(predicates=(THEFT,)), THEFT),
        (AnyOf(predicates=(AllOf(predicates=(THEFT,)),)), THEFT),
        (Not(predicate=AllOf(predicates=(THEFT,))), Not(predicate=THEFT)),
        (AllOf(predicates=(AllOf(predicates=(THEFT,)), NEITHER)), AllOf(predicates=(THEFT, NEITHER))),
        (
            AllOf(predicates=(THEFT, AllOf(predicates=(NEITHER,)))),
            AllOf(predicates=(THEFT, NEITHER)),
        ),
    ],
)
def test_a_condition_that_is_joined_with_no_other_is_that_condition(wrapped: Predicate, plain: Predicate) -> None:
    """JSON keeps `all` or `any` of one condition as it stands; it is explained and written in SQL as that condition."""
    asked, bare = question(CountRows(), where=wrapped), question(CountRows(), where=plain)
    says = [explain(one, SCHEMAS, epsilon=1.0, delta=Fraction(1, 10**6)) for one in (asked, bare)]

    assert question_from_json(question_to_json(asked)) == asked
    assert says[0] == says[1]
    assert to_sql(asked.query) == to_sql(bare.query)
    read = question(CountRows(), where=sql(to_sql(asked.query)).query.where)
    assert canonical_question(read, SCHEMAS) == canonical_question(asked, SCHEMAS)
