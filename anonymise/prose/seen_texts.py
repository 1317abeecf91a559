"""Texts that were searched before: each is searched once for as long as this lives, one extract in one worker.

Notes are full of stock phrases (`No further action.`), and a language model is most of what redaction costs. What is
kept is where findings stand and of what kind they are, under a keyed digest of the text (BLAKE2b, RFC 7693) whose key
was never anywhere else: no text, and nothing by which to tell whether some text was there once the key is gone.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from anonymise.prose.entities import Span
from anonymise.prose.redaction import Finder

MOST: Final = 20_000
"""Texts that are remembered, those that were met last: some 20 MB with six findings each."""
LONGEST: Final = 2_000
"""Characters of a text that is remembered: longer ones hardly ever come twice, and have many findings."""
_KEY: Final = 32
_DIGEST: Final = 16


class SeenTexts:
    """Finds as another finder does, and asks it for each text once.

    Args:
        finder: what finds in a text depends on the text alone.
        most: texts that are remembered.
    """

    def __init__(self, finder: Finder, *, most: int = MOST) -> None:
        self._finder = finder
        self._most = most
        self._key = secrets.token_bytes(_KEY)
        self._found: OrderedDict[bytes, tuple[Span, ...] | None] = OrderedDict()

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find identifiers in each text; None where a text could not be searched to its end."""
        digests = [self._digest(text) for text in texts]
        found = {digest: self._found[digest] for digest in digests if digest in self._found}
        unseen = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in found}
        found.update(zip(unseen, self._finder.find(list(unseen.values())), strict=True))
        for digest, text in zip(digests, texts, strict=True):
            # A pattern that ran out of time may have had a slow moment: such a text is searched again.
            if len(text) <= LONGEST and found[digest] is not None:
                self._found[digest] = found[digest]
                self._found.move_to_end(digest)
        while len(self._found) > self._most:
            self._found.popitem(last=False)
        return [found[digest] for digest in digests]

    def _digest(self, text: str) -> bytes:
        # A surrogate that stands alone has no UTF-8 of its own; each keeps its number here.
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=_DIGEST).digest()
