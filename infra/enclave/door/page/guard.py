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


def guard_before(prefix: str, nonce: str) -> bytes:
    """Return what stands before each page of a lab.

    Args:
        prefix: under which the lab is shown.
        nonce: by which the policy of this one answer lets the guard run (CSP 3, 6.7.3.3); letters, digits, - and _.
    """
    told = json.dumps(prefix).replace("<", "\\u003c")
    said = json.dumps(nonce if nonce == NONCE else "")  # drawn anew, it is told to nobody, the guard itself among them
    begun = f"<!doctype html><script nonce={nonce}>{{const PREFIX = {told}, NONCE = {said};\n"
    return f"{begun}{_script()}}}</script>\n".encode()


@cache
def _script() -> str:
    return SCRIPT.read_text()


def is_page(content_type: str) -> bool:
    """Tell whether a browser shows an answer as a page."""
    return content_type.partition(";")[0].strip().lower() == PAGE
