"""What is said of bounds, kind by kind, beside what the engine does with a person who has more rows than count."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from offences import SCHEMAS, offence, plan_of, question, ref

from datalab.engine.reference import ReferenceEngine
from datalab.privacy.estimate.figures import fixed_of
from datalab.query.explain import explain
from datalab.query.model import (
    CountRows,
    CountUnits,
    Deviation,
    First,
    Join,
    Mean,
    Measure,
    Quantile,
    Question,
    Ratio,
    Sum,
    Table,
    UnitRows,
    Variance,
)

MINUTES, KIND = ref("minutes"), ref("kind")
MEDIAN = Quantile(column=MINUTES, level=Fraction(1, 2), name="minutes_median")
MEDIAN_OF_ALL = question(MEDIAN).query
HEAVY = [offence("u1", minutes=12 * turn) for turn in range(40)]
"""One person with 40 rows in one cell, each in another step of the range."""
COUNTED, SHARED, AVERAGE, SQUARES, DRAWN, ONCE, ALL, NOTHING = (
    "holds the number of rows that so count",
    "the same share of",
    "like all of them on average",
    "in the squares of these",
    "which rows count is drawn at random",
    "counts once in a cell, and in at most 2 cells",
    "with the number of all their rows",
    "The bounds leave nothing out of these figures",
)
KINDS = (COUNTED, SHARED, AVERAGE, SQUARES, DRAWN, ONCE, ALL, NOTHING)


def said(asked: Question, *, most: int | None = None) -> str:
    """Return the explanation of a question, of data of which a contract allows a person so many rows."""
    schemas = {**SCHEMAS, "offences": replace(SCHEMAS["offences"], max_rows_per_unit=most)}
    return explain(asked, schemas, epsilon=1.0, delta=Fraction(1, 10**6))


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        (CountRows(), {COUNTED}),
        (CountUnits(), {ONCE}),
        (Sum(column=MINUTES, name="minutes_sum"), {SHARED}),
        (Mean(column=MINUTES, name="minutes_mean"), {AVERAGE}),
        (Variance(column=MINUTES, name="minutes_variance"), {AVERAGE, SQUARES}),
        (Deviation(column=MINUTES, name="minutes_deviation"), {AVERAGE, SQUARES}),
        (MEDIAN, {DRAWN}),
        (Ratio(top=Sum(column=MINUTES, name=""), bottom=CountUnits(name=""), name="ratio"), {SHARED, ONCE}),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Measure) else "",
)
def test_each_kind_of_figure_is_said_to_count_as_it_does(measure: Measure, wanted: set[str]) -> None:
    """Counts keep rows, sums share out a total, means take an average, quantiles keep drawn rows."""
    text = said(question(measure, by=[KIND], rows_per_unit=2, rows_per_cell=1))

    assert {one for one in KINDS if one in text} == wanted
    assert "which ones does not depend" not in text
    assert "does not cover what the bounds leave out" in text


def test_the_steps_of_a_quantile_share_what_a_person_counts_in_a_cell() -> None:
    """With three rows in a cell, the median counts three of one cell, in whichever steps; the text says so."""
    asked = question(MEDIAN, by=[KIND], rows_per_unit=8, rows_per_cell=3)
    (part, *_) = plan_of(asked).parts
    vector = ReferenceEngine().cells(plan_of(asked), {"offences": HEAVY}).vectors[part.name]

    assert (sum(vector), max(vector)) == (3, 1)
    assert "at most 8 rows count in all and at most 3 in one cell, whatever steps of the range they" in said(asked)
    assert "at most 3 rows count in all; where they have more" in said(replace(asked, query=MEDIAN_OF_ALL))


def test_a_sum_is_a_share_of_the_total_and_no_row() -> None:
    """Of four rows of which one is large, one counts: as a quarter of their sum, which is the value of none."""
    rows = [offence("u1", minutes=minutes) for minutes in (480, 0, 0, 0)]
    asked = question(Sum(column=MINUTES, name="minutes_sum"), by=[KIND], rows_per_unit=2, rows_per_cell=1)
    plan = plan_of(asked)
    (vector,) = ReferenceEngine().cells(plan, {"offences": rows}).vectors.values()

    assert fixed_of(plan.parts[0]).to_value(sum(vector)) == 120
    assert "the same share of the total of them all counts" in said(asked)


def test_the_rows_of_a_unit_are_all_counted() -> None:
    """A person with 40 rows is in the last range, whose end is open; nothing is said of rows kept."""
    asked = question(UnitRows(name="typical_rows", level=Fraction(1, 2)), rows_per_unit=4, rows_per_cell=1)
    (vector,) = ReferenceEngine().cells(plan_of(asked), {"offences": HEAVY}).vectors.values()
    text = said(asked)

    assert vector == (0, 0, 0, 1)
    assert {one for one in KINDS if one in text} == {ALL}
    assert "no upper end where it reaches the largest that are told apart, about 4" in text


@pytest.mark.parametrize(
    ("asked", "most", "bite"),
    [
        (question(MEDIAN, rows_per_unit=4, rows_per_cell=4), 4, False),
        (question(MEDIAN, rows_per_unit=4, rows_per_cell=4), 5, True),
        (question(rows_per_unit=4, rows_per_cell=2), 4, True),
        (question(rows_per_unit=4, rows_per_cell=4), None, True),
        (question(CountUnits(), rows_per_unit=1, rows_per_cell=1), None, False),
        (question(CountUnits(), by=[KIND], rows_per_unit=1, rows_per_cell=1), None, True),
        (question(CountUnits(), by=[KIND], rows_per_unit=3, rows_per_cell=1), None, False),
        (question(rows_per_unit=1, rows_per_cell=1, first=First(column=ref("at"))), None, False),
        (question(joins=(Join(dataset="visits"),), rows_per_unit=4, rows_per_cell=4), 4, True),
    ],
)
def test_bounds_are_spoken_of_where_they_may_bite(asked: Question, most: int | None, *, bite: bool) -> None:
    """Where the contract, the cells or the question itself leave a person no more than counts, that is said instead."""
    text = said(asked, most=most)

    assert (NOTHING in text) is not bite
    assert ("does not cover what the bounds leave out" in text) is bite


@pytest.mark.parametrize(
    ("asked", "limited"),
    [
        (question(MEDIAN, rows_per_unit=4, rows_per_cell=4), True),
        (question(CountUnits(), by=[KIND], rows_per_unit=2, rows_per_cell=1), True),
        (question(CountUnits(), by=[KIND], rows_per_unit=3, rows_per_cell=1), False),
        (question(rows_per_unit=4, rows_per_cell=4, first=First(column=ref("at"))), False),
    ],
)
def test_what_rests_on_a_contract_s_limit_is_said_to(asked: Question, *, limited: bool) -> None:
    """Nothing is left out for certain only where the question says so itself: an extract may go beyond its contract."""
    text = said(asked, most=asked.rows_per_unit)

    assert NOTHING in text
    assert (f"if the extract keeps to its contract's limit of {asked.rows_per_unit} rows a person." in text) is limited
    assert ("does not cover rows of a person beyond that limit" in text) is limited


def test_cells_of_few_rows_are_said_to_count_more_than_their_share() -> None:
    """Of a person with 39 rows in one cell and one in another, one row counts: of either cell as often as not."""
    rows = [offence(f"u{i}", kind=kind) for i in range(400) for kind in ("theft",) * 39 + ("arson",)]
    asked = question(by=[KIND], rows_per_unit=1, rows_per_cell=1)
    (vector,) = ReferenceEngine().cells(plan_of(asked), {"offences": rows}).vectors.values()

    assert sum(vector) == 400
    assert 140 < vector[0] < 260
    assert "cells with few of their rows count for more than their share" in said(asked)
    assert "more than their share" not in said(replace(asked, query=question().query))


def test_a_margin_is_said_to_add_up_bounded_cells() -> None:
    """Where several tables are asked, rows are bounded in cells of all groups together, not in those of a margin."""
    tables = (Table(by=(KIND, ref("ward"))), Table(by=(KIND,)))
    text = said(question(by=[KIND, ref("ward")], tables=tables, rows_per_unit=4, rows_per_cell=1))

    assert "at most 1 in one cell of all groups together, which the tables add up" in text
