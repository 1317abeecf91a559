"""The evidence of the enclave names a control for each attempt, and counts those that got through."""

from __future__ import annotations

import pytest
from enclave_evidence import CONTROL, CONTROLLED_BY, REFUSED, TESTS, EnclaveEvidence

OWN = {
    "test_the_walls_refuse",
    "test_spark_is_held",
    "test_the_lab_holds_a_hostile_workspace",
    "test_chromium_carries_nothing_away",
    "test_firefox_carries_nothing_away",
    "test_a_gesture_in_chromium_carries_nothing_away",
    "test_a_gesture_in_firefox_carries_nothing_away",
    "test_a_limit_bites_and_the_lab_goes_on",
}
"""Whose controls have the attempt's own name."""


def test_each_attempt_has_a_control() -> None:
    """Every test that is an attempt has a control of its own name, or names a test that is one."""
    attempts = {test for test, (_, kind) in TESTS.items() if kind == REFUSED}

    assert attempts - OWN == set(CONTROLLED_BY)
    assert {TESTS[one][1] for one in CONTROLLED_BY.values()} == {CONTROL}


@pytest.mark.parametrize(("outcome", "through"), [("passed", 1), ("skipped", 0)])
def test_a_shared_control_counts_where_it_got_through(outcome: str, through: int) -> None:
    """An attempt is counted as controlled by a shared control that passed, and says which that is."""
    evidence = EnclaveEvidence()
    evidence.add("tests/enclave/test_gate.py::test_a_flood_of_questions_is_slowed_down[root]", "passed")
    evidence.add("tests/enclave/test_gate.py::test_an_honest_question_passes[root]", outcome)

    document = evidence.document()

    assert f"| gate | 1 | 1 |  |  | {through} |" in document
    assert "(control: an honest question passes)" in document
