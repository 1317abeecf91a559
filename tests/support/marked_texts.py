"""Texts with their findings marked, and a finder that finds those: for tests of what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymise.prose.entities import Entity, Span

KINDS = {"": Entity.PERSON, "o": Entity.ORGANISATION, "p": Entity.PHONE, "l": Entity.LOCATION}
MARKED = re.compile(r"([olp]?)<([^>]*)>")


class FindsMarked:
    """A finder that knows where its texts' marks stood."""

    def __init__(self, marked: Sequence[str]) -> None:
        self._spans: dict[str, tuple[Span, ...]] = {}
        for text in marked:
            plain, spans, done = "", [], 0
            for match in MARKED.finditer(text):
                plain += text[done : match.start()]
                spans.append(Span(len(plain), len(plain) + len(match[2]), KINDS[match[1]], 0.9))
                plain, done = plain + match[2], match.end()
            self._spans[plain + text[done:]] = tuple(spans)

    @property
    def texts(self) -> list[str]:
        """The texts without marks."""
        return list(self._spans)

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Return what was marked; nothing in other texts."""
        return [self._spans.get(text, ()) for text in texts]
