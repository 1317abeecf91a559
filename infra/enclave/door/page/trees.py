"""Trees that a page closes as it is read: the word for it is exchanged for one that no browser knows.

A template's `shadowrootmode` (HTML, 4.12.3) closes a tree that neither an observer nor a search finds, and a frame in
it would be a window without the guard. An attribute's name is written in its own letters: HTML knows no other way
(13.2.5.33). The length of the page stays what it was.
"""

from __future__ import annotations

import re

WORD = b"shadowrootmode"
INSTEAD = b"shadowrootnone"
_WORD = re.compile(re.escape(WORD), re.IGNORECASE)


class OpenTrees:
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        self._kept = b""

    def passed(self, piece: bytes) -> bytes:
        """Return what may pass of all pieces so far; the last few bytes wait, for the word may be cut in two."""
        text = _WORD.sub(INSTEAD, self._kept + piece)
        cut = max(0, len(text) - len(WORD) + 1)
        self._kept = text[cut:]
        return text[:cut]

    def rest(self) -> bytes:
        """Return what waits, once no more comes."""
        kept, self._kept = self._kept, b""
        return kept
