"""Calls of the release service over a unix socket, or over a gate's port. Standard library only."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from datalab.errors import (
    BudgetError,
    GovernanceError,
    IntegrityError,
    InternalError,
    NotFoundError,
    PermissionDeniedError,
    QueryError,
    SettingsError,
    StateError,
    UserError,
)

PREFIX = "/release"
"""Before every route, as in `datalab.broker.app`."""
PATIENCE = 900
"""Seconds that an answer may take: a large question is computed while the caller waits."""
KINDS: Mapping[str, type[UserError]] = {
    kind.__name__: kind
    for kind in (
        GovernanceError, IntegrityError, NotFoundError, PermissionDeniedError, QueryError, SettingsError, StateError,
    )
}  # fmt: skip
"""Errors that come back as what they were; a budget's refusal comes back as a UserError with the same words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseClient:
    """One caller's side of the release service."""

    path: Path | None = None
    """Of the unix socket."""
    address: tuple[str, int] | None = None
    """Host and port of the gate, where there is no socket: a lab's in a cluster."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Who calls, where the caller has to say so: in a sandbox its door does."""

    def budget(self, project: str) -> list[dict[str, Any]]:
        """Return what a project's accounts have left; raises as the core."""
        return self._call("GET", f"/projects/{quote(project)}/budget")  # type: ignore[no-any-return]

    def preview(self, project: str, question: bytes) -> dict[str, Any]:
        """Return the sheet of a question (JSON) that is not submitted; raises as `Desk.preview`."""
        return self._call("POST", f"/projects/{quote(project)}/preview", question)  # type: ignore[no-any-return]

    def price(self, project: str, asked: bytes) -> dict[str, Any]:
        """Return what a wish costs (JSON of `datalab.broker.asked`); raises as `sheet_of_price`."""
        return self._call("POST", f"/projects/{quote(project)}/price", asked)  # type: ignore[no-any-return]

    def finding(self, project: str, asked: bytes) -> dict[str, Any]:
        """Return whether a finding would be seen (JSON of `datalab.broker.asked`); raises as `visible_finding`."""
        return self._call("POST", f"/projects/{quote(project)}/finding", asked)  # type: ignore[no-any-return]

    def submit(self, project: str, question: bytes) -> dict[str, Any]:
        """Submit a question (JSON); raises as `Desk.submit`."""
        return self._call("POST", f"/projects/{quote(project)}/requests", question)  # type: ignore[no-any-return]

    def requests(self, *, project: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
        """Return the requests that this person may see."""
        chosen = {name: value for name, value in (("project", project), ("state", state)) if value}
        return self._call("GET", f"/requests?{urlencode(chosen)}")  # type: ignore[no-any-return]

    def request(self, request_id: str) -> dict[str, Any]:
        """Return the sheet of a request; raises NotFoundError, PermissionDeniedError."""
        return self._call("GET", f"/requests/{quote(request_id, safe='')}")  # type: ignore[no-any-return]

    def bundle(self, request_id: str) -> bytes:
        """Return the signed bundle of a released request; raises as `request`, and StateError."""
        return self._send("GET", f"/requests/{quote(request_id, safe='')}/bundle", b"")

    def withdraw(self, request_id: str) -> dict[str, Any]:
        """Withdraw a request of one's own; raises as `Desk.withdraw`."""
        return self._call("POST", f"/requests/{quote(request_id, safe='')}/withdrawal", b"{}")  # type: ignore[no-any-return]

    def decide(self, request_id: str, *, verdict: str, reason: str) -> dict[str, Any]:
        """Decide on a request, and publish what is approved; raises as `Desk.decide`."""
        body = json.dumps({"verdict": verdict, "reason": reason}).encode()
        return self._call("POST", f"/requests/{quote(request_id, safe='')}/decision", body)  # type: ignore[no-any-return]

    def _connection(self) -> http.client.HTTPConnection:
        if self.address is not None:
            return http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        if self.path is None:
            raise SettingsError("Nothing says where the release service is.", remedy="Give a socket or an address.")
        return _Unix(self.path)

    def _call(self, method: str, route: str, body: bytes = b"") -> Any:  # noqa: ANN401 - JSON values
        return json.loads(self._send(method, route, body))

    def _send(self, method: str, route: str, body: bytes) -> bytes:
        connection = self._connection()
        headers = {"Content-Type": "application/json", **self.headers} if body else dict(self.headers)
        try:
            connection.request(method, PREFIX + route, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            raise InternalError(
                "The release service did not answer.",
                why="It is not running, or took too long.",
                remedy="Try again in a minute; if it stays so, tell an operator of the lab.",
            ) from None
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise _error(content)
        return content


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))


def _error(content: bytes) -> UserError | InternalError:
    try:
        told = json.loads(content)
        what, why, remedy = str(told["what"]), str(told.get("why", "")), str(told.get("remedy", ""))
        kind = KINDS.get(told.get("kind", ""))
    except (ValueError, KeyError, TypeError):
        return InternalError("The release service answered what nobody can read.", remedy="Tell an operator.")
    if kind is not None:
        return kind(what, why=why, remedy=remedy)
    if told.get("kind") == BudgetError.__name__:
        return UserError(what, why=why, remedy=remedy)
    return InternalError(what, why=why, remedy=remedy)
