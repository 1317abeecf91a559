"""The guard before a page of a lab: a script of the door's that refuses clicks by which a browser leaves or saves.

It is put ahead of what the sandbox's server sends, byte by byte as that came: nothing of it is read. A page that begins
with a document type and a script goes on as it would have (HTML, 13.2.6.4.4: a second document type is dropped, and
attributes of `html` are added to what is there). So that no other reading turns the guard into something else, the page
is sent as UTF-8, whatever the server says.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

SCRIPT = Path(__file__).with_name("guard.js")
PAGE = "text/html"
SENT_AS = f"{PAGE}; charset=utf-8"


def guard_before(prefix: str, *, said: str = "") -> bytes:
    """Return what stands before each page of a lab.

    Args:
        prefix: under which the lab is shown.
        said: a word that each script of a page says, where programs of outputs are open; without one the policy knows
            the guard by its text.
    """
    word = f" nonce={said}" if said else ""
    return f"<!doctype html><script{word}>{_text(prefix, said)}</script>\n".encode()


@cache
def digest_of_guard(prefix: str) -> str:
    """Return the SHA-256 of the guard's text before the pages of a lab, in base64."""
    return b64encode(sha256(_text(prefix, "").encode()).digest()).decode()


def _text(prefix: str, said: str) -> str:
    told = json.dumps(prefix).replace("<", "\\u003c")
    return f"{{const PREFIX = {told}, NONCE = {json.dumps(said)};\n{_script()}}}"


@cache
def _script() -> str:
    return SCRIPT.read_text()


def is_page(content_type: str) -> bool:
    """Tell whether a browser shows an answer as a page."""
    return content_type.partition(";")[0].strip().lower() == PAGE
