"""Words of a page that are exchanged as it passes, wherever the pieces that come are cut.

A page is not read as a browser reads it: a word is exchanged in a text, a comment or a string of a program too.
"""

from __future__ import annotations

import re


class Exchange:
    """A page that passes piece by piece."""

    def __init__(self, word: re.Pattern[bytes], instead: bytes, *, longest: int) -> None:
        """Begin a page.

        Args:
            word: what is exchanged.
            instead: what stands in its place, in which the word may not begin anew.
            longest: bytes that the word has at most, with those behind it by which it is known.
        """
        self._word, self._instead, self._longest = word, instead, longest
        self._kept = b""

    def passed(self, piece: bytes) -> bytes:
        """Return what may pass of all pieces so far; the last few bytes wait, for the word may be cut in two."""
        text = self._word.sub(self._instead, self._kept + piece)
        cut = max(0, len(text) - self._longest + 1)
        self._kept = text[cut:]
        return text[:cut]

    def rest(self) -> bytes:
        """Return what waits, once no more comes."""
        kept, self._kept = self._kept, b""
        return kept
