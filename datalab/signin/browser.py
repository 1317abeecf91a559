"""A known browser: one in which a person signed in fully before.

Tries from it are counted apart from everybody else's, so that strangers who guess at a name do not lock its owner out
(OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It knows nothing that opens the door: password and
code are asked for as ever. The token is random and only its hash is kept, so that nobody can make one up.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

KNOWN_FOR = timedelta(days=90)
"""How long a browser is known after a sign-in."""
MOST_BROWSERS = 10
"""Of one person; the one that signed in longest ago is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBrowser:
    """A browser that one person signed in with."""

    digest: str
    """Hex SHA-256 of the token in its cookie."""
    username: str
    expires_at: datetime
    failures: int = 0
    """Refused tries from it since the last sign-in."""

    def speaks_for(self, username: str, *, now: datetime) -> bool:
        """Say whether a try for that name is counted as this browser's."""
        return self.username == username and now < self.expires_at


def new_token() -> str:
    """Return a token for a cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(username: str) -> str:
    """Return the name of a person's cookie: several people may share one browser."""
    return f"datalab-browser-{digest_of(username)[:16]}"
