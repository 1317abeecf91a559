"""A ledger changed behind the lab's back, on either database: nothing is spent from it, and nothing signed on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import DeskLab, public_question, question, with_observer
from forgery import build_on, forge

from datalab.errors import IntegrityError
from datalab.release.request import RequestState
from datalab.release.step import Step

FORGERIES = {
    "spending set back": ("UPDATE account SET spent = 0 WHERE name = 'dataset/incidents'",),
    "a grant raised": ("UPDATE account SET granted = granted + 1 WHERE name = 'dataset/incidents'",),
    "a grant of delta raised": ("UPDATE account SET granted_delta = granted_delta + 1",),
    "a charge and its spending gone": ("DELETE FROM charge", "UPDATE account SET spent = 0"),
    "a charge and its spending halved": (
        "UPDATE charge SET amount = amount / 2",
        "UPDATE account SET spent = spent / 2",
    ),
    "an account of its own": (
        "INSERT INTO account (name, granted, spent, granted_delta, spent_delta) VALUES ('dataset/more', 5, 0, 0, 0)",
    ),
}
"""Statements by what they do; each leaves a ledger whose own sums may hold."""


class _KilledError(BaseException):
    """Ends a process between payment and answer."""


@pytest.fixture
def lab(tmp_path: Path, release_url: str) -> DeskLab:
    """A lab with an answered request, `first`, that was paid for."""
    lab = build_on(tmp_path / "lab", release_url)
    names = iter(("first", "second", "third"))
    lab = replace(lab, desk=replace(lab.desk, new_id=lambda: next(names)))
    lab.desk.submit(question(30, title="Late"), project="safer", author="ann")
    return lab


def _ask(lab: DeskLab) -> None:
    lab.desk.submit(question(40), project="safer", author="ann")


def _decide(lab: DeskLab) -> None:
    lab.desk.decide("first", reviewer="rev", verdict=RequestState.APPROVED, reason="Cells are large.")


def _publish(lab: DeskLab) -> None:
    lab.desk.publish("first")


def _give(lab: DeskLab) -> None:
    lab.give("incidents", Fraction(1, 8))


DEEDS: dict[str, Callable[[DeskLab], None]] = {"ask": _ask, "decide": _decide, "publish": _publish, "grant": _give}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", FORGERIES)
def test_nothing_is_done_on_a_forged_ledger(lab: DeskLab, release_url: str, name: str, deed: str) -> None:
    """It is refused with what to do; no data is touched, nothing signed, and the record stays as it is."""
    if deed == "publish":
        _decide(lab)
    for statement in FORGERIES[name]:
        forge(release_url, statement)
    with lab.release.read() as tx:
        before, touches = (tx.audit.head(), tx.ledger.accounts(), tx.requests.requests()), lab.engine.touches

    with pytest.raises(IntegrityError, match="is not what the audit log tells") as refused:
        DEEDS[deed](lab)

    assert "compare it with a backup" in str(refused.value)
    assert lab.engine.touches == touches
    assert lab.bundles() == []
    with lab.release.read() as tx:
        assert (tx.audit.head(), tx.ledger.accounts(), tx.requests.requests()) == before


@pytest.mark.parametrize("deed", DEEDS)
def test_all_is_done_on_an_untouched_ledger(lab: DeskLab, deed: str) -> None:
    """The same deeds go through where nothing was changed."""
    if deed == "publish":
        _decide(lab)

    DEEDS[deed](lab)


def test_a_paid_question_is_not_computed_on_a_forged_ledger(lab: DeskLab, release_url: str) -> None:
    """A question that was paid for before the ledger was changed is not answered by who resumes it."""

    def kill(step: Step) -> None:
        if step is Step.RESERVED:
            raise _KilledError

    with pytest.raises(_KilledError):
        _ask(with_observer(lab, kill))
    forge(release_url, *FORGERIES["spending set back"])
    touches = lab.engine.touches

    with pytest.raises(IntegrityError, match="The account dataset/incidents"):
        lab.desk.resume()

    assert lab.engine.touches == touches


def test_public_data_is_answered_whatever_the_ledger(lab: DeskLab, release_url: str) -> None:
    """What costs nothing reserves nothing, so that no ledger has to be believed."""
    forge(release_url, *FORGERIES["spending set back"])

    answered = lab.desk.submit(public_question(), project="safer", author="ann")

    assert answered.state is RequestState.ANSWERED
