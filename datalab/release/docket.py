"""The docket: stored requests as the desk moves them, each compared with the audit log first, each move sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from datalab.errors import StateError
from datalab.release.attest.check import check_request
from datalab.release.attest.statement import new_salt
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.record import commit, move
from datalab.release.request import SERVICE, ReleaseRequest, RequestState
from datalab.release.store import ReleaseDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """Requests in the release database, and the key that seals what happens to them."""

    release: ReleaseDatabase = field(repr=False)
    key: ReleaseKey = field(repr=False)
    clock: Callable[[], datetime]

    def request(self, request_id: str) -> ReleaseRequest:
        """Return a request as it stands; raises NotFoundError."""
        with self.release.read() as tx:
            return tx.requests.request(request_id)

    def checked(self, request_id: str) -> ReleaseRequest:
        """Return a request as it stands, if that is what the audit log tells.

        Raises:
            NotFoundError: if there is no such request.
            IntegrityError: if the log does not hold, or tells otherwise.
        """
        with self.release.read() as tx:  # one state of both: a request that moves meanwhile is not a forged one
            request = tx.requests.request(request_id)
            check_request(tx, request, self.key.public_pem)
            return request

    def move(
        self,
        request: ReleaseRequest,
        *,
        before: RequestState,
        actor: str,
        at: datetime | None = None,
        charged: bool = False,
        bundle_digest: str | None = None,
    ) -> ReleaseRequest:
        """Store a request in its new state, and commit its charges if there are any.

        Args:
            request: in its new state; one from before requests were attested gets its salt now.
            before: the state in which it must still stand.
            actor: who moves it.
            at: when; None is now.
            charged: whether its charges are committed with it.
            bundle_digest: hex SHA-256 of its bundle, where it is released.

        Returns:
            The request as it is stored.

        Raises:
            StateError: if nothing leads there, or if it no longer stands in `before`.
        """
        now = at or self.clock()
        moving = replace(request, salt=request.salt or new_salt())
        with self.release.begin() as tx:
            move(tx, moving, before=before, actor=actor, now=now, key=self.key, bundle_digest=bundle_digest)
            if charged:
                commit(tx, moving, now=now)
        return moving

    def settle(
        self, request: ReleaseRequest, *, before: RequestState, charged: bool = False, bundle_digest: str | None = None
    ) -> ReleaseRequest:
        """Move a request on behalf of the service; where somebody was faster, return what they made of it."""
        try:
            return self.move(request, before=before, actor=SERVICE, charged=charged, bundle_digest=bundle_digest)
        except StateError:
            stored = self.request(request.id)
            if stored.state is before:  # nobody was: something is wrong with the record itself
                raise
            return stored
