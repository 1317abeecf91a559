"""The release desk: the whole outbound story of a question.

Rules:
- Only a description enters, and only a reviewed, differentially private answer leaves.
- Budget is reserved with the request's row in one durable transaction, before data is touched. From then on it is
  spent: a crash, a failure or a withdrawal gives nothing back (law 2).
- The answer, the commitment of its charges and the request's new state are stored in one transaction. So a question
  that is resumed after a crash is answered once and charged once, though its noise may have been drawn before: what
  was drawn and not stored was seen by nobody.
- One answer a question (law 4). While it waits for review, or once it is released, asking again gives that very
  request. After it was returned, rejected or withdrawn, asking again opens a new request with the *stored* answer, at
  no cost, and that one is reviewed again: a reviewer once said no, so nothing goes out unseen.
- What fails while data is touched fails with a constant text: even an error's wording could tell of the data.
- Whatever is stored is compared with the audit log before it is computed, decided or signed: a request that something
  else than the desk changed stays as it is, as evidence (`datalab.release.attest`).
- A bundle is out before the database says so; whoever resumes finds it out, checks it, and never writes a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from datalab.control import ControlDatabase
from datalab.errors import IntegrityError, StateError, UserError
from datalab.governance.office import acting_person
from datalab.governance.people import Person
from datalab.governance.policy import DEFAULT_POLICY, Policy
from datalab.governance.project import Project
from datalab.privacy.accuracy import Preview, preview
from datalab.privacy.budget import Budget
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Engine, Noise, Plan, Price
from datalab.privacy.table import TableRef
from datalab.query.model import Question
from datalab.release.attest.statement import new_salt
from datalab.release.bundle.outbox import Outbox
from datalab.release.bundle.publication import bundle_name, bundle_of, check_out
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.case import Case, check_live, open_case, reopen_case
from datalab.release.computation import Computation
from datalab.release.docket import Docket
from datalab.release.permission import check_may_ask, check_may_decide, check_may_withdraw
from datalab.release.record import enter
from datalab.release.request import Decision, ReleaseRequest, RequestState
from datalab.release.slot import Slots
from datalab.release.step import Observer, Step, unobserved
from datalab.release.store import ReleaseDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The release service's one door to everything that leaves."""

    control: ControlDatabase = field(repr=False)
    """Only read, here."""
    release: ReleaseDatabase = field(repr=False)
    engine: Engine[TableRef] = field(repr=False)
    noise: Noise = field(repr=False)
    key: ReleaseKey = field(repr=False)
    outbox: Outbox
    views: Path
    """The views zone."""
    software: Mapping[str, str]
    """Name and version of what computes answers; stored with each."""
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    """Returns an identifier that no request has."""
    slots: Slots
    """When answers are given."""
    policy: Policy = DEFAULT_POLICY
    observer: Observer = unobserved

    def preview(self, question: Question, *, project: str, person: str) -> Preview:
        """Return what a question would cost and how exact it would be; touches neither data nor budget.

        Raises:
            PermissionDeniedError: if this person may not ask for the project.
            NotFoundError: if there is no such project.
            QueryError: if the question cannot be answered privately.
            StateError: if the project has expired or a view is missing.
        """
        plan = self.compiled(self.case(question, project=project, person=person))
        return preview(plan, self.noise, self.policy.delta)

    def submit(self, question: Question, *, project: str, author: str) -> ReleaseRequest:
        """Answer a question and queue the answer for review.

        1. Permitted? The author is a member, the project runs, its datasets are granted, their views exist.
        2. Checked and compiled, without data.
        3. Priced by the noise library.
        4. The same question before? Its request, or a new request with its answer: either way at no cost. Otherwise
        5. reserved: charges and request, in the same transaction as 4, so that two of the same pay once.
        6. Bounded integer cells from the engine: the first and only touch of data.
        7. Noise. The answer waits for a slot, so that its time tells nothing.
        8. Stored: answer, committed charges, new state, in one transaction.

        Returns:
            The request as it stands: answered; or failed, where the engine could not answer; or withdrawn meanwhile;
            or an earlier one of the same question.

        Raises:
            PermissionDeniedError, NotFoundError, QueryError, StateError: as `preview`.
            BudgetError: if an account does not cover the cost; nothing was charged.
            IntegrityError: if an earlier one of the same question, or the ledger, is not what the audit log tells;
                nothing was charged.
        """
        case = self.case(question, project=project, person=author)  # (1)
        self.observer(Step.PERMITTED)
        plan = self.compiled(case)  # (2)
        self.observer(Step.CHECKED)
        price = self.noise.price(plan)  # (3)
        self.observer(Step.PRICED)
        new = ReleaseRequest(
            id=self.new_id(),
            project=project,
            author=author,
            question=case.question,
            fingerprint=case.fingerprint,
            versions=case.versions,
            state=RequestState.SUBMITTED,
            submitted_at=self.clock(),
            salt=new_salt(),
        )
        with self.release.begin() as tx:
            request = enter(tx, new, case=case, price=price, key=self.key)  # (4), (5)
        self.observer(Step.RESERVED)
        if request.state is not RequestState.SUBMITTED:
            return request
        return self._answer(request, case, plan, price)  # (6), (7), (8)

    def withdraw(self, request_id: str, *, author: str) -> ReleaseRequest:
        """Take a request back before it is decided; what it cost stays spent.

        Raises:
            NotFoundError: if there is no such request.
            PermissionDeniedError: if this person is not its author.
            StateError: if it is decided, or ended otherwise.
            IntegrityError: if it is not what the audit log tells.
        """
        request = self.request(request_id)
        person, project = self.seated(author, request.project)
        check_may_withdraw(person, project=project, request=request)
        request = self._docket.checked(request_id)
        return self._docket.move(replace(request, state=RequestState.WITHDRAWN), before=request.state, actor=author)

    def decide(self, request_id: str, *, reviewer: str, verdict: RequestState, reason: str) -> ReleaseRequest:
        """Approve, return or reject an answered request; what is approved is still to be published.

        Raises:
            NotFoundError: if there is no such request.
            PermissionDeniedError: if this person may not decide on it; its author never may.
            GovernanceError: if the verdict is none, or no reason is given.
            StateError: if it does not wait for a decision.
            IntegrityError: if it is not what the audit log tells; nothing was decided.
        """
        request = self.request(request_id)
        person, project = self.seated(reviewer, request.project)
        check_may_decide(person, project=project, request=request)
        decision = Decision.of(verdict, reviewer=reviewer, reason=reason, at=self.clock())
        request = self._docket.checked(request_id)
        decided = self._docket.move(
            replace(request, state=verdict, decision=decision), before=request.state, actor=reviewer, at=decision.at
        )
        self.observer(Step.DECIDED)
        return decided

    def publish(self, request_id: str) -> ReleaseRequest:
        """Put the signed bundle of an approved request into the outbox; once, however often it is called.

        Raises:
            NotFoundError: if there is no such request.
            StateError: if it is not approved.
            IntegrityError: if it is not what the audit log tells, and nothing was signed; or if its name in the outbox
                is taken by anything but its own bundle.
        """
        request = self.request(request_id)
        if request.state is RequestState.RELEASED:
            return request
        if request.state is not RequestState.APPROVED:
            raise StateError(
                f"Request {request_id} cannot be published.",
                why=f"It is {request.state.value}, and only an approved one can be.",
                remedy="Ask a reviewer to decide on it.",
            )
        request = self._docket.checked(request_id)
        name = bundle_name(request)
        if not self.outbox.holds(name):
            aside = self.outbox.write_aside(self._bundle(request))
            self.observer(Step.WRITTEN)
            self.outbox.put(aside, name)
        self.observer(Step.OUT)
        digest = check_out(request, self.outbox.path(name), self.key.public_pem)
        released = replace(request, state=RequestState.RELEASED, bundle=name)
        moved = self._docket.settle(released, before=RequestState.APPROVED, bundle_digest=digest)
        self.observer(Step.RELEASED)
        return moved

    def resume(self) -> tuple[ReleaseRequest, ...]:
        """Finish what a killed process left: reserved and not answered, approved and not out.

        Never charges: the reservation is there. Safe beside a running desk: whoever comes second changes nothing.

        Returns:
            The requests as they stand now.

        Raises:
            IntegrityError: if one is not what the audit log tells, or its bundle is not; the others are finished first.
        """
        with self.release.read() as tx:
            submitted = tx.requests.requests(state=RequestState.SUBMITTED)
            approved = tx.requests.requests(state=RequestState.APPROVED)
        self.outbox.sweep()
        done: list[ReleaseRequest] = []
        refused: IntegrityError | None = None
        for request in (*submitted, *approved):
            try:
                done.append(self.publish(request.id) if request in approved else self._answer_again(request))
            except IntegrityError as refusal:
                refused = refused or refusal
        if refused is not None:
            raise refused
        return tuple(done)

    def request(self, request_id: str) -> ReleaseRequest:
        """Return a request as it stands; raises NotFoundError."""
        return self._docket.request(request_id)

    def case(self, question: Question, *, project: str, person: str) -> Case:
        """Return what a person's question would be asked of; raises as `preview`."""
        asking, work = self.seated(person, project)
        check_may_ask(asking, project=work)
        check_live(work, today=self.clock().date())
        with self.control.read() as tx:
            return open_case(tx, question, project=work, views=self.views)

    def stored_case(self, request: ReleaseRequest) -> Case:
        """Return what a stored request was asked of; raises NotFoundError if that is gone."""
        with self.control.read() as tx:
            project = tx.governance.project(request.project)
            return reopen_case(tx, request.question, project=project, versions=request.versions, views=self.views)

    def seated(self, username: str, project_id: str) -> tuple[Person, Project]:
        """Return a person and a project; raises PermissionDeniedError for an unknown person, NotFoundError."""
        with self.control.read() as tx:
            return acting_person(tx.governance, username), tx.governance.project(project_id)

    def compiled(self, case: Case) -> Plan:
        """Return the plan of a case; raises QueryError."""
        return compile_question(case.question, case.schemas, self.policy)

    @property
    def _docket(self) -> Docket:
        return Docket(release=self.release, key=self.key, clock=self.clock)

    def _answer(self, request: ReleaseRequest, case: Case, plan: Plan, price: Price) -> ReleaseRequest:
        began = self.slots.begin()
        computation = Computation(
            engine=self.engine, noise=self.noise, policy=self.policy, software=self.software, observer=self.observer
        )
        stored = computation.answer(plan, case.tables, price)  # (6), (7)
        self.slots.wait(began)  # a failure too is told at a slot
        if stored is None:
            return self._docket.settle(replace(request, state=RequestState.FAILED), before=RequestState.SUBMITTED)
        answered = replace(request, state=RequestState.ANSWERED, answer=stored)
        settled = self._docket.settle(answered, before=RequestState.SUBMITTED, charged=bool(case.accounts))  # (8)
        self.observer(Step.ANSWERED)
        return settled

    def _answer_again(self, request: ReleaseRequest) -> ReleaseRequest:
        request = self._docket.checked(request.id)
        if request.state is not RequestState.SUBMITTED:  # somebody was faster
            return request
        failed = replace(request, state=RequestState.FAILED)
        try:
            case = self.stored_case(request)
            plan = self.compiled(case)
        except IntegrityError:  # the request stays, as evidence
            raise
        except UserError:  # a view is gone, or the policy is stricter by now
            return self._docket.settle(failed, before=RequestState.SUBMITTED)
        price = self.noise.price(plan)
        if not self._covered(request, case, price):  # the library asks for more by now than was reserved
            return self._docket.settle(failed, before=RequestState.SUBMITTED)
        return self._answer(request, case, plan, price)

    def _covered(self, request: ReleaseRequest, case: Case, price: Price) -> bool:
        with self.release.read() as tx:
            reserved = {
                account: next((c.amount for c in tx.ledger.charges(account) if c.key == request.id), Budget(0))
                for account in case.accounts
            }
        return all(amount.covers(price.total) for amount in reserved.values())

    def _bundle(self, request: ReleaseRequest) -> bytes:
        case = self.stored_case(request)
        with self.control.read() as tx:
            return bundle_of(request, case, tx.catalogue, self.key)
