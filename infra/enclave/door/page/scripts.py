"""Scripts of a page: each says the door's word as it is read, for a program that says none does not run.

By the second policy (`infra.enclave.door.policy`) a program in a page runs where its element has this `nonce` (CSP 3,
6.7.3.3), and an address `javascript:` has no element. The word is no secret, and a page may write it itself: it tells
elements from addresses, and nothing else. A tag's name is written in its own letters, and ends with one of six signs
(HTML, 13.2.5.8). A space stands on either side: `<script/src=a>` is a script too. The word has no quotes, so that a
string of a program, or of JSON, in which such a tag stands ends where it did.

A browser runs no element that names its `nonce` twice, or has `<script` in an attribute: such a page's own program is
refused. JupyterLab's pages have neither.
"""

from __future__ import annotations

import re

from infra.enclave.door.page.exchange import Exchange
from infra.enclave.door.policy import NONCE

TAG = b"<script"
_TAG = re.compile(rb"<script(?=[\t\n\f\r />])", re.IGNORECASE)
_SAID = rb"\g<0> nonce=" + NONCE.encode() + b" "


class SaidScripts(Exchange):
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        super().__init__(_TAG, _SAID, longest=len(TAG) + 1)
