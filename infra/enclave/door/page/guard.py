"""The guard before a page of a lab: a script of the door's that refuses clicks by which a browser leaves or saves.

It is put ahead of what the sandbox's server sends, byte by byte as that came: nothing of it is read. A page that begins
with a document type and a script goes on as it would have (HTML, 13.2.6.4.4: a second document type is dropped, and
attributes of `html` are added to what is there). So that no other reading turns the guard into something else, the page
is sent as UTF-8, whatever the server says.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from infra.enclave.door.policy import NONCE

SCRIPT = Path(__file__).with_name("guard.js")
PAGE = "text/html"
SENT_AS = f"{PAGE}; charset=utf-8"


@cache
def guard_before(prefix: str) -> bytes:
    """Return what stands before each page of a lab that is shown under a prefix."""
    told = json.dumps(prefix).replace("<", "\\u003c")
    said = json.dumps(NONCE)
    begun = f"<!doctype html><script nonce={NONCE}>{{const PREFIX = {told}, NONCE = {said};\n"
    return f"{begun}{SCRIPT.read_text()}}}</script>\n".encode()


def is_page(content_type: str) -> bool:
    """Tell whether a browser shows an answer as a page."""
    return content_type.partition(";")[0].strip().lower() == PAGE
