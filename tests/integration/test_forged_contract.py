"""A contract changed behind the lab's back: nothing is answered, granted or shown by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import NOW, DeskLab, build, contract, question
from forgery import forge

from datalab.audit.event import Action, AuditEvent
from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.errors import IntegrityError
from datalab.release.request import RequestState

PUBLIC = write_contract(contract("incidents", PrivacyUnit.PUBLIC))
"""As if nobody had to be protected: answers would be exact, and cost nothing."""
DIGEST = hashlib.sha256(PUBLIC.encode()).hexdigest()
LATER = PUBLIC.replace("1.0.0", "1.1.0")


def _text(address: str) -> None:
    forge(address, "UPDATE contract SET source = :text WHERE dataset = 'incidents'", text=PUBLIC)


def _text_and_digest(address: str) -> None:
    statement = "UPDATE contract SET source = :text, source_sha256 = :digest WHERE dataset = 'incidents'"
    forge(address, statement, text=PUBLIC, digest=DIGEST)


def _text_and_what_is_told(address: str) -> None:
    _text_and_digest(address)
    told = json.dumps({"source_sha256": DIGEST, "version": "1.0.0"}, separators=(",", ":"))
    forge(
        address,
        "UPDATE audit_entry SET details = :told WHERE action = 'contract.registered' AND subject = 'incidents'",
        told=told,
    )


def _later_version(address: str) -> None:
    forge(
        address,
        "INSERT INTO contract (dataset, version, source, source_sha256) VALUES ('incidents', '1.1.0', :text, :digest)",
        text=LATER,
        digest=hashlib.sha256(LATER.encode()).hexdigest(),
    )


FORGERIES: dict[str, Callable[[str], None]] = {
    "its text": _text,
    "its text and the digest beside it": _text_and_digest,
    "its text and what the log tells of it": _text_and_what_is_told,
    "a later version": _later_version,
}


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A lab with data about people, and a budget."""
    return build(tmp_path / "lab")


@pytest.mark.parametrize("name", [name for name in FORGERIES if name != "a later version"])
def test_nothing_is_answered_by_a_forged_contract(lab: DeskLab, name: str) -> None:
    """A contract that says public is refused before data is touched, and no more budget is granted by it."""
    FORGERIES[name](f"sqlite:///{lab.folder / 'control.sqlite'}")

    with pytest.raises(IntegrityError, match="is not the one that was registered") as refused:
        lab.desk.submit(question(30), project="safer", author="ann")
    with pytest.raises(IntegrityError):
        lab.give("incidents", Fraction(1, 8))

    assert "compare it with a backup" in str(refused.value)
    assert lab.engine.touches == 0
    with lab.release.read() as tx:
        assert tx.requests.requests() == ()


def test_a_later_version_that_nobody_registered_changes_no_answer(lab: DeskLab) -> None:
    """Answers go by the contract that the rows came in by, at its price; no budget is granted by the forged one."""
    FORGERIES["a later version"](f"sqlite:///{lab.folder / 'control.sqlite'}")

    assert lab.desk.submit(question(30), project="safer", author="ann").state is RequestState.ANSWERED

    with lab.release.read() as tx:
        assert tx.ledger.account("dataset/incidents").spent.rho > 0
    with pytest.raises(IntegrityError):
        lab.give("incidents", Fraction(1, 8))


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_contract_is_found_when_the_lab_is_audited(lab: DeskLab, name: str) -> None:
    """Reading every contract in force, as an audit does, names the one that was changed."""
    FORGERIES[name](f"sqlite:///{lab.folder / 'control.sqlite'}")

    with lab.control.read() as tx, pytest.raises(IntegrityError, match="The contract of incidents"):
        tx.catalogue.contracts()


def test_a_newer_contract_that_was_taken_away_is_missed(lab: DeskLab) -> None:
    """An older one is not gone by where the log tells of a newer: no budget is granted, and an audit names it."""
    newer = replace(contract("incidents", PrivacyUnit.PERSON), version="1.1.0")
    event = AuditEvent(action=Action.CONTRACT_REGISTERED, actor="cas", subject="incidents", at=NOW)
    with lab.control.begin() as tx:
        tx.catalogue.add_contract(newer, write_contract(newer), event=event)
    lab.give("incidents", Fraction(1, 8))
    forge(f"sqlite:///{lab.folder / 'control.sqlite'}", "DELETE FROM contract WHERE version = '1.1.0'")

    with pytest.raises(IntegrityError, match="took a newer one"):
        lab.give("incidents", Fraction(1, 8))
    with lab.control.read() as tx, pytest.raises(IntegrityError, match="The contract of incidents"):
        tx.catalogue.contracts()


def test_an_untouched_contract_answers(lab: DeskLab) -> None:
    """The same question goes through where nothing was changed, and every contract is read."""
    assert lab.desk.submit(question(30), project="safer", author="ann").state is RequestState.ANSWERED
    with lab.control.read() as tx:
        assert len(tx.catalogue.contracts()) == 2
