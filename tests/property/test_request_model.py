"""Stored release requests behave, whatever is tried with them, like perfect ones in memory."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify_log
from datalab.errors import DatalabError
from datalab.query.model import CountRows, Query, Question
from datalab.release.request import TRANSITIONS, Decision, ReleaseRequest, RequestState
from datalab.storage.databases import create_release, open_release

NOW = datetime(2026, 11, 23, tzinfo=UTC)
QUESTION = Question(
    query=Query(dataset="police", measures=(CountRows(),)), rho=Fraction(1, 20), rows_per_unit=4, rows_per_cell=2
)
PEOPLE = ("ann", "ben")
FINGERPRINTS = st.sampled_from(["aa", "bb"])
ANSWERED = frozenset(RequestState) - {RequestState.SUBMITTED, RequestState.FAILED, RequestState.WITHDRAWN}
DECIDED = frozenset({RequestState.APPROVED, RequestState.RETURNED, RequestState.REJECTED})


@functools.cache
def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="datalab-requests-"))
    atexit.register(shutil.rmtree, folder)
    path = folder / "empty.sqlite"
    create_release(f"sqlite:///{path}")
    return path


class RequestMachine(RuleBasedStateMachine):
    """Submissions and moves, sound and unsound, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="datalab-requests-"))
        self.database = open_release(f"sqlite:///{shutil.copy(_empty(), self.folder)}")
        self.requests: dict[str, ReleaseRequest] = {}
        self.events = 0

    def teardown(self) -> None:
        """Remove this run's database."""
        shutil.rmtree(self.folder)

    @rule(number=st.integers(0, 5), fingerprint=FINGERPRINTS, author=st.sampled_from(PEOPLE))
    def add(self, number: int, fingerprint: str, author: str) -> None:
        """Somebody submits; a known id, or a question that is being answered, is refused."""
        request = ReleaseRequest(
            id=f"r{number}",
            project="one",
            author=author,
            question=QUESTION,
            fingerprint=fingerprint,
            versions={"police": 3},
            state=RequestState.SUBMITTED,
            submitted_at=NOW,
        )
        sound = request.id not in self.requests and not any(
            other.fingerprint == fingerprint and other.state is RequestState.SUBMITTED
            for other in self.requests.values()
        )
        with self.database.begin() as transaction:
            try:
                transaction.requests.add(request, event=_event(Action.REQUEST_SUBMITTED))
            except DatalabError:
                assert not sound
                return
        assert sound
        self.requests[request.id] = request
        self.events += 1

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), before=st.sampled_from(RequestState), after=st.sampled_from(RequestState))
    def try_any_move(self, data: st.DataObject, before: RequestState, after: RequestState) -> None:
        """Somebody tries a move that the table of transitions may not have, from a state it may not stand in."""
        self.try_move(data, before, after)

    @precondition(lambda self: any(TRANSITIONS[request.state] for request in self.requests.values()))
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Somebody makes a move that the table has, so that every state is reached often."""
        movable = [request for request in self.requests.values() if TRANSITIONS[request.state]]
        before = data.draw(st.sampled_from(movable)).state
        self.try_move(data, before, data.draw(st.sampled_from(sorted(TRANSITIONS[before]))))

    def try_move(self, data: st.DataObject, before: RequestState, after: RequestState) -> None:
        """Try a move on any request, with parts that may not fit it, and compare with the model."""
        old = self.requests[data.draw(st.sampled_from(sorted(self.requests)))]
        new = replace(
            old,
            state=after,
            answer=old.answer or ({"cells": [1, 2.5]} if after in ANSWERED else None),
            decision=self.decision(old, after, data.draw(st.sampled_from(PEOPLE))),
            bundle=f"{old.id}.zip" if after is RequestState.RELEASED else None,
            author=data.draw(st.sampled_from([old.author] * 4 + ["mallory"])),
        )
        sound = (
            after in TRANSITIONS[before]
            and old.state is before
            and new.author == old.author
            and (new.decision is None or new.decision.reviewer != old.author)
        )
        with self.database.begin() as transaction:
            try:
                transaction.requests.move(new, before, event=_event(TRANSITIONS[before].get(after, Action.LAB_CREATED)))
            except DatalabError:
                assert not sound
                return
        assert sound
        self.requests[new.id] = new
        self.events += 1

    @staticmethod
    def decision(old: ReleaseRequest, after: RequestState, reviewer: str) -> Decision | None:
        """Return the decision that belongs to a state."""
        if after in DECIDED:
            return Decision(state=after, reviewer=reviewer, reason="because", at=NOW)
        return old.decision if after is RequestState.RELEASED else None

    @invariant()
    def agrees(self) -> None:
        """What is stored is the model, in order, and every search finds what the model has."""
        everything = tuple(self.requests.values())
        with self.database.read() as transaction:
            assert transaction.requests.requests() == everything
            assert verify_log(transaction.audit).size == self.events
            for fingerprint in ("aa", "bb"):
                asked = tuple(request for request in everything if request.fingerprint == fingerprint)
                answered = [request for request in asked if request.answer is not None]
                submitted = [request for request in asked if request.state is RequestState.SUBMITTED]
                assert transaction.requests.asked(fingerprint) == asked
                assert transaction.requests.answered(fingerprint) == (answered[0] if answered else None)
                assert transaction.requests.open_with(fingerprint) == (submitted[0] if submitted else None)
            for state in RequestState:
                found = transaction.requests.requests(project="one", state=state)
                assert found == tuple(request for request in everything if request.state is state)


def _event(action: Action) -> AuditEvent:
    return AuditEvent(action=action, actor="tester", subject="request", at=NOW)


TestRequests = RequestMachine.TestCase
TestRequests.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
