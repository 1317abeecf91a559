"""What researchers see of a contract's columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from treated_dataset import contract

from datalab.contract.generalisation import DatePart, DateTo, TopCode
from datalab.contract.model import Bounds, Column, LogicalType, Treatment
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.published import PublishedColumn, published_columns
from datalab.sample.county import contract_texts

EVENTS = {"police_incidents": "occurred_at", "ae_attendances": "arrived_at"}


def stated(dataset: str, column: str, text: str) -> tuple[Column, PublishedColumn]:
    """Return a column of a sample contract as the custodian states it, and as researchers see it."""
    contract = parse_contract(text, dataset)
    (published,) = (found for found in published_columns(contract) if found.name == column)
    found = contract.column(column)
    assert found is not None
    return found, published


@pytest.mark.parametrize(("dataset", "column"), EVENTS.items())
def test_a_kept_time_is_published_with_its_bounds(dataset: str, column: str) -> None:
    """An event time that is kept stays a timestamp, never missing, between the days that the custodian states."""
    found, published = stated(dataset, column, contract_texts()[dataset])

    assert found.treatment is Treatment.KEEP
    assert published.logical_type is LogicalType.TIMESTAMP
    assert published.bounds == Bounds(lower=date(2023, 1, 1), upper=date(2024, 12, 31), unit="day")
    assert (published.values, published.nullable) == (None, False)


@pytest.mark.parametrize(("dataset", "column"), EVENTS.items())
def test_a_generalised_time_is_published_as_labels(dataset: str, column: str) -> None:
    """A custodian who would rather not show times writes `generalise`: researchers see months, and no bounds."""
    kept = "- {property: datalab.role, value: event_time}\n          - {property: datalab.treatment, value: keep}\n"
    text = contract_texts()[dataset]
    assert text.count(kept) == 1
    coarse = kept.replace("keep", "generalise") + "          - {property: datalab.generalise, value: {to: month}}\n"

    found, published = stated(dataset, column, text.replace(kept, coarse))

    assert found.generalisation == DateTo(part=DatePart.MONTH)
    assert published.logical_type is LogicalType.STRING
    assert published.bounds is None
    assert published.values is not None
    assert (published.values[0], published.values[-1], len(published.values)) == ("2023-01", "2024-12", 24)


@pytest.mark.parametrize(
    ("limit", "bottom", "expected"), [(90, None, (0, 90)), (90, 5, (5, 90)), (90, -5, (0, 90)), (100, 5, (5, 100))]
)
def test_a_coded_number_is_published_between_what_is_left_of_its_bounds(
    limit: float, bottom: float | None, expected: tuple[float, float]
) -> None:
    """Nothing lies above the top code or below the bottom code, nor beyond the stated bounds."""
    stated = contract()
    columns = tuple(
        replace(one, generalisation=TopCode(limit=limit, bottom=bottom), bounds=Bounds(lower=0, upper=100, unit="min"))
        for one in stated.columns
        if one.name == "minutes"
    )

    (published,) = published_columns(replace(stated, columns=columns))

    assert published.bounds == Bounds(lower=expected[0], upper=expected[1], unit="min")
