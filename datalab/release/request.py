"""Release requests: their states, what moves them, and the port that stores them.

    submitted -> answered -> approved -> released
                          -> returned | rejected
    submitted -> failed        (the engine could not answer; the reservation stays spent)
    submitted | answered -> withdrawn

The table `TRANSITIONS` is the whole truth about when; who may is `datalab.release.permission`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from datalab.audit.event import Action, AuditEvent
from datalab.errors import GovernanceError
from datalab.query.characters import MAX_REASON, unreadable
from datalab.query.model import Question

SERVICE = "service:release"
"""Who acts in the audit log where no person does."""


class RequestState(StrEnum):
    """Where a release request stands."""

    SUBMITTED = "submitted"
    """Budget is reserved; the answer is being computed, or will be on resumption."""
    ANSWERED = "answered"
    """The noisy answer is stored, and waits for a reviewer."""
    FAILED = "failed"
    APPROVED = "approved"
    """A reviewer approved it; its bundle is being written, or will be on resumption."""
    RETURNED = "returned"
    """A reviewer asks the author for something first; the author may submit anew."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    """A signed bundle is in the outbox."""


TRANSITIONS: Mapping[RequestState, Mapping[RequestState, Action]] = {
    RequestState.SUBMITTED: {
        RequestState.ANSWERED: Action.REQUEST_ANSWERED,
        RequestState.FAILED: Action.REQUEST_FAILED,
        RequestState.WITHDRAWN: Action.REQUEST_WITHDRAWN,
    },
    RequestState.ANSWERED: {
        RequestState.APPROVED: Action.REQUEST_APPROVED,
        RequestState.RETURNED: Action.REQUEST_RETURNED,
        RequestState.REJECTED: Action.REQUEST_REJECTED,
        RequestState.WITHDRAWN: Action.REQUEST_WITHDRAWN,
    },
    RequestState.APPROVED: {RequestState.RELEASED: Action.REQUEST_RELEASED},
    RequestState.FAILED: {},
    RequestState.RETURNED: {},
    RequestState.REJECTED: {},
    RequestState.WITHDRAWN: {},
    RequestState.RELEASED: {},
}
"""From each state, the states that can follow and the event that says so."""
VERDICTS = frozenset({RequestState.APPROVED, RequestState.RETURNED, RequestState.REJECTED})
"""What a reviewer can decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer decided, and why."""

    state: RequestState
    """approved, returned or rejected."""
    reviewer: str
    reason: str
    at: datetime

    @classmethod
    def of(cls, verdict: RequestState, *, reviewer: str, reason: str, at: datetime) -> Decision:
        """Return a decision as a reviewer states it.

        Raises:
            GovernanceError: if the verdict is none, or no reason is given that can be read as it is.
        """
        if verdict not in VERDICTS:
            raise GovernanceError(f"{verdict.value} is no decision.", remedy=f"Choose: {', '.join(sorted(VERDICTS))}.")
        if not reason.strip():
            raise GovernanceError("A decision needs a reason.", remedy="Say in a sentence why.")
        for fault in unreadable(" ".join(reason.split()), MAX_REASON):
            raise GovernanceError("The reason could not be read as it is.", why=f"In it, {fault}.")
        return cls(state=verdict, reviewer=reviewer, reason=reason.strip(), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequest:
    """One question on its way out."""

    id: str
    project: str
    author: str
    question: Question
    fingerprint: str
    """SHA-256 of what the answer depends on: project, canonical question, view versions. Equal means the same
    question: it is answered from store, at no cost (law 4)."""
    versions: Mapping[str, int]
    """Version of each dataset that the question is asked of."""
    state: RequestState
    submitted_at: datetime
    answer: Mapping[str, Any] | None = None
    """The noisy answer as a document (`datalab.privacy.answer`); None until it is answered."""
    decision: Decision | None = None
    bundle: str | None = None
    """File name in the outbox; None until it is released."""
    reused_from: str | None = None
    """The request whose stored answer this one repeats, at no cost."""
    salt: str | None = field(default=None, repr=False)
    """64 hex digits under which the audit log attests of this request (`datalab.release.attest.statement`); None where
    nothing was attested of it yet."""


class RequestStore(Protocol):
    """Where release requests are kept; all inside the caller's transaction."""

    def request(self, request_id: str) -> ReleaseRequest:
        """Return a request; raises NotFoundError."""

    def requests(self, *, project: str | None = None, state: RequestState | None = None) -> tuple[ReleaseRequest, ...]:
        """Return requests, oldest first."""

    def answered(self, fingerprint: str) -> ReleaseRequest | None:
        """Return the oldest request of that fingerprint that has an answer, whatever was decided on it."""

    def asked(self, fingerprint: str) -> tuple[ReleaseRequest, ...]:
        """Return every request of that fingerprint, oldest first."""

    def open_with(self, fingerprint: str) -> ReleaseRequest | None:
        """Return a request of that fingerprint that is submitted and not yet answered."""

    def add(self, request: ReleaseRequest, *, event: AuditEvent) -> None:
        """Add a request; raises StateError if its id is known, or if an open one has its fingerprint."""

    def move(self, request: ReleaseRequest, before: RequestState, *, event: AuditEvent) -> None:
        """Store a request in its new state if it still stands in `before`; raises StateError if it does not."""
