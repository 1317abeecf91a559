"""Sessions of the portal: kept in the process, named by a cookie that says nothing.

A restart ends them, and the next page signs the person in again at the hub without a question. Nothing of a session is
in the browser but its name: 256 random bits (OWASP ASVS 5.0, 7.2).
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE = 30 * 60
"""Seconds without a page after which a session is over."""
LONGEST = 12 * 3600
"""Seconds after which a session is over in any case."""
MOST = 10_000
"""Sessions that are kept at once, of those who signed in and of those on their way apart; the oldest go first.

Apart, so that whoever opens the front door ten thousand times signs nobody out."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One browser that signed in, or is on its way to."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """What every form of this session carries."""
    began: float
    """When it began, in seconds of the clock of `Sessions`."""
    used: float
    """When its last page was opened."""
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

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._on_the_way: dict[str, Session] = {}
        self._signed_in: dict[str, Session] = {}

    def find(self, session_id: str) -> Session | None:
        """Return a session that is not over, or None."""
        session = self._signed_in.get(session_id) or self._on_the_way.get(session_id)
        if session is None:
            return None
        now = self._clock()
        if now - session.used > IDLE or now - session.began > LONGEST:
            self.end(session)
            return None
        session.used = now
        return session

    def begin(self, *, token: str = "") -> Session:
        """Begin a session; also at sign-in, so that a name known before is worth nothing after (session fixation).

        Args:
            token: the person's at the hub, once they signed in.
        """
        kept = self._signed_in if token else self._on_the_way
        while len(kept) >= MOST:
            kept.pop(next(iter(kept)), None)
        now = self._clock()
        session = Session(token=token, began=now, used=now)
        kept[session.id] = session
        return session

    def end(self, session: Session) -> None:
        """End a session."""
        self._on_the_way.pop(session.id, None)
        self._signed_in.pop(session.id, None)
