"""What the portal asks of the hub: who somebody is, and to start or stop a person's own sandbox, as that person.

Every call carries the signed-in person's own token, which can do no more than the person may.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode

from datalab.errors import InternalError, PermissionDeniedError, StateError
from datalab.governance.server import project_of, server_name

PATIENCE = 20
"""Seconds that one call may take."""
GONE = (http.client.UNAUTHORIZED, http.client.FORBIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who the hub says it is."""

    username: str
    groups: frozenset[str]
    """Roles, and `project-<id>` for each project that the person may work in now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The hub as one of its services sees it."""

    api: str
    """Address of its interface on this machine."""
    client: str
    """The portal's own client id."""
    secret: str = field(repr=False)
    """The portal's own token at the hub: proves who redeems a code."""
    origin: str
    """Where browsers find the hub."""
    callback: str
    """Where the hub sends people back to."""
    scopes: tuple[str, ...]

    def sign_in_address(self, *, state: str, challenge: str) -> str:
        """Return where a browser goes to sign in (OAuth 2 with PKCE)."""
        asked = {
            "client_id": self.client,
            "redirect_uri": self.callback,
            "response_type": "code",
            "scope": " ".join(self.scopes),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.origin}/hub/api/oauth2/authorize?{urlencode(asked)}"

    def token_for(self, code: str, *, verifier: str) -> str:
        """Redeem a code; raises PermissionDeniedError."""
        form = {
            "client_id": self.client,
            "client_secret": self.secret,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": verifier,
        }
        told = self._call("POST", "/oauth2/token", body=urlencode(form).encode())
        return str(told["access_token"])

    def visitor(self, token: str) -> Visitor | None:
        """Return who holds a token, or None where it is good no more."""
        try:
            told = self._call("GET", "/user", token=token)
        except PermissionDeniedError:
            return None
        return Visitor(username=told["name"], groups=frozenset(told.get("groups", ())))

    def servers(self, visitor: Visitor, token: str) -> Mapping[str, Any]:
        """Return a person's sandboxes by project: the hub's words for each."""
        told = self._call("GET", f"/users/{quote(visitor.username)}", token=token)
        return {project_of(name): server for name, server in (told.get("servers") or {}).items()}

    def start(self, visitor: Visitor, project: str, token: str) -> None:
        """Start a person's sandbox for a project; one that runs or starts is left.

        Raises:
            PermissionDeniedError: if the person may not.
            StateError: if the hub cannot now.
        """
        self._call("POST", f"/users/{quote(visitor.username)}/servers/{quote(server_name(project))}", token=token)

    def stop(self, visitor: Visitor, project: str, token: str) -> None:
        """Stop a person's sandbox; raises as `start`."""
        self._call("DELETE", f"/users/{quote(visitor.username)}/servers/{quote(server_name(project))}", token=token)

    def _call(self, method: str, path: str, *, token: str = "", body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON values
        headers = {"Authorization": f"token {token}"} if token else {}
        request = urllib.request.Request(self.api + path, data=body, method=method, headers=headers)  # noqa: S310 - the hub's own address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                content = answer.read()
        except HTTPError as refusal:
            raise _refused(refusal) from None
        except (URLError, OSError):
            raise InternalError("The hub does not answer.", remedy="Try again in a minute.") from None
        return json.loads(content) if content else None


def _refused(refusal: HTTPError) -> PermissionDeniedError | StateError | InternalError:
    if refusal.code in GONE:
        return PermissionDeniedError("You may not do this now.", remedy="Sign in again, or ask an operator of the lab.")
    if refusal.code < http.client.INTERNAL_SERVER_ERROR:
        return StateError(
            "The lab cannot do this now.",
            why="It is being started or stopped, or runs already.",
            remedy="Wait a moment and look at the page again.",
        )
    return InternalError("The hub failed.", remedy="Try again in a minute; if it stays so, tell an operator.")


def new_challenge() -> tuple[str, str]:
    """Return a verifier and its challenge (RFC 7636, method S256)."""
    verifier = secrets.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
