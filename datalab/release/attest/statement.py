"""What an event of a request states of it: who and which project in clear, all else as salted digests.

A digest is HMAC-SHA256 (RFC 2104) under a salt of the request's own: 32 random bytes that lie with the request and
never in the log. The log may be shown to outsiders, and what a request holds can be guessed: a question is one of a
few over a contract that is public, a reason is one word, and a noisy count is one of some thousand numbers. A plain
SHA-256 would let anybody try them all; without the salt there is nothing to compare a guess with. With it, whoever may
read the request can check the log, and needs no key for it. A salt binds as well: no second content fits the digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping

from datalab.errors import InternalError
from datalab.query.document import canonical_json
from datalab.release.request import ReleaseRequest

SALT_BYTES = 32
"""As long as the digest: longer adds nothing."""
BUNDLE = "bundle"
"""What an event of a release states of its bundle: hex SHA-256 of the file, which is out for its project to read."""


def new_salt() -> str:
    """Return a salt for one request, as hex digits."""
    return secrets.token_hex(SALT_BYTES)


def statement(request: ReleaseRequest) -> dict[str, str | int]:
    """Return what an event states of a request as it stands: names of its parts, and what they are or their digests.

    Raises:
        InternalError: if the request has no salt.
    """
    if request.salt is None:
        raise InternalError(f"Request {request.id} has no salt, so nothing can be attested of it.")
    asked = {"title": request.question.title, "question": canonical_json(request.question)}
    parts: dict[str, object] = {
        "fingerprint": request.fingerprint,
        "question": asked,
        "versions": dict(request.versions),
    }
    if request.answer is not None:
        parts["answer"] = dict(request.answer)
    if request.decision is not None:
        parts["reason"] = request.decision.reason
    return {
        **named(request),
        "author": request.author,
        **{name: _digest(request.salt, name, part) for name, part in parts.items()},
    }


def named(request: ReleaseRequest) -> Mapping[str, str]:
    """Return what every event of a request names in clear, those from before there were attestations too."""
    reused = {} if request.reused_from is None else {"reused_from": request.reused_from}
    return {"project": request.project, **reused}


def _digest(salt: str, name: str, part: object) -> str:
    """Return the digest of one part, under its name: equal contents of two parts do not show as equal."""
    text = json.dumps([name, part], sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()
