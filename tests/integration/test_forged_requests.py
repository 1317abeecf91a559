"""Requests changed behind the lab's back, on either database: refused at each desk, and found by whoever verifies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from desk_lab import DeskLab, FailingEngine, public_question, question, with_observer
from forgery import build_on, forge, stored

from datalab.audit.log import verify_log
from datalab.errors import IntegrityError
from datalab.release.attest.check import Attested, check_requests
from datalab.release.attest.published import check_published
from datalab.release.bundle.document import verify_bundle
from datalab.release.bundle.publication import bundle_of
from datalab.release.request import VERDICTS, RequestState
from datalab.release.step import Step

REASON = "Cells are large."


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """One change of a stored request."""

    column: str
    change: Callable[[Any], Any]
    """From what stands there to what is put there."""
    told: str
    """What the refusal names."""


def document(edit: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    """Return a change of a column that holds JSON."""

    def change(text: str) -> str:
        read = json.loads(text)
        edit(read)
        return json.dumps(read)

    return change


def cell(read: dict[str, Any]) -> None:
    """Move one figure by one."""
    read["cells"][0]["estimates"][0][0] += 1


ASKED = {
    "a figure": Forgery(column="answer", change=document(cell), told="its answer"),
    "the interval": Forgery(
        column="answer", change=document(lambda read: read["cells"][1]["estimates"][0].reverse()), told="its answer"
    ),
    "the cost": Forgery(column="answer", change=document(lambda read: read.update(cost="0")), told="its answer"),
    "the epsilon": Forgery(column="answer", change=document(lambda read: read.update(epsilon=0.5)), told="its answer"),
    "the question": Forgery(column="question", change=lambda text: text.replace("30", "31"), told="its question"),
    "the title": Forgery(column="question", change=lambda text: text.replace("Late", "Soon"), told="its question"),
    "author": Forgery(column="author", change=lambda _: "ben", told="its author"),
    "project": Forgery(column="project", change=lambda _: "fresh", told="its project"),
    "fingerprint": Forgery(column="fingerprint", change=lambda _: "0" * 64, told="its fingerprint"),
    "versions": Forgery(column="versions", change=lambda _: '{"incidents":2}', told="its versions"),
    "time": Forgery(column="submitted_at", change=lambda _: "2020-01-01 00:00:00.000000", told="when it was submitted"),
    "origin": Forgery(column="reused_from", change=lambda _: "first", told="its reused_from"),
    "salt": Forgery(column="salt", change=lambda _: "ab" * 32, told="its question"),
    "no salt": Forgery(column="salt", change=lambda _: None, told="its salt"),
    "a salt that is none": Forgery(column="salt", change=lambda _: "salt", told="its salt"),
}
"""What can be forged once a request is answered."""
DECIDED = {
    "reviewer": Forgery(column="reviewer", change=lambda _: "rex", told="its reviewer"),
    "reason": Forgery(column="reason", change=lambda _: "Not looked at.", told="its reason"),
    "time of decision": Forgery(column="decided_at", change=lambda _: "2020-01-01 00:00:00.000000", told="decided"),
}
"""What can be forged besides, once it is decided."""
PUBLISHED = {"bundle": Forgery(column="bundle", change=lambda _: "other.zip", told="its bundle")}
"""What can be forged besides, once it is released."""


@pytest.fixture
def lab(tmp_path: Path, release_url: str) -> DeskLab:
    """A lab with a second project, and an answered request, `second`, beside one of public data, `first`."""
    lab = build_on(tmp_path / "lab", release_url)
    with lab.control.begin() as tx:
        office = lab.office(tx.governance, tx.catalogue.contract, "olga")
        office.create_project(replace(tx.governance.project("safer"), id="fresh"))
    names = iter(("first", "second", "third", "fourth"))
    lab = replace(lab, desk=replace(lab.desk, new_id=lambda: next(names)))
    lab.desk.submit(public_question(), project="safer", author="ann")
    lab.desk.submit(question(30, title="Late"), project="safer", author="ann")
    return lab


def decide(lab: DeskLab, name: str = "second", verdict: RequestState = RequestState.APPROVED) -> None:
    """Decide as the reviewer."""
    lab.desk.decide(name, reviewer="rev", verdict=verdict, reason=REASON)


def verify(lab: DeskLab) -> Attested:
    """Do what `datalab audit verify` does with requests and bundles."""
    with lab.release.read() as tx:
        verify_log(tx.audit)
        found = check_requests(tx, lab.desk.key.public_pem)
        check_published(tx, lab.desk.outbox, lab.desk.key.public_pem)
    return found


def apply(forgery: Forgery, address: str, name: str = "second") -> None:
    """Change a request behind the lab's back."""
    value = forgery.change(stored(address, name, forgery.column))
    assert value != stored(address, name, forgery.column)
    statement = f"UPDATE release_request SET {forgery.column} = :value WHERE id = :name"  # noqa: S608 - a test's own word
    forge(address, statement, value=value, name=name)


def check_found(lab: DeskLab, told: str) -> None:
    """Check that verification names the request, what differs, and no other request."""
    with pytest.raises(IntegrityError, match="second: ") as refused:
        verify(lab)
    assert told in str(refused.value)
    assert "first: " not in str(refused.value)
    assert refused.value.exit_code == 11


def test_requests_that_only_the_desk_moved_hold(lab: DeskLab) -> None:
    """In every state that a request can be in, it is what its events tell."""
    assert verify(lab) == Attested(requests=2, old=0, since=None)
    decide(lab, "first", RequestState.RETURNED)
    decide(lab)
    verify(lab)
    lab.desk.publish("second")
    lab.desk.submit(public_question(), project="safer", author="ben")
    lab.desk.withdraw("third", author="ben")
    failing = replace(lab.desk, engine=FailingEngine("broken"))
    assert failing.submit(question(1), project="safer", author="ann").state is RequestState.FAILED
    assert verify(lab) == Attested(requests=4, old=0, since=None)


@pytest.mark.parametrize("name", ASKED)
def test_a_forged_request_is_not_decided_on(lab: DeskLab, release_url: str, name: str) -> None:
    """Whatever was changed of an answered request, no reviewer can decide on it, and it stays as it is."""
    apply(ASKED[name], release_url)
    for verdict in VERDICTS:
        with pytest.raises(IntegrityError, match=ASKED[name].told) as refused:
            decide(lab, verdict=verdict)
        assert "nothing is lost" in str(refused.value)
    assert (stored(release_url, "second", "state"), stored(release_url, "second", "decision")) == ("answered", None)
    check_found(lab, ASKED[name].told)


@pytest.mark.parametrize("name", ASKED | DECIDED)
def test_a_forged_request_is_not_published(lab: DeskLab, release_url: str, name: str) -> None:
    """Whatever was changed of an approved request, nothing is signed, and the other one is published all the same."""
    forgery = (ASKED | DECIDED)[name]
    decide(lab)
    decide(lab, "first")
    apply(forgery, release_url)
    with pytest.raises(IntegrityError, match=forgery.told):
        lab.desk.publish("second")
    with pytest.raises(IntegrityError, match=forgery.told):
        lab.desk.resume()
    assert lab.bundles() == ["first.zip"]
    assert not list((lab.desk.outbox.folder / ".writing").iterdir())
    check_found(lab, forgery.told)


def test_resumption_finishes_all_others_first(lab: DeskLab, release_url: str) -> None:
    """A forged request in front of the queue is refused, and keeps nobody else waiting."""
    decide(lab, "first")
    decide(lab)
    apply(ASKED["author"], release_url, "first")
    with pytest.raises(IntegrityError, match=r"Request first .* its author"):
        lab.desk.resume()
    assert lab.bundles() == ["second.zip"]


@pytest.mark.parametrize("name", ASKED | DECIDED | PUBLISHED)
def test_a_request_forged_after_its_release_is_found(lab: DeskLab, release_url: str, name: str) -> None:
    """What is released is compared as what waits is."""
    forgery = (ASKED | DECIDED | PUBLISHED)[name]
    decide(lab)
    lab.desk.publish("second")
    apply(forgery, release_url)
    check_found(lab, forgery.told)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE release_request SET state = 'withdrawn' WHERE id = 'second'", "its state"),
        ("UPDATE charge SET state = 'reserved' WHERE key = 'second'", "what was charged for it"),
        ("UPDATE charge SET amount = amount - 1 WHERE key = 'second'", "what was charged for it"),
        ("DELETE FROM charge WHERE key = 'second'", "what was charged for it"),
        ("DELETE FROM release_request WHERE id = 'second'", "it is gone"),
        ("UPDATE release_request SET id = 'other' WHERE id = 'second'", "nothing tells that it was submitted"),
        ("UPDATE release_request SET question = '{}' WHERE id = 'second'", "release request second"),
        ("UPDATE release_request SET answer = 'x' WHERE id = 'second'", "A release request in the database"),
    ],
)
def test_a_request_that_contradicts_log_or_ledger_is_found(
    lab: DeskLab, release_url: str, statement: str, told: str
) -> None:
    """A state nobody moved it to, a charge made smaller, a row removed, renamed or unreadable: each is named."""
    forge(release_url, statement)
    with pytest.raises(IntegrityError, match=told):
        verify(lab)


def test_a_rejected_request_is_not_brought_back(lab: DeskLab, release_url: str) -> None:
    """A row set back to what it was before the reviewer said no cannot be approved by another one."""
    decide(lab, verdict=RequestState.REJECTED)
    back = "UPDATE release_request SET state = 'answered', decision = NULL, reviewer = NULL, reason = NULL, "
    forge(release_url, f"{back} decided_at = NULL WHERE id = 'second'")
    with pytest.raises(IntegrityError, match="its state"):
        decide(lab)
    check_found(lab, "its state")


def test_a_verdict_is_not_turned(lab: DeskLab, release_url: str) -> None:
    """A rejection that was made an approval in the database is not published."""
    decide(lab, verdict=RequestState.REJECTED)
    forge(release_url, "UPDATE release_request SET state = 'approved', decision = 'approved' WHERE id = 'second'")
    with pytest.raises(IntegrityError, match="its state"):
        lab.desk.publish("second")
    assert lab.bundles() == []


def test_a_forged_answer_is_not_repeated(lab: DeskLab, release_url: str) -> None:
    """Asking again what was rejected does not launder an answer that was forged meanwhile; nothing is charged."""
    decide(lab, verdict=RequestState.REJECTED)
    apply(ASKED["a figure"], release_url)
    before = lab.spent()
    with pytest.raises(IntegrityError, match="its answer"):
        lab.desk.submit(question(30), project="safer", author="ann")
    assert (lab.spent(), lab.engine.touches) == (before, 2)
    with lab.release.read() as tx:
        assert len(tx.requests.requests()) == 2


@pytest.mark.parametrize("again", ["resume", "submit", "withdraw"])
def test_a_forged_question_is_not_computed(lab: DeskLab, release_url: str, again: str) -> None:
    """A question that was changed between its payment and its answer touches no data, however it is taken up again."""

    class KilledError(BaseException):
        pass

    def kill(step: Step) -> None:
        if step is Step.RESERVED:
            raise KilledError

    with pytest.raises(KilledError):
        with_observer(lab, kill).desk.submit(question(40), project="safer", author="ann")
    apply(Forgery(column="question", change=lambda text: text.replace("40", "41"), told=""), release_url, "third")
    touches = lab.engine.touches
    deeds = {
        "resume": lab.desk.resume,
        "submit": lambda: lab.desk.submit(question(40), project="safer", author="ann"),
        "withdraw": lambda: lab.desk.withdraw("third", author="ann"),
    }
    with pytest.raises(IntegrityError, match="its question"):
        deeds[again]()
    assert lab.engine.touches == touches
    assert stored(release_url, "third", "state") == "submitted"


def test_a_bundle_that_is_not_the_published_one_is_found(lab: DeskLab) -> None:
    """A changed bundle, and another request's under its name, are named; one that was taken away is counted."""
    for name in ("first", "second"):
        decide(lab, name)
        lab.desk.publish(name)
    first, second = (lab.desk.outbox.path(f"{name}.zip") for name in ("first", "second"))
    whole = second.read_bytes()

    for forged in (whole[:-1] + b"x", first.read_bytes()):
        second.write_bytes(forged)
        with pytest.raises(IntegrityError, match=r"1 bundle\(s\).*: second.zip\."):
            verify(lab)
    second.unlink()
    with lab.release.read() as tx:
        assert check_published(tx, lab.desk.outbox, lab.desk.key.public_pem) == (1, 1)


def test_a_bundle_signed_anew_is_not_the_published_one(lab: DeskLab, release_url: str) -> None:
    """Even a bundle that the lab's own key signed for this request does not hold, where it is another file."""
    decide(lab)
    lab.desk.publish("second")
    published = (path := lab.desk.outbox.path("second.zip")).read_bytes()
    with lab.control.read() as tx:
        request = lab.desk.request("second")
        forged = replace(request, answer={**(request.answer or {}), "epsilon": 0.5})
        path.write_bytes(bundle_of(forged, lab.desk.stored_case(request), tx.catalogue, lab.desk.key))
    assert path.read_bytes() != published
    assert verify_bundle(path, lab.desk.key.public_pem).request == "second"
    with pytest.raises(IntegrityError, match=r"second\.zip"):
        verify(lab)
