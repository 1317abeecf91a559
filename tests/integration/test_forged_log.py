"""Requests and their events changed together, by somebody who can write the database and has no key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_lab import DeskLab, question
from forgery import Rewriting, age, build_on, edit_event, forge, rewrite, stored, upgrade, without_seal

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import Head, verify_log
from datalab.errors import IntegrityError, SettingsError
from datalab.release.attest.check import Attested, check_requests
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.request import ReleaseRequest, RequestState
from datalab.release.sheet import sheet_of_request


@pytest.fixture
def lab(tmp_path: Path, release_url: str) -> DeskLab:
    """A lab in which `first` was rejected and `second` is answered, in that order."""
    lab = build_on(tmp_path / "lab", release_url)
    names = iter(("first", "second", "third"))
    lab = replace(lab, desk=replace(lab.desk, new_id=lambda: next(names)))
    lab.desk.submit(question(10, title="Early"), project="safer", author="ann")
    lab.desk.decide("first", reviewer="rev", verdict=RequestState.REJECTED, reason="Too small.")
    lab.desk.submit(question(30, title="Late"), project="safer", author="ann")
    return lab


def verify(lab: DeskLab, *, expected: Head | None = None, public_pem: bytes | None = None) -> Attested:
    """Do what `datalab audit verify` does with log and requests."""
    with lab.release.read() as tx:
        verify_log(tx.audit, expected=expected)
        return check_requests(tx, public_pem or lab.desk.key.public_pem)


def decide(lab: DeskLab, name: str = "second") -> ReleaseRequest:
    """Approve as the reviewer."""
    return lab.desk.decide(name, reviewer="rev", verdict=RequestState.APPROVED, reason="Cells are large.")


def refused(lab: DeskLab, told: str) -> None:
    """Check that neither the reviewer nor the auditor gets past what was forged."""
    with pytest.raises(IntegrityError, match=told):
        verify(lab)
    with pytest.raises(IntegrityError, match=told) as refusal:
        decide(lab)
    assert "nothing is lost" in str(refusal.value)


def no_seal(details: dict[str, Any]) -> None:
    """Take the seal and everything attested off."""
    for name in set(details) - {"project"}:
        del details[name]


def other_digest(details: dict[str, Any]) -> None:
    """State another digest of the answer."""
    details["answer"] = "ab" * 32


def of(name: str, change: Callable[[AuditEvent], AuditEvent | None]) -> Rewriting:
    """Return a rewriting of one request's answering; None leaves it out."""

    def rewriting(events: list[AuditEvent]) -> list[AuditEvent]:
        changed = []
        for event in events:
            hit = event.subject == name and event.action is Action.REQUEST_ANSWERED
            one = change(event) if hit else event
            changed += [] if one is None else [one]
        return changed

    return rewriting


@pytest.mark.parametrize("change", [no_seal, other_digest])
@pytest.mark.parametrize("name", ["first", "second"])
def test_an_edited_event_breaks_the_chain(
    lab: DeskLab, release_url: str, name: str, change: Callable[[dict[str, Any]], None]
) -> None:
    """Who edits an event, to state another digest or none, breaks the chain, and nobody decides meanwhile."""
    edit_event(release_url, name, Action.REQUEST_ANSWERED, change)
    refused(lab, "audit log is broken at entry")


REWRITINGS: dict[str, tuple[Rewriting, str]] = {
    "a seal taken off": (of("second", without_seal), "bears no seal"),
    "an earlier seal taken off": (of("first", without_seal), "not the one that was there"),
    "another digest": (
        of("second", lambda event: replace(event, details={**event.details, "answer": "ab" * 32})),
        "not sealed by the lab's release key",
    ),
    "another actor": (of("second", lambda event: replace(event, actor="rev")), "not sealed by"),
    "an earlier event changed": (of("first", lambda event: replace(event, actor="rev")), "not the one that was there"),
    "an earlier event left out": (of("first", lambda _: None), "not the one that was there"),
    "an event left out": (of("second", lambda _: None), "its state|not the one that was there"),
    "every seal taken off": (lambda events: [*map(without_seal, events)], "bears no seal"),
    "every seal of one taken off": (
        lambda events: [without_seal(one) if one.subject == "second" else one for one in events] + [upgrade()],
        "bears no seal",
    ),
    "an event told twice": (lambda events: [*events, events[-2]], "its state|not the one that was there"),
}
"""What becomes of a log whose chain was made to hold again, and what is told of it."""


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_log_that_was_linked_anew_does_not_hold(lab: DeskLab, release_url: str, name: str) -> None:
    """The chain holds again, and still the seals show it: no key lies in the database."""
    rewriting, told = REWRITINGS[name]
    rewrite(release_url, rewriting)
    with lab.release.read() as tx:
        verify_log(tx.audit)
    refused(lab, told)


def test_only_a_kept_head_shows_that_every_seal_is_gone(lab: DeskLab, release_url: str) -> None:
    """A whole log rewritten as an old one passes for one, and is counted as such; it lacks the head that was kept."""
    with lab.release.read() as tx:
        head = tx.audit.head()
    age(release_url)
    assert verify(lab).old == 2
    with pytest.raises(IntegrityError, match="head that was kept"):
        verify(lab, expected=head)


def test_a_request_from_before_goes_on_and_is_attested_from_then(lab: DeskLab, release_url: str) -> None:
    """What an earlier version left is not attested; its decision and release are, and what they state is held to."""
    age(release_url)
    assert verify(lab).old == 2
    assert stored(release_url, "second", "salt") is None
    topics = [remark.topic for remark in sheet_of_request(lab.desk, "second", person="rev").remarks]
    assert topics.count("audit log") == 1
    decide(lab)
    assert "audit log" not in [one.topic for one in sheet_of_request(lab.desk, "second", person="rev").remarks]
    assert lab.desk.publish("second").state is RequestState.RELEASED
    lab.desk.submit(question(10, title="Early"), project="safer", author="ann")
    found = verify(lab)
    assert (found.requests, found.old, found.since) == (3, 2, upgrade().at)

    forge(release_url, "UPDATE release_request SET answer = replace(answer, '0.95', '0.9') WHERE id = 'second'")
    with pytest.raises(IntegrityError, match="second: its answer"):
        verify(lab)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE release_request SET project = 'fresh' WHERE id = 'second'", "its project"),
        ("UPDATE release_request SET author = 'ben' WHERE id = 'second'", "its author"),
        ("UPDATE release_request SET state = 'withdrawn' WHERE id = 'second'", "its state"),
        ("UPDATE release_request SET reviewer = 'rex' WHERE id = 'first'", "its reviewer"),
        ("UPDATE charge SET amount = amount - 1 WHERE key = 'second'", "what was charged for it"),
    ],
)
def test_names_of_an_old_request_are_compared(lab: DeskLab, release_url: str, statement: str, told: str) -> None:
    """Who asked, for which project, and who decided stand in old events too, and are held to."""
    age(release_url)
    forge(release_url, statement)
    with pytest.raises(IntegrityError, match=told):
        verify(lab)


def test_an_old_answer_is_not_taken_away(lab: DeskLab, release_url: str) -> None:
    """An old event that tells of an answer asks for one, though it does not say which."""
    lab.desk.withdraw("second", author="ann")
    age(release_url)
    verify(lab)
    forge(release_url, "UPDATE release_request SET answer = NULL WHERE id = 'second'")
    with pytest.raises(IntegrityError, match="second: its answer"):
        verify(lab)


def test_nothing_can_be_guessed_from_the_log(lab: DeskLab) -> None:
    """Events hold names, digests and seals: neither words nor figures, and equal questions do not show as equal."""
    lab.desk.submit(question(10, title="Early"), project="safer", author="ben")  # the same question again
    with lab.release.read() as tx:
        events = [entry.event for entry in tx.audit.entries() if entry.event.action.value.startswith("request.")]
        requests = tx.requests.requests()
    text = json.dumps([dict(event.details) for event in events])
    for word in ("Early", "Late", "minutes", "area", "Too small", *(one.fingerprint for one in requests)):
        assert word not in text
    for one in requests:
        assert one.salt is not None
        assert one.salt not in text
    digests = [value for event in events for name, value in event.details.items() if name in {"question", "answer"}]
    assert len(set(digests)) == 2 * len(requests)
    assert {len(str(digest)) for digest in digests} == {64}


def test_another_labs_key_does_not_verify(lab: DeskLab, tmp_path: Path) -> None:
    """Seals are checked with the key that one trusts; no key at all is told as that."""
    (tmp_path / "other").mkdir()
    other = ReleaseKey.create(tmp_path / "other", tmp_path / "other")
    with pytest.raises(IntegrityError, match="not sealed by the lab's release key"):
        verify(lab, public_pem=other.public_pem)
    with pytest.raises(SettingsError, match="public key"):
        verify(lab, public_pem=b"none")
