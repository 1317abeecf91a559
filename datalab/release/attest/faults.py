"""One request beside its events: what differs, in words that quote nothing.

It must hold that
1. its events lead by the table of `request.TRANSITIONS` to the state that it is in, none missing and none too many;
2. each is sealed by the release key, or is from before there were seals;
3. each states the request as it was then: digests of the question, the answer and the reason, author and project;
4. who acted is who the request names: author, reviewer, or the service; and when;
5. it has the parts that its state asks for, and no other;
6. what was charged covers the cost that its answer states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from datalab.audit.event import Action
from datalab.audit.log import Entry
from datalab.errors import InternalError
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.release.attest.history import History
from datalab.release.attest.seal import AFTER, SEAL, is_sealed, seal_holds
from datalab.release.attest.statement import BUNDLE, named, statement
from datalab.release.bundle.publication import bundle_name
from datalab.release.request import SERVICE, TRANSITIONS, VERDICTS, ReleaseRequest, RequestState


def faults_of(
    request: ReleaseRequest, history: History, charges: Mapping[str, tuple[Charge, ...]], public_pem: bytes
) -> Iterator[str]:
    """Yield what of a request is not what the audit log tells; nothing where all is.

    Args:
        request: as it is stored.
        history: what the log tells of it.
        charges: by request, what was charged.
        public_pem: the public half of the release key.

    Raises:
        SettingsError: if the public key is none.
    """
    events = history.events.get(request.id, ())
    states = _walked(events)
    if states is None or states[-1] is not request.state:
        yield "its state" if events else "nothing tells that it was submitted"
        return
    for entry, state in zip(events, states, strict=True):
        if not is_sealed(entry.event) and not history.is_old(entry):
            yield f"its event {entry.event.action.value} bears no seal"
        elif is_sealed(entry.event) and not seal_holds(entry.event, public_pem):
            yield f"its event {entry.event.action.value} is not sealed by the lab's release key"
        yield from _differences(_as_it_was(request, states[: states.index(state) + 1]), entry)
    yield from _parts(request, states)
    yield from _uncharged(request, charges)


def _walked(events: Iterable[Entry]) -> tuple[RequestState, ...] | None:
    """Return the states that events lead through, one an event; None where they lead nowhere."""
    states: list[RequestState] = []
    for entry in events:
        action = entry.event.action
        if not states:
            following = [RequestState.SUBMITTED] if action is Action.REQUEST_SUBMITTED else []
        else:
            following = [state for state, by in TRANSITIONS[states[-1]].items() if by is action]
        if not following:
            return None
        states.append(following[0])
    return tuple(states) or None


def _as_it_was(request: ReleaseRequest, states: tuple[RequestState, ...]) -> ReleaseRequest:
    """Return a request as it was when it had gone through these states and no more."""
    answer = request.answer if RequestState.ANSWERED in states else None
    decision = request.decision if VERDICTS.intersection(states) else None
    return replace(request, state=states[-1], answer=answer, decision=decision)


def _differences(request: ReleaseRequest, entry: Entry) -> Iterator[str]:
    """Yield what an event tells otherwise of a request, which is as it was then."""
    event, decision = entry.event, request.decision
    actor, at = SERVICE, event.at
    if request.state in {RequestState.SUBMITTED, RequestState.WITHDRAWN}:
        actor = request.author
    elif request.state in VERDICTS and decision is not None:
        actor, at = decision.reviewer, decision.at
    if event.actor != actor:
        yield {SERVICE: "who answered or published it", request.author: "its author"}.get(actor, "its reviewer")
    if not is_sealed(event):
        yield from (f"its {name}" for name, value in named(request).items() if event.details.get(name) != value)
        return
    if request.state is RequestState.SUBMITTED:
        at = request.submitted_at
    if event.at != at:
        yield "when it was submitted or decided"
    told = {name: value for name, value in event.details.items() if name not in {SEAL, AFTER, BUNDLE}}
    try:
        stands = statement(request)
    except (InternalError, ValueError):  # there is none, or it is no number
        yield "its salt"
        return
    yield from (f"its {name}" for name in sorted(told.keys() | stands.keys()) if told.get(name) != stands.get(name))


def _parts(request: ReleaseRequest, states: tuple[RequestState, ...]) -> Iterator[str]:
    """Yield the parts that a request has and should not have by its states, or the other way round."""
    if (request.answer is not None) != (RequestState.ANSWERED in states):
        yield "its answer"
    decided = next((state for state in states if state in VERDICTS), None)
    if (None if request.decision is None else request.decision.state) is not decided:
        yield "its decision"
    released = bundle_name(request) if RequestState.RELEASED in states else None
    if request.bundle != released:
        yield "its bundle"


def _uncharged(request: ReleaseRequest, charges: Mapping[str, tuple[Charge, ...]]) -> Iterator[str]:
    """Yield a fault where less was charged, or committed, than the answer says that it cost."""
    if request.answer is None:
        return
    try:
        cost = Budget.ceil(Fraction(request.answer["cost"]), Fraction(request.answer.get("cost_delta", 0)))
    except (KeyError, TypeError, ValueError):
        yield "the cost that its answer states"
        return
    paid = charges.get(request.reused_from or request.id, ())
    if any(not one.amount.covers(cost) or one.state is not ChargeState.COMMITTED for one in paid):
        yield "what was charged for it"
    if not paid and cost != Budget(0):
        yield "what was charged for it"
