"""Many authors at once: nobody overspends, and the same question is paid for once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import DeskLab, build, question

from datalab.errors import BudgetError
from datalab.release.request import RequestState
from datalab.release.store import ReleaseDatabase

SPENDERS = 100
AFFORDABLE = 37
COST = Fraction(1, 100)


@pytest.fixture
def lab(tmp_path: Path, release_database: ReleaseDatabase) -> DeskLab:
    """A small lab on each kind of release database, whose allocation covers 37 of the test's questions."""
    made = build(tmp_path / "lab", grant=None)
    made = replace(made, release=release_database, desk=replace(made.desk, release=release_database))
    made.give("incidents", Fraction(1))
    made.give("incidents", COST * AFFORDABLE + COST / 2, project="safer")
    return made


def at_once(count: int, deed: Callable[[int], str]) -> Counter[str]:
    """Do a deed in so many threads that start together; count what came of it."""
    barrier = threading.Barrier(count)

    def start(number: int) -> str:
        barrier.wait()
        return deed(number)

    with ThreadPoolExecutor(max_workers=count) as pool:
        return Counter(pool.map(start, range(count)))


def test_a_hundred_spenders_never_overspend(lab: DeskLab) -> None:
    """Of a hundred different questions at once, as many are answered as the allocation covers, to the last nano-rho."""

    def submit(number: int) -> str:
        try:
            return lab.desk.submit(question(number, rho=COST), project="safer", author="ann").state.value
        except BudgetError:
            return "refused"

    assert at_once(SPENDERS, submit) == {"answered": AFFORDABLE, "refused": SPENDERS - AFFORDABLE}
    assert lab.spent() == lab.spent("dataset/incidents") == COST * AFFORDABLE * 10**9
    assert lab.engine.touches == AFFORDABLE
    with lab.release.read() as tx:
        assert len(tx.requests.requests(state=RequestState.ANSWERED)) == AFFORDABLE


def test_the_same_question_from_many_is_one_request_and_one_charge(lab: DeskLab) -> None:
    """Twenty authors with the same question share one request, one answer and one charge."""
    answers = []

    def submit(_: int) -> str:
        request = lab.desk.submit(question(rho=COST), project="safer", author="ann")
        answers.append(str(request.answer))
        return f"{request.id} {request.state.value}"

    assert list(at_once(20, submit).values()) == [20]
    assert len(set(answers)) == 1
    assert lab.spent() == COST * 10**9


def test_two_publishers_put_out_one_bundle(lab: DeskLab) -> None:
    """However many publish at once, one bundle is out, whole, and each publisher is told so."""
    request = lab.desk.submit(question(rho=COST), project="safer", author="ann")
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")

    told = at_once(8, lambda _: lab.desk.publish(request.id).state.value)

    assert told == {"released": 8}
    assert lab.bundles() == [f"{request.id}.zip"]
    with lab.release.read() as tx:
        released = [entry for entry in tx.audit.entries() if entry.event.action.value == "request.released"]
    assert len(released) == 1


def test_of_two_reviewers_one_decides(lab: DeskLab) -> None:
    """Approval and rejection at once: one stands, the other is refused."""
    request = lab.desk.submit(question(rho=COST), project="safer", author="ann")
    verdicts = (RequestState.APPROVED, RequestState.REJECTED)

    def decide(number: int) -> str:
        try:
            lab.desk.decide(request.id, reviewer="rev", verdict=verdicts[number % 2], reason="Because.")
        except Exception as error:  # noqa: BLE001 - the kind is what is counted
            return type(error).__name__
        return "decided"

    assert at_once(6, decide) == {"decided": 1, "StateError": 5}
