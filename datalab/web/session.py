"""Sessions of the portal: kept in the process, named by a cookie that says nothing.

A restart ends them, and the next page signs the person in again at the hub without a question. Nothing of a session is
in the browser but its name: 256 random bits (OWASP ASVS 5.0, 7.2).
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field

IDLE = 30 * 60
"""Seconds without a page after which a session is over."""
LONGEST = 12 * 3600
"""Seconds after which a session is over in any case."""
MOST = 10_000
"""Sessions that are kept at once; the oldest go first, so that nobody fills the memory."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One browser that signed in, or is on its way to."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """What every form of this session carries."""
    began: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    token: str = field(default="", repr=False)
    """The person's token at the hub; empty before sign-in."""
    state: str = field(default="", repr=False)
    """Of a sign-in that is on its way (RFC 6749, section 10.12)."""
    verifier: str = field(default="", repr=False)
    """Of the same (RFC 7636)."""
    next: str = ""
    """Path that the person wanted."""

    def carries(self, token: str) -> bool:
        """Say whether a form carries this session's own token."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())


class Sessions:
    """All sessions of this process."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def find(self, session_id: str) -> Session | None:
        """Return a session that is not over, or None."""
        session = self._by_id.get(session_id)
        if session is None:
            return None
        now = time.monotonic()
        if now - session.used > IDLE or now - session.began > LONGEST:
            self.end(session)
            return None
        session.used = now
        return session

    def begin(self) -> Session:
        """Begin a session; also at sign-in, so that a name known before is worth nothing after (session fixation)."""
        while len(self._by_id) >= MOST:
            del self._by_id[next(iter(self._by_id))]
        session = Session()
        self._by_id[session.id] = session
        return session

    def end(self, session: Session) -> None:
        """End a session."""
        self._by_id.pop(session.id, None)
