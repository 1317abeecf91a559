"""Derived columns: what their groups are called, and what is public of them, from the contract alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offences import OFFENCES, SCHEMAS, ref

from datalab.contract.model import LogicalType
from datalab.query.derive import derived_schemas, published
from datalab.query.labels import band_labels, period_label, period_labels, recode_labels
from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    CountRows,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Period,
    Query,
    Recode,
    Term,
)


@pytest.mark.parametrize(
    ("day", "period", "label"),
    [
        (date(2024, 1, 31), Period.DAY, "2024-01-31"),
        (date(2024, 12, 30), Period.WEEK, "2025-W01"),
        (date(2023, 1, 1), Period.WEEK, "2022-W52"),
        (date(2024, 2, 29), Period.MONTH, "2024-02"),
        (date(2024, 3, 31), Period.QUARTER, "2024-Q1"),
        (date(2024, 4, 1), Period.QUARTER, "2024-Q2"),
        (date(987, 1, 1), Period.YEAR, "0987"),
        (date(2024, 8, 31), Period.ACADEMIC_YEAR, "2023/24"),
        (date(2024, 9, 1), Period.ACADEMIC_YEAR, "2024/25"),
        (date(1999, 10, 1), Period.ACADEMIC_YEAR, "1999/00"),
        (date(2024, 3, 31), Period.FINANCIAL_YEAR, "2023/24"),
        (date(2024, 4, 1), Period.FINANCIAL_YEAR, "2024/25"),
    ],
)
def test_a_date_lies_in_its_period(day: date, period: Period, label: str) -> None:
    """Weeks are those of ISO 8601, academic years begin in September, financial years in April."""
    assert period_label(day, period) == label


@given(
    first=st.dates(date(1950, 1, 1), date(2040, 1, 1)),
    days=st.integers(0, 800),
    period=st.sampled_from(Period),
    within=st.integers(0, 800),
)
def test_every_day_between_the_bounds_has_a_listed_period(first: date, days: int, period: Period, within: int) -> None:
    """The list holds the period of every day that the contract allows, each once, in order, and no other."""
    labels = period_labels(first, first + timedelta(days=days), period)

    assert labels is not None
    assert period_label(first + timedelta(days=min(within, days)), period) in labels
    assert list(labels) == sorted(set(labels))
    assert labels[0] == period_label(first, period)
    assert labels[-1] == period_label(first + timedelta(days=days), period)


def test_too_many_periods_are_no_list() -> None:
    """A century of days is not a list of groups."""
    assert period_labels(date(1900, 1, 1), date(2000, 1, 1), Period.DAY) is None


@pytest.mark.parametrize(
    ("edges", "labels"),
    [
        ((10,), ("below 10", "10 and over")),
        ((10, 20.5), ("below 10", "10 to below 20.5", "20.5 and over")),
        ((-1.0, 0), ("below -1", "-1 to below 0", "0 and over")),
    ],
)
def test_bands_are_called_by_their_edges(edges: tuple[int | float, ...], labels: tuple[str, ...]) -> None:
    """Whole edges are written whole, and there is a band on either side of every edge."""
    assert band_labels(edges) == labels


def test_merged_categories_are_called_by_what_they_hold() -> None:
    """A group's label is its values; there is an `other` only where a value is in no group."""
    values = ("arson", "burglary", "theft")

    assert recode_labels(Recode(column=ref("kind"), groups=(("arson", "theft"),)), values) == (
        "arson or theft",
        "other",
    )
    assert recode_labels(Recode(column=ref("kind"), groups=(("arson", "theft"), ("burglary",))), values) == (
        "arson or theft",
        "burglary",
    )


CASES: list[tuple[Expression, LogicalType, int | None, tuple[float, float] | None]] = [
    (Band(column=ref("minutes"), edges=(10, 20)), LogicalType.STRING, 3, None),
    (Calendar(column=ref("on"), period=Period.MONTH), LogicalType.STRING, 12, None),
    (Clock(column=ref("at"), part=ClockPart.HOUR), LogicalType.INTEGER, 24, None),
    (Clock(column=ref("on"), part=ClockPart.WEEKDAY), LogicalType.STRING, 7, None),
    (Recode(column=ref("kind"), groups=(("arson", "theft"),)), LogicalType.STRING, 2, None),
    (Clamp(column=ref("minutes"), lower=0, upper=60), LogicalType.INTEGER, None, (0, 60)),
    (Clamp(column=ref("minutes"), lower=-1_000, upper=1_000), LogicalType.INTEGER, None, (-20, 500)),
    (
        Linear(terms=(Term(column=ref("minutes"), weight=-2), Term(column=ref("loss"), weight=1)), constant=5),
        LogicalType.NUMBER,
        None,
        (5 - 1000, 5 + 40 + 99.95),
    ),
    (DaysBetween(earlier=ref("on"), later=ref("on")), LogicalType.INTEGER, 731, (-365, 365)),
]


@pytest.mark.parametrize(
    ("expression", "logical_type", "groups", "bounds"), CASES, ids=lambda case: type(case).__name__
)
def test_what_is_public_of_a_derived_column_follows_from_its_inputs(
    expression: Expression, logical_type: LogicalType, groups: int | None, bounds: tuple[float, float] | None
) -> None:
    """Type, number of groups and bounds are worked out from the contract's facts about what it is made of."""
    made = published(Derived(name="made", expression=expression), "offences", SCHEMAS)

    assert made is not None
    assert made.logical_type is logical_type
    assert (None if made.values is None else len(made.values)) == groups
    assert (None if made.bounds is None else (made.bounds.lower, made.bounds.upper)) == bounds


@pytest.mark.parametrize(
    "expression",
    [
        Band(column=ref("kind"), edges=(1,)),
        Band(column=ref("minutes"), edges=()),
        Band(column=ref("minutes"), edges=(float("nan"),)),
        Calendar(column=ref("minutes"), period=Period.DAY),
        Clock(column=ref("on"), part=ClockPart.HOUR),
        Recode(column=ref("code"), groups=(("X",),)),
        Clamp(column=ref("kind"), lower=0, upper=1),
        Linear(terms=()),
        Linear(terms=(Term(column=ref("kind"), weight=1),)),
        DaysBetween(earlier=ref("on"), later=ref("minutes")),
        Band(column=ref("nothing"), edges=(1,)),
        Band(column=ref("days", "nowhere"), edges=(1,)),
        Recode(column=ref("story"), groups=(("a",),)),
    ],
    ids=repr,
)
def test_what_cannot_be_made_is_not_there(expression: Expression) -> None:
    """An expression over an unknown column, of the wrong type, or without stated bounds gives no column."""
    assert published(Derived(name="made", expression=expression), "offences", SCHEMAS) is None


def test_a_derived_column_never_takes_the_name_of_a_column() -> None:
    """Where names meet, the contract's column stays what it is."""
    derive = (Derived(name="kind", expression=Band(column=ref("minutes"), edges=(1,))),)
    query = Query(dataset="offences", measures=(CountRows(),), derive=derive)

    assert derived_schemas(query, SCHEMAS)["offences"] == OFFENCES


def test_a_time_without_stated_bounds_has_no_periods() -> None:
    """Periods are listed from the contract's bounds; without them there is nothing to list."""
    unbounded = replace(
        OFFENCES,
        columns=tuple(replace(one, bounds=None) if one.name == "at" else one for one in OFFENCES.columns),
    )
    day = Derived(name="made", expression=Calendar(column=ref("at"), period=Period.DAY))

    assert published(day, "offences", {"offences": unbounded}) is None
