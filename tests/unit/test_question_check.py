"""What a question is refused for, before any data: each refusal with its remedy, all at once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from offences import POLICY, SCHEMAS, question, ref

from datalab.errors import QueryError
from datalab.governance.policy import DEFAULT_POLICY
from datalab.query.check import check
from datalab.query.model import (
    AllOf,
    Compare,
    CountRows,
    CountUnits,
    IsIn,
    IsMissing,
    Join,
    Keep,
    Literal,
    Mean,
    Operator,
    Predicate,
    Question,
    Sum,
)


def compare(name: str, value: Literal, operator: Operator = Operator.EQ) -> Predicate:
    """Compare a column with a literal."""
    return Compare(column=ref(name), operator=operator, value=value)


VISITS = Join(dataset="visits")
GROUPED_BY_MINUTES = question(by=[ref("minutes")])
REFUSALS: list[tuple[Question, str]] = [
    (question(dataset="offence"), "Did you mean offences?"),
    (question(joins=(Join(dataset="wards"),)), "no dataset called wards"),
    (question(by=[ref("wrd")]), "Did you mean ward?"),
    (question(by=[ref("unit_id")]), "no column called unit_id"),
    (question(by=[ref("clinic", "visits")]), "does not join"),
    (question(by=[ref("story")]), "free text"),
    (question(where=compare("story", "x")), "free text"),
    (question(where=IsMissing(column=ref("story"))), "free text"),
    (GROUPED_BY_MINUTES, "are not public"),
    (question(by=[ref("code")]), "are not public"),
    (question(by=[ref("loss")]), "are not public"),
    (question(by=[ref("kind"), ref("kind", "offences")]), "groups 2 times by kind"),
    (question(Sum(column=ref("kind"), name="total")), "cannot be summed"),
    (question(Sum(column=ref("charged"), name="total")), "cannot be summed"),
    (
        question(Mean(column=ref("unbounded", "visits"), name="mean"), joins=(VISITS,)),
        "states no bounds for visits.unbounded",
    ),
    (question(CountRows(), CountUnits(name="rows")), "2 measure(s) are named 'rows'"),
    (question(CountRows(), CountRows(name="again")), "paid for twice"),
    (question(CountRows(name="")), "Give each a name"),
    (question(CountUnits(), dataset="rates"), "no units to count"),
    (question(joins=(Join(dataset="rates"),)), "no common person or household"),
    (question(joins=(Join(dataset="homes"),)), "no common person or household"),
    (question(joins=(Join(dataset="offences"),)), "joined to itself in pairs"),
    (question(joins=(Join(dataset="offences", keep=Keep.ANY),) * 2), "stands 3 times"),
    (question(joins=(VISITS, VISITS)), "stands 2 times"),
    (question(dataset="rates", joins=(Join(dataset="rates", keep=Keep.ANY),)), "no two rows are known"),
    (question(joins=(VISITS,), rows_per_unit=2_000), "more than 1000000 joined rows"),
    (question(where=compare("kind", "piracy")), "never holds 'piracy'"),
    (question(where=compare("kind", "piracy", Operator.LT)), "never holds 'piracy'"),
    (question(where=compare("kind", 3)), "not of its type"),
    (question(where=compare("minutes", "3")), "not of its type"),
    (question(where=compare("minutes", value=True)), "not of its type"),
    (question(where=compare("minutes", 501)), "lies between -20 and 500"),
    (question(where=compare("on", "2025-01-01")), "lies between 2024-01-01 and 2024-12-31"),
    (question(where=compare("on", "1 May 2024")), "not of its type"),
    (question(where=compare("at", "0001-01-01T00:00:00+14:00")), "not of its type"),
    (question(where=compare("charged", 1)), "not of its type"),
    (question(where=compare("charged", value=True, operator=Operator.LT)), "has no order"),
    (question(where=compare("code", "X", Operator.LT)), "has no order"),
    (question(where=compare("loss", float("inf"), Operator.LT)), "not of its type"),
    (question(where=IsIn(column=ref("kind"), values=())), "is empty"),
    (question(where=AllOf(predicates=())), "is empty"),
    (question(joins=(Join(dataset="visits", where=compare("kind", "theft")),)), "visits has no column called kind"),
    (
        question(joins=(Join(dataset="visits", where=IsMissing(column=ref("ward", "offences"))),)),
        "which the question does not join",
    ),
    (question(rows_per_unit=0), "whole numbers above 0"),
    (question(rows_per_unit=2, rows_per_cell=3), "Lower rows_per_cell"),
    (question(dataset="visits", rows_per_unit=20_000), "the lab allows 10000"),
    (question(rows_per_unit=1_001), "while its extract keeps to that, allowing 1001 adds noise and no rows"),
    (question(rho=Fraction(101)), "limit for one question"),
    (question(rho=Fraction(0)), "Spend more"),
    (question(rho=Fraction(-1)), "Spend more"),
]


@pytest.mark.parametrize(("asked", "reason"), REFUSALS, ids=[reason for _, reason in REFUSALS])
def test_what_cannot_be_answered_is_refused(asked: Question, reason: str) -> None:
    """Each question is refused for its reason, and for that alone."""
    with pytest.raises(QueryError) as caught:
        check(asked, SCHEMAS, POLICY)

    assert reason in caught.value.what
    assert "(1 reason(s))" in caught.value.what


def test_too_many_cells_are_refused() -> None:
    """The product of the groups is held against the lab's limit."""
    limits = type(POLICY)(max_cells=35)
    asked = question(by=[ref("kind"), ref("ward"), ref("grade")])

    with pytest.raises(QueryError, match="36 cells"):
        check(asked, SCHEMAS, limits)


def test_every_refusal_comes_at_once() -> None:
    """An author mends a question in one go."""
    asked = question(
        Sum(column=ref("kind"), name="total"), by=[ref("code")], where=compare("kind", "piracy"), rows_per_cell=9
    )

    with pytest.raises(QueryError) as caught:
        check(asked, SCHEMAS, DEFAULT_POLICY)

    assert "(4 reason(s))" in caught.value.what


def test_public_data_needs_no_budget() -> None:
    """Limits that protect units do not hold back a question about public data."""
    check(question(dataset="rates", rho=Fraction(10**6), rows_per_unit=10**6), SCHEMAS, DEFAULT_POLICY)
