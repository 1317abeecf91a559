"""How a request comes to be and moves, each change with its audit event: the table of `request.TRANSITIONS` applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from datalab.audit.event import Action, AuditEvent
from datalab.errors import StateError
from datalab.privacy.ledger import Charge, ChargeState, Ledger
from datalab.privacy.plan import Price
from datalab.privacy.reconcile import ACCOUNTS, ATTO_DELTA, NANO_RHO
from datalab.release.attest.check import check_ledger, check_request
from datalab.release.attest.seal import sealed
from datalab.release.attest.statement import BUNDLE, statement
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.case import Case
from datalab.release.request import SERVICE, TRANSITIONS, ReleaseRequest, RequestState
from datalab.release.store import ReleaseTransaction

ON_ITS_WAY = frozenset({RequestState.SUBMITTED, RequestState.ANSWERED, RequestState.APPROVED, RequestState.RELEASED})
"""States in which a request's answer is on its way out, or out: the same question gives that request."""


def enter(
    tx: ReleaseTransaction, request: ReleaseRequest, *, case: Case, price: Price, key: ReleaseKey
) -> ReleaseRequest:
    """Enter a new question, or return what the same question gave before (law 4).

    All of it in the caller's one transaction, so that two of the same question at once are paid for once.

    Args:
        tx: on the release database.
        request: the new request, submitted.
        case: what it is asked of.
        price: what it costs.
        key: seals its events.

    Returns:
        A request of the same question that is on its way out or out; else a new, answered one with the stored answer
        of one that was returned, rejected or withdrawn; else the new request with its budget reserved.

    Raises:
        BudgetError: if an account does not cover the cost.
        NotFoundError: if an account was never granted anything.
        IntegrityError: if the earlier request that would be answered or repeated, or the ledger that would pay, is not
            what the log tells.
    """
    asked = tx.requests.asked(request.fingerprint)
    standing = next((one for one in asked if one.state in ON_ITS_WAY), None)
    if standing is not None:
        if standing.state is RequestState.SUBMITTED:  # whoever asks again has it answered
            check_request(tx, standing, key.public_pem)
        return standing
    first = next((one for one in asked if one.answer is not None), None)
    if first is not None:
        check_request(tx, first, key.public_pem)
        return _repeat(tx, request, first, key)
    if case.accounts:
        check_ledger(tx)  # before a member's own limit is looked for: one that was taken away would not be missed
    accounts = paying(tx.ledger, case, author=request.author)
    if accounts:
        told: dict[str, str | int] = {
            "project": request.project,
            NANO_RHO: price.total.nano_rho,
            ATTO_DELTA: price.total.atto_delta,
            ACCOUNTS: " ".join(accounts),
        }
        event = replace(_event(Action.BUDGET_RESERVED, request, request.author, request.submitted_at), details=told)
        tx.ledger.reserve(tuple(_charge(account, request, price) for account in accounts), event=event)
    _add(tx, request, key)
    return request


def paying(ledger: Ledger, case: Case, *, author: str) -> tuple[str, ...]:
    """Return the accounts that a person's question is charged to: those of its datasets, and the person's own limits.

    A person has a limit of their own only where a custodian opened one.
    """
    return (*case.accounts, *ledger.opened(case.member_accounts(author)))


def move(
    tx: ReleaseTransaction,
    request: ReleaseRequest,
    *,
    before: RequestState,
    actor: str,
    now: datetime,
    key: ReleaseKey,
    bundle_digest: str | None = None,
) -> None:
    """Store a request in its new state, with an event that attests of it as it is then.

    Args:
        tx: on the release database.
        request: in its new state.
        before: the state in which it must still stand.
        actor: who moves it.
        now: with its time zone.
        key: seals the event.
        bundle_digest: hex SHA-256 of its bundle, where it is released.

    Raises:
        StateError: if nothing leads there, or if it no longer stands in `before`.
    """
    action = TRANSITIONS[before].get(request.state)
    if action is None:
        raise StateError(
            f"Request {request.id} cannot become {request.state.value}.",
            why=f"It is {before.value}, and nothing leads from there.",
        )
    published: dict[str, str | int] = {} if bundle_digest is None else {BUNDLE: bundle_digest}
    told = replace(_event(action, request, actor, now), details={**statement(request), **published})
    tx.requests.move(request, before, event=sealed(told, after=tx.audit.head(), key=key))


def commit(tx: ReleaseTransaction, request: ReleaseRequest, *, now: datetime) -> None:
    """Commit a request's charges; raises StateError if there are none."""
    tx.ledger.commit(request.id, event=_event(Action.BUDGET_COMMITTED, request, SERVICE, now))


def _add(tx: ReleaseTransaction, request: ReleaseRequest, key: ReleaseKey) -> None:
    submitted = _event(Action.REQUEST_SUBMITTED, request, request.author, request.submitted_at)
    told = replace(submitted, details=statement(request))
    tx.requests.add(request, event=sealed(told, after=tx.audit.head(), key=key))


def _repeat(tx: ReleaseTransaction, request: ReleaseRequest, first: ReleaseRequest, key: ReleaseKey) -> ReleaseRequest:
    repeated = replace(request, reused_from=first.id)
    _add(tx, repeated, key)
    answered = replace(repeated, state=RequestState.ANSWERED, answer=first.answer)
    move(tx, answered, before=RequestState.SUBMITTED, actor=SERVICE, now=request.submitted_at, key=key)
    return answered


def _charge(account: str, request: ReleaseRequest, price: Price) -> Charge:
    return Charge(
        key=request.id,
        account=account,
        amount=price.total,
        state=ChargeState.RESERVED,
        mechanism=price.mechanism,
        software=price.software,
        at=request.submitted_at,
    )


def _event(action: Action, request: ReleaseRequest, actor: str, at: datetime) -> AuditEvent:
    return AuditEvent(action=action, actor=actor, subject=request.id, at=at, details={"project": request.project})
