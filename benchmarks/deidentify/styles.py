"""The same texts in other styles: without capitals, and in capitals; no character moves, so that marks hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from marked import Corpus


def in_style(corpus: Corpus, name: str, change: Callable[[str], str]) -> Corpus:
    """Return a corpus with each character changed, where it stays one character."""
    texts = tuple(
        replace(text, text="".join(new if len(new := change(one)) == 1 else one for one in text.text))
        for text in corpus.texts
    )
    return replace(corpus, name=f"{corpus.name}, {name}", texts=texts)
