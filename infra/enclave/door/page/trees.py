"""Trees that a page closes as it is read: the word for it is exchanged for one that no browser knows.

A template's `shadowrootmode` (HTML, 4.12.3) closes a tree that neither an observer nor a search finds, and a frame in
it would be a window without the guard. An attribute's name is written in its own letters: HTML knows no other way
(13.2.5.33). The length of the page stays what it was.
"""

from __future__ import annotations

import re

from infra.enclave.door.page.exchange import Exchange

WORD = b"shadowrootmode"
INSTEAD = b"shadowrootnone"
_WORD = re.compile(re.escape(WORD), re.IGNORECASE)


class OpenTrees(Exchange):
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        super().__init__(_WORD, INSTEAD, longest=len(WORD))
