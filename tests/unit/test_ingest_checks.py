"""What redaction misses is judged by the contract, at the upper end of what may be missed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from treated_dataset import contract

from anonymise.risk.classes import Classes
from anonymise.treatment.tally import Tally
from datalab.contract.generalisation import Microaggregate, TopCode
from datalab.contract.model import PrivacyUnit
from ingest.reporting.checks import held, owned_results, shared_results, unit_checks
from ingest.reporting.missed import missed_results


@pytest.mark.parametrize(
    ("accepted", "planted", "missed", "holds"),
    [
        (1.0, 100, 100, False),  # nothing was asked
        (0.1, 100, 4, False),  # at most .098
        (0.09, 100, 4, True),  # 4 % are missed, and it may be more than 9
        (0.05, 10, 0, True),  # ten canaries say too little
        (0.05, 0, 0, False),  # no text, nothing missed
        (0.0, 1_000, 0, True),  # nothing can be promised to be zero
    ],
)
def test_an_extract_is_held_where_more_may_be_missed_than_is_accepted(
    accepted: float, planted: int, missed: int, *, holds: bool
) -> None:
    """The upper end of the interval counts, and the reason tells what is missed and what is accepted."""
    stated = contract()
    columns = tuple(
        replace(column, max_missed=accepted) if column.name == "notes" else column for column in stated.columns
    )
    tally = {"notes": {"planted PERSON": planted, "missed PERSON": missed, "searched": planted}}

    results = missed_results(replace(stated, columns=columns), tally)

    assert held(results) is holds
    assert len(results) == (accepted < 1)
    if holds:
        assert f"{missed:,} of {planted:,} planted identifiers" in str(results[0])


@pytest.mark.parametrize(
    ("min_k", "allowed", "holds"),
    [(None, 0.0, False), (2, 0.0, True), (2, 0.1, False), (5, 0.1, True), (5, 0.4, False)],
)
def test_an_extract_is_held_where_too_many_share_with_too_few(
    min_k: int | None, allowed: float, *, holds: bool
) -> None:
    """Of ten people one is alone and three share with two others: more than is allowed below k holds the extract."""
    classes = Classes(by_size={1: 1, 3: 1, 6: 1}, units_by_size={1: 1, 3: 3, 6: 6})

    results = shared_results(replace(contract(), min_k=min_k, max_below_k=allowed), classes)

    assert held(results) is holds
    assert len(results) == (min_k is not None)
    if holds:
        assert f"fewer than {min_k} units" in str(results[0])
        assert "datalab extract suggestion" in str(results[0])


@pytest.mark.parametrize(
    ("unit", "rows", "of_nobody", "holds"),
    [
        (PrivacyUnit.PERSON, 40, 40, True),
        (PrivacyUnit.HOUSEHOLD, 40, 40, True),
        (PrivacyUnit.PERSON, 40, 39, False),
        (PrivacyUnit.PERSON, 0, 0, False),
        (PrivacyUnit.PUBLIC, 40, 0, False),
    ],
)
def test_an_extract_of_nobody_is_held(unit: PrivacyUnit, rows: int, of_nobody: int, *, holds: bool) -> None:
    """Rows of nobody are left out; were that all of them, an empty version would replace the last."""
    results = owned_results(contract(unit), Tally(rows=rows, without_unit=of_nobody))

    assert held(results) is holds
    assert len(results) == (unit is not PrivacyUnit.PUBLIC)
    if holds:
        assert "none of the 40 rows says whose it is" in str(results[0])
        assert "nominal" in str(results[0])


def test_an_extract_under_a_contract_without_a_person_key_is_told_what_it_lacks() -> None:
    """Rows are told apart by the person key alone, whatever match fields they hold."""
    stated = contract()
    keyless = replace(stated, columns=stated.columns[1:])

    (result,) = owned_results(keyless, Tally(rows=2, without_unit=2))

    assert held([result])
    assert "declare the agency's own number of the person as person_key" in str(result)


@pytest.mark.parametrize(("how", "holds"), [(TopCode(limit=240), False), (Microaggregate(size=5), True)])
def test_more_rows_of_a_person_than_stated_hold_what_was_grouped_by_it(
    how: TopCode | Microaggregate, *, holds: bool
) -> None:
    """Groups of five people are as many rows as five can have: where somebody has more, one may be theirs alone."""
    stated = contract()
    columns = tuple(
        replace(column, generalisation=how) if column.name == "minutes" else column for column in stated.columns
    )

    (check,) = unit_checks(replace(stated, columns=columns))
    result = check.judge(checked=40, failed=1)

    assert held([result]) is holds
    assert not held([check.judge(checked=40, failed=0)])
    assert "1 of 40 units have more rows than the 5 of its contract" in str(result)
