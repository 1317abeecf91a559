"""The desk against a perfect model of budget and states, through any order of deeds, kills and resumptions."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from desk_lab import FailingEngine, build, question, with_observer
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from datalab.audit.log import verify
from datalab.errors import BudgetError, PermissionDeniedError, StateError
from datalab.privacy.ledger import ChargeState
from datalab.release.attest.check import check_requests
from datalab.release.request import RequestState
from datalab.release.step import Step

COST = 10**8
GRANT = 4
"""Questions that the budget covers."""
S = RequestState
ON_ITS_WAY = (S.SUBMITTED, S.ANSWERED, S.APPROVED, S.RELEASED)
PAID = (Step.RESERVED, Step.CELLS, Step.NOISED)


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Known:
    """What the model knows of one request."""

    number: int
    author: str
    state: RequestState
    answer: object = None
    paid: bool = False


class DeskModel(RuleBasedStateMachine):
    """A desk beside a dictionary that says what it must do."""

    def __init__(self) -> None:
        """Build a lab of its own."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="desk-model-"))
        self.lab = build(self.folder / "lab", grant=Fraction(GRANT * COST, 10**9))
        self.known: dict[str, Known] = {}

    def teardown(self) -> None:
        """Remove the lab."""
        shutil.rmtree(self.folder)

    def of(self, number: int) -> list[str]:
        """Return the ids of the requests that ask question `number`, oldest first."""
        return [one for one, known in self.known.items() if known.number == number]

    def spent(self) -> int:
        """Return how many questions were paid for."""
        return sum(known.paid for known in self.known.values())

    @rule(number=st.integers(0, 5), author=st.sampled_from(["ann", "ben", "bob"]))
    def submit(self, number: int, author: str) -> None:
        """Ask: an old request, an old answer, a new charge or a refusal, as the model says."""
        standing = [one for one in self.of(number) if self.known[one].state in ON_ITS_WAY]
        stored = [one for one in self.of(number) if self.known[one].answer is not None]
        try:
            request = self.lab.desk.submit(question(number), project="safer", author=author)
        except BudgetError:
            assert not standing
            assert not stored
            assert self.spent() == GRANT
            return
        if standing:
            assert request.id == standing[0]
            if self.known[request.id].state is S.SUBMITTED:
                self.known[request.id].state, self.known[request.id].answer = S.ANSWERED, request.answer
            return
        assert request.id not in self.known
        if stored:
            assert (request.reused_from, request.answer) == (stored[0], self.known[stored[0]].answer)
        else:
            assert self.spent() < GRANT
        self.known[request.id] = Known(number, author, request.state, request.answer, paid=not stored)
        assert request.state is S.ANSWERED

    @rule(number=st.integers(0, 5))
    def fail(self, number: int) -> None:
        """Ask while the engine is broken: what is new is paid and fails, what is stored comes from store."""
        if self.of(number) or self.spent() == GRANT:
            return
        desk = replace(self.lab.desk, engine=FailingEngine("broken"))
        request = desk.submit(question(number), project="safer", author="ann")
        assert request.state is S.FAILED
        self.known[request.id] = Known(number, "ann", S.FAILED, paid=True)

    @rule(number=st.integers(0, 5), step=st.sampled_from(list(Step)[:7]))
    def submit_and_be_killed(self, number: int, step: Step) -> None:
        """Ask a new question and die at a step."""
        if self.of(number) or self.spent() == GRANT:
            return
        before = set(self.known)
        with contextlib.suppress(KilledError):
            with_observer(self.lab, _kill_at(step)).desk.submit(question(number), project="safer", author="ann")
        with self.lab.release.read() as tx:
            new = [one for one in tx.requests.requests() if one.id not in before]
        assert len(new) == (1 if step in (*PAID, Step.ANSWERED) else 0)
        for one in new:
            assert one.state is (S.ANSWERED if step is Step.ANSWERED else S.SUBMITTED)
            self.known[one.id] = Known(number, "ann", one.state, one.answer, paid=True)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), verdict=st.sampled_from([S.APPROVED, S.RETURNED, S.REJECTED]))
    def decide(self, data: st.DataObject, verdict: RequestState) -> None:
        """Decide: works on what is answered, and only for the independent reviewer."""
        one = data.draw(st.sampled_from(sorted(self.known)))
        try:
            self.lab.desk.decide(one, reviewer=self.known[one].author, verdict=verdict, reason="Me.")
            raise AssertionError
        except PermissionDeniedError:
            pass
        try:
            self.lab.desk.decide(one, reviewer="rev", verdict=verdict, reason="Because.")
        except StateError:
            assert self.known[one].state is not S.ANSWERED
        else:
            assert self.known[one].state is S.ANSWERED
            self.known[one].state = verdict

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """Withdraw: works before the decision, and gives nothing back."""
        one = data.draw(st.sampled_from(sorted(self.known)))
        try:
            self.lab.desk.withdraw(one, author=self.known[one].author)
        except StateError:
            assert self.known[one].state not in (S.SUBMITTED, S.ANSWERED)
        else:
            assert self.known[one].state in (S.SUBMITTED, S.ANSWERED)
            self.known[one].state = S.WITHDRAWN

    @precondition(lambda self: self.known)
    @rule(data=st.data(), step=st.sampled_from([None, Step.WRITTEN, Step.OUT]))
    def publish(self, data: st.DataObject, step: Step | None) -> None:
        """Publish, perhaps to be killed on the way: works on what is approved, and again on what is released."""
        one = data.draw(st.sampled_from(sorted(self.known)))
        try:
            with_observer(self.lab, _kill_at(step)).desk.publish(one)
        except StateError:
            assert self.known[one].state not in (S.APPROVED, S.RELEASED)
        except KilledError:
            assert self.known[one].state is S.APPROVED
        else:
            assert self.known[one].state in (S.APPROVED, S.RELEASED)
            self.known[one].state = S.RELEASED

    @rule()
    def resume(self) -> None:
        """Resume: what was paid is answered, what was approved is out."""
        for request in self.lab.desk.resume():
            known = self.known[request.id]
            if known.state is S.SUBMITTED:
                known.state, known.answer = S.ANSWERED, request.answer
            else:
                assert known.state is S.APPROVED
                known.state = S.RELEASED

    @invariant()
    def books_agree(self) -> None:
        """Budget, charges, states, answers and outbox are what the model says, each request what the log tells."""
        with self.lab.release.read() as tx:
            stored = {one.id: one for one in tx.requests.requests()}
            charges = tx.ledger.charges("project/safer/incidents")
            verify(tx.audit.entries())
            assert check_requests(tx, self.lab.desk.key.public_pem).requests == len(stored)
        assert {one: request.state for one, request in stored.items()} == {
            one: known.state for one, known in self.known.items()
        }
        assert {one: request.answer for one, request in stored.items()} == {
            one: known.answer for one, known in self.known.items()
        }
        assert self.lab.spent() == self.lab.spent("dataset/incidents") == self.spent() * COST
        assert {charge.key for charge in charges} == {one for one, known in self.known.items() if known.paid}
        assert {charge.key for charge in charges if charge.state is ChargeState.COMMITTED} == {
            one for one, known in self.known.items() if known.paid and known.answer is not None
        }
        released = {f"{one}.zip" for one, known in self.known.items() if known.state is S.RELEASED}
        approved = {f"{one}.zip" for one, known in self.known.items() if known.state is S.APPROVED}
        assert released <= set(self.lab.bundles()) <= released | approved


def _kill_at(deadly: Step | None):  # noqa: ANN202 - a local observer
    def watch(step: Step) -> None:
        if step is deadly:
            raise KilledError

    return watch


TestDeskModel = DeskModel.TestCase
TestDeskModel.__doc__ = "Whatever is done in whatever order, the desk does what the model says."
TestDeskModel.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
