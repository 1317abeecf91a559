"""Generalisation of arrays: the same labels as value by value, and nothing of an unfit cell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from anonymise.treatment.generalise import generalise
from datalab.contract.generalisation import (
    AgeBand,
    DatePart,
    DateTo,
    Generalisation,
    Microaggregate,
    NumberBand,
    Others,
    PostcodeArea,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import Bounds, Column, LogicalType, Role, Treatment

YEAR, QUARTER, MONTH = (DateTo(part=part) for part in (DatePart.YEAR, DatePart.QUARTER, DatePart.MONTH))
AGE = AgeBand(width=10, top=90, reference=date(2024, 6, 15))
DAY, UTC_TIME = pa.date32(), pa.timestamp("us", tz="UTC")


def column(rule: Generalisation, domain: tuple[str, ...] | None = None) -> Column:
    """A column with that generalisation."""
    kind = LogicalType.STRING
    return Column(
        name="c", logical_type=kind, role=Role.QUASI_IDENTIFIER, treatment=Treatment.GENERALISE,
        generalisation=rule, domain=domain,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "kind", "values", "expected"),
    [
        (YEAR, DAY, [date(2024, 2, 29), None], ["2024", None]),
        (QUARTER, DAY, [date(2024, 1, 1), date(2024, 12, 31)], ["2024-Q1", "2024-Q4"]),
        (MONTH, UTC_TIME, [datetime(2024, 1, 31, 23, 59, tzinfo=UTC), None], ["2024-01", None]),
        (MONTH, UTC_TIME, [datetime(1969, 12, 31, 23, tzinfo=UTC)], ["1969-12"]),  # before the epoch
        (AGE, DAY, [date(2014, 6, 15), date(2014, 6, 16), date(1930, 1, 1)], ["10-19", "0-9", "90+"]),
        (AGE, DAY, [date(2000, 2, 29), None], ["20-29", None]),
        (NumberBand(width=10), pa.int64(), [0, 9, 10, -1, None], ["0-9", "0-9", "10-19", "-10--1", None]),
        (NumberBand(width=5, top=90), pa.float64(), [89.9, 90.0, 1e300], ["85-89", "90+", "90+"]),
        (NumberBand(width=5), pa.float64(), [float("nan"), float("inf"), 3.0], [None, None, "0-4"]),
        (PostcodeDistrict(), pa.string(), ["gu21 4xx", "GU21", "m11ae", " W1A 0AX "], ["GU21", "GU21", "M1", "W1A"]),
        (PostcodeDistrict(), pa.string(), ["JOHN SMITH", "", "no fixed abode", "12345"], [None] * 4),
        (TopCode(limit=240), pa.int64(), [10, 240, 241, None], [10, 240, 240, None]),
        (TopCode(limit=2.5), pa.float64(), [2.4, 2.6, float("nan")], [2.4, 2.5, None]),
        (TopCode(limit=240, bottom=15), pa.int64(), [10, 15, 241, None], [15, 15, 240, None]),
        (TopCode(limit=2.5, bottom=0.5), pa.float64(), [0.4, 0.6, float("-inf")], [0.5, 0.6, None]),
        (
            PostcodeArea(),
            pa.string(),
            ["gu21 4xx", "GU21", "m11ae", " W1A 0AX ", "12345"],
            ["GU", "GU", "M", "W", None],
        ),
        (
            Others(kept=("Car",), joined=("Tram",)),
            pa.string(),
            ["Car", "Tram", "Broom", None],
            ["Car", "Other", None, None],
        ),
        (Microaggregate(size=2), pa.int64(), [7, None], [7, None]),  # the means were put in before
        (YEAR, DAY, [], []),
    ],
)
def test_values_become_coarser(rule: Generalisation, kind: pa.DataType, values: list[Any], expected: list[Any]) -> None:
    """Each value gets its label; what has none becomes missing."""
    assert generalise(column(rule), pa.array(values, kind)).values.to_pylist() == expected


def test_what_was_done_is_counted() -> None:
    """Generalised, unfit and unlisted values are told apart; missing ones are none of them."""
    cells = pa.array(["GU21 4XX", "GU22 1AA", "M1 1AE", "JOHN SMITH", None])

    done = generalise(column(PostcodeDistrict(), domain=("GU21", "GU22")), cells)

    assert (done.generalised, done.unfit, done.unlisted, done.top_coded) == (3, 1, 1, 0)


def test_open_bands_and_limits_are_counted() -> None:
    """Top-coding is counted in bands and in numbers; a category that ends like an open band is none."""
    ages = generalise(column(NumberBand(width=10, top=90)), pa.array([89, 90, 104], pa.int64()))
    times = generalise(column(TopCode(limit=240)), pa.array([240, 241], pa.int64()))

    words = generalise(column(Others(kept=("18+", "LGBT+"), joined=("x",))), pa.array(["18+", "LGBT+", "x"]))

    assert (ages.top_coded, times.top_coded, words.top_coded) == (2, 1, 0)


@pytest.mark.parametrize("rule", [NumberBand(width=7, top=91), TopCode(limit=50)])
def test_an_array_agrees_with_its_values(rule: NumberBand | TopCode) -> None:
    """The array form gives what the rule gives one value at a time."""
    numbers = list(range(-20, 120))

    done = generalise(column(rule), pa.array(numbers, pa.int64()))

    assert done.values.to_pylist() == [rule.label(number) for number in numbers]


def test_labels_outside_bounds_are_unlisted() -> None:
    """The public list of a bounded column follows from its bounds."""
    bounded = Column(
        name="c", logical_type=LogicalType.INTEGER, role=Role.QUASI_IDENTIFIER, treatment=Treatment.GENERALISE,
        generalisation=NumberBand(width=10), bounds=Bounds(lower=0, upper=19, unit="years"),
    )  # fmt: skip

    assert generalise(bounded, pa.array([5, 15, 25], pa.int64())).unlisted == 1
