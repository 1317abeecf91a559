"""One-time codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
"""Seconds for which a code stands."""
DRIFT = 1
"""Steps before and after the present one that are accepted, for clocks that differ (RFC 6238, section 5.2)."""
SECRET_BYTES = 20
"""Length of a secret: that of the hash (RFC 4226, section 4, requirement 6)."""


def new_secret() -> str:
    """Return a new secret, base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def provisioning_uri(secret: str, *, username: str, issuer: str) -> str:
    """Return the address that an authenticator app reads, by hand or from a picture."""
    return _codes(secret).get_provisioning_uri(username, issuer)


def accepted_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """Return the time step that a code belongs to, or None where it is not good, or was used.

    Args:
        secret: base32.
        code: as typed; spaces are taken out.
        now: in UTC.
        after: the last step that was accepted; that one and earlier ones are not again.
    """
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    present = int(now.timestamp()) // STEP
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(_codes(secret).generate(step * STEP), typed.encode()) and step > after:
            found = step
    return found


def _codes(secret: str) -> TOTP:
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        message = "A stored secret is not base32."
        raise ValueError(message) from None
    return TOTP(key, 6, SHA1(), STEP, enforce_key_length=True)  # noqa: S303 - the algorithm of RFC 6238
