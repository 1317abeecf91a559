"""Passwords: what is a good one, and how one is stored.

NIST SP 800-63B-4, section 3.1.1: length is what counts, none of the common ones, no rules about kinds of characters.
"""

from __future__ import annotations

import os
import threading
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from datalab.errors import GovernanceError

LEAST, MOST = 12, 200
"""Characters of a password."""
MEMORY_KIB, PASSES, LANES = 65_536, 3, 4
"""Argon2id: the second recommended setting of RFC 9106, section 4 (64 MiB, 3 passes, 4 lanes)."""
_ONE_AT_A_TIME = threading.Lock()
"""OpenSSL lends lanes from one pool: two derivations at once wait for each other's lanes for ever (cryptography 50.0).
One at a time also bounds what sign-in costs, however many try: 64 MiB and one derivation."""
COMMON = frozenset(
    {
        "123456789012", "1234567890123", "abcdefghijkl", "adminadmin12", "administrator", "changemenow1",
        "correcthorsebatterystaple", "letmeinletmein", "password1234", "passwordpassword", "qwertyuiop12",
        "qwertyuiopasdf", "welcome12345", "iloveyou1234",
    }
)  # fmt: skip
"""Passwords of twelve characters and more that lists of common ones begin with."""


def check_password(password: str, *, username: str) -> None:
    """Check that a password is worth having.

    Raises:
        GovernanceError: if it is too short, too long, common, or made of the user name or of one character.
    """
    plain = _normal(password)
    if len(plain) < LEAST:
        raise GovernanceError(
            f"That password is shorter than {LEAST} characters.",
            remedy="Use four or more words that do not belong together.",
        )
    if len(plain) > MOST:
        raise GovernanceError(f"That password is longer than {MOST} characters.", remedy="Use a shorter one.")
    known = plain.casefold()
    if known in COMMON or len(set(known)) < 5 or known.replace(username.casefold(), "").strip() == "":  # noqa: PLR2004
        raise GovernanceError(
            "That password is among the first that somebody would try.",
            remedy="Use four or more words that do not belong together.",
        )


def hashed(password: str) -> str:
    """Return the Argon2id hash of a password in PHC form, with a salt of its own."""
    with _ONE_AT_A_TIME:
        return _argon2(os.urandom(16)).derive_phc_encoded(_normal(password).encode())


def matches(password: str, stored: str) -> bool:
    """Say whether a password is the one of a stored hash."""
    try:
        with _ONE_AT_A_TIME:
            Argon2id.verify_phc_encoded(_normal(password).encode(), stored)
    except InvalidKey:
        return False
    return True


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)


def _normal(password: str) -> str:
    """Return the password as NIST SP 800-63B asks: the same on every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password)
