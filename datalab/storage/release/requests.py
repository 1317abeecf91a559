"""Release requests in SQL. What a request asked, and what it was answered, is written once and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import IntegrityError, InternalError, NotFoundError, QueryError, StateError
from datalab.release.request import TRANSITIONS, Decision, ReleaseRequest, RequestState
from datalab.storage.audit import SqlAuditLog
from datalab.storage.insertion import insert_row
from datalab.storage.release.question_text import question_from_text, question_to_text
from datalab.storage.release.tables import REQUEST


class SqlRequests:
    """Release requests, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def request(self, request_id: str) -> ReleaseRequest:
        """Return a request; raises NotFoundError."""
        found = self._read(select(REQUEST).where(REQUEST.c.id == request_id))
        if not found:
            raise NotFoundError(
                f"There is no release request {request_id}.", remedy="`datalab request list` shows those of a project."
            )
        return found[0]

    def requests(self, *, project: str | None = None, state: RequestState | None = None) -> tuple[ReleaseRequest, ...]:
        """Return requests, oldest first."""
        query = select(REQUEST).order_by(REQUEST.c.number)
        if project is not None:
            query = query.where(REQUEST.c.project == project)
        if state is not None:
            query = query.where(REQUEST.c.state == state.value)
        return self._read(query)

    def answered(self, fingerprint: str) -> ReleaseRequest | None:
        """Return the oldest request of that fingerprint that has an answer, whatever was decided on it."""
        query = select(REQUEST).where(REQUEST.c.fingerprint == fingerprint, REQUEST.c.answer.is_not(None))
        return next(iter(self._read(query.order_by(REQUEST.c.number).limit(1))), None)

    def asked(self, fingerprint: str) -> tuple[ReleaseRequest, ...]:
        """Return every request of that fingerprint, oldest first."""
        return self._read(select(REQUEST).where(REQUEST.c.fingerprint == fingerprint).order_by(REQUEST.c.number))

    def open_with(self, fingerprint: str) -> ReleaseRequest | None:
        """Return a request of that fingerprint that is submitted and not yet answered."""
        query = select(REQUEST).where(
            REQUEST.c.fingerprint == fingerprint, REQUEST.c.state == RequestState.SUBMITTED.value
        )
        return next(iter(self._read(query)), None)

    def add(self, request: ReleaseRequest, *, event: AuditEvent) -> None:
        """Add a request; raises StateError if its id is known, or if an open one has its fingerprint."""
        values = {
            "id": request.id,
            "project": request.project,
            "author": request.author,
            "question": question_to_text(request.question),
            "fingerprint": request.fingerprint,
            "versions": dict(request.versions),
            "submitted_at": request.submitted_at,
            "reused_from": request.reused_from,
            **_movable(request),
        }
        refusal = StateError(
            f"Request {request.id} cannot be added.",
            why="Its id is known, the same question is being answered, or its parts contradict its state.",
            remedy="`datalab request list` shows the project's requests.",
        )
        insert_row(self._connection, REQUEST, values, refusal=refusal)
        self._audit.append(event)

    def move(self, request: ReleaseRequest, before: RequestState, *, event: AuditEvent) -> None:
        """Store a request in its new state if it still stands in `before`; raises StateError if it does not."""
        expected = TRANSITIONS[before].get(request.state)
        if expected is None:
            raise StateError(
                f"Request {request.id} cannot become {request.state.value}.",
                why=f"Nothing leads there from {before.value}.",
            )
        if event.action is not expected:
            raise InternalError(f"A request that becomes {request.state.value} is recorded as {expected.value}.")
        stored = self.request(request.id)
        if stored.state is not before:
            raise StateError(
                f"Request {request.id} cannot become {request.state.value}.",
                why=f"It is {stored.state.value} by now, not {before.value}.",
            )
        written_once = ((stored.answer, request.answer), (stored.salt, request.salt))
        if _fixed(request) != _fixed(stored) or any(old is not None and new != old for old, new in written_once):
            raise InternalError(f"Request {request.id} may change its state, not what it asked or was answered.")
        if request.decision is not None and request.decision.reviewer == request.author:
            raise StateError(
                f"Request {request.id} cannot be decided by {request.author}.",
                why="Its author never reviews it.",
                remedy="Ask another reviewer.",
            )
        moved = self._connection.execute(
            update(REQUEST)
            .where(REQUEST.c.id == request.id, REQUEST.c.state == before.value)
            .values(**_movable(request))
        )
        if moved.rowcount != 1:
            raise StateError(f"Request {request.id} moved meanwhile.")
        self._audit.append(event)

    def _read(self, query: Select[Any]) -> tuple[ReleaseRequest, ...]:
        try:
            rows = self._connection.execute(query).all()
        except ValueError:  # an answer that is no JSON, or a time that is none
            raise _unreadable("A release request") from None
        return tuple(map(_request, rows))


def _fixed(request: ReleaseRequest) -> tuple[Any, ...]:
    return (
        request.project,
        request.author,
        question_to_text(request.question),
        request.fingerprint,
        dict(request.versions),
        request.submitted_at,
        request.reused_from,
    )


def _movable(request: ReleaseRequest) -> Mapping[str, Any]:
    decision = request.decision
    return {
        "state": request.state.value,
        "answer": None if request.answer is None else dict(request.answer),
        "decision": decision.state.value if decision else None,
        "reviewer": decision.reviewer if decision else None,
        "reason": decision.reason if decision else None,
        "decided_at": decision.at if decision else None,
        "bundle": request.bundle,
        "salt": request.salt,
    }


def _request(row: Row[Any]) -> ReleaseRequest:
    try:
        question = question_from_text(row.question)
    except (KeyError, TypeError, ValueError, RecursionError, QueryError):
        raise _unreadable(f"The release request {row.id}") from None
    decision = None
    if row.decision is not None:
        decision = Decision(
            state=RequestState(row.decision), reviewer=row.reviewer, reason=row.reason, at=row.decided_at
        )
    return ReleaseRequest(
        id=row.id,
        project=row.project,
        author=row.author,
        question=question,
        fingerprint=row.fingerprint,
        versions=row.versions,
        state=RequestState(row.state),
        submitted_at=row.submitted_at,
        answer=row.answer,
        decision=decision,
        bundle=row.bundle,
        reused_from=row.reused_from,
        salt=row.salt,
    )


def _unreadable(what: str) -> IntegrityError:
    return IntegrityError(
        f"{what} in the database cannot be read.",
        why="It is not in a form that this lab writes: something else than the lab changed it.",
        remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
    )
