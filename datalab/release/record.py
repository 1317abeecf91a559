"""How a request comes to be and moves, each change with its audit event: the table of `request.TRANSITIONS` applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from datalab.audit.event import Action, AuditEvent
from datalab.errors import StateError
from datalab.privacy.ledger import Charge, ChargeState, Ledger
from datalab.privacy.plan import Price
from datalab.privacy.reconcile import ACCOUNTS, ATTO_DELTA, NANO_RHO
from datalab.release.case import Case
from datalab.release.request import TRANSITIONS, ReleaseRequest, RequestState
from datalab.release.store import ReleaseTransaction

SERVICE = "service:release"
"""Who acts in the audit log where no person does."""
ON_ITS_WAY = frozenset({RequestState.SUBMITTED, RequestState.ANSWERED, RequestState.APPROVED, RequestState.RELEASED})
"""States in which a request's answer is on its way out, or out: the same question gives that request."""


def enter(tx: ReleaseTransaction, request: ReleaseRequest, *, case: Case, price: Price) -> ReleaseRequest:
    """Enter a new question, or return what the same question gave before (law 4).

    All of it in the caller's one transaction, so that two of the same question at once are paid for once.

    Args:
        tx: on the release database.
        request: the new request, submitted.
        case: what it is asked of.
        price: what it costs.

    Returns:
        A request of the same question that is on its way out or out; else a new, answered one with the stored answer
        of one that was returned, rejected or withdrawn; else the new request with its budget reserved.

    Raises:
        BudgetError: if an account does not cover the cost.
        NotFoundError: if an account was never granted anything.
    """
    asked = tx.requests.asked(request.fingerprint)
    standing = next((one for one in asked if one.state in ON_ITS_WAY), None)
    if standing is not None:
        return standing
    first = next((one for one in asked if one.answer is not None), None)
    if first is not None:
        return _repeat(tx, request, first)
    accounts = paying(tx.ledger, case, author=request.author)
    if accounts:
        told: dict[str, str | int] = {
            "project": request.project,
            NANO_RHO: price.total.nano_rho,
            ATTO_DELTA: price.total.atto_delta,
            ACCOUNTS: " ".join(accounts),
        }
        event = replace(_event(Action.BUDGET_RESERVED, request, actor=request.author), details=told)
        tx.ledger.reserve(tuple(_charge(account, request, price) for account in accounts), event=event)
    tx.requests.add(request, event=_event(Action.REQUEST_SUBMITTED, request, actor=request.author))
    return request


def paying(ledger: Ledger, case: Case, *, author: str) -> tuple[str, ...]:
    """Return the accounts that a person's question is charged to: those of its datasets, and the person's own limits.

    A person has a limit of their own only where a custodian opened one.
    """
    return (*case.accounts, *ledger.opened(case.member_accounts(author)))


def move(tx: ReleaseTransaction, request: ReleaseRequest, *, before: RequestState, actor: str, now: datetime) -> None:
    """Store a request in its new state.

    Raises:
        StateError: if nothing leads there, or if it no longer stands in `before`.
    """
    action = TRANSITIONS[before].get(request.state)
    if action is None:
        raise StateError(
            f"Request {request.id} cannot become {request.state.value}.",
            why=f"It is {before.value}, and nothing leads from there.",
        )
    tx.requests.move(request, before, event=_event(action, request, actor=actor, at=now))


def commit(tx: ReleaseTransaction, request: ReleaseRequest, *, now: datetime) -> None:
    """Commit a request's charges; raises StateError if there are none."""
    tx.ledger.commit(request.id, event=_event(Action.BUDGET_COMMITTED, request, actor=SERVICE, at=now))


def _repeat(tx: ReleaseTransaction, request: ReleaseRequest, first: ReleaseRequest) -> ReleaseRequest:
    repeated = replace(request, reused_from=first.id)
    event = _event(Action.REQUEST_SUBMITTED, repeated, actor=request.author, reused_from=first.id)
    tx.requests.add(repeated, event=event)
    answered = replace(repeated, state=RequestState.ANSWERED, answer=first.answer)
    move(tx, answered, before=RequestState.SUBMITTED, actor=SERVICE, now=request.submitted_at)
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


def _event(
    action: Action, request: ReleaseRequest, *, actor: str, at: datetime | None = None, **details: str | int
) -> AuditEvent:
    stated: dict[str, str | int] = {"project": request.project, **details}
    return AuditEvent(action=action, actor=actor, subject=request.id, at=at or request.submitted_at, details=stated)
