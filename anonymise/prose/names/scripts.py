"""Names in other letters than Latin ones: in an English note a word in Arabic, Bengali or Chinese letters is one.

What else stands there in such letters is somebody's speech or another word of their language, and goes with it. Greek
letters are signs in medicine and physics one or two at a time (`β-hCG`, `αβ cells`), so a Greek name has three or more.
A text without one Latin word of two letters is prose of another language, and stays, unless it is so short that it is a
name alone. A letter within a Latin word is that word in disguise (`anonymise.prose.disguise`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # letters by their script

from anonymise.prose.entities import Entity, Span

OTHER: Final = 0.58
"""Score: above the model's, which reads English and takes such words for anything."""
MOST_ALONE: Final = 3
"""Most words of a text without a Latin one that is a name and nothing else."""
_LATIN: Final = regex.compile(r"\p{Latin}{2}")
_JOINERS: Final = "\u200c\u200d"
_WORD: Final = (
    # Of a script in which words are written letter by letter two are a word; of Chinese and Japanese, one sign is.
    rf"(?:[\p{{Han}}\p{{Hangul}}\p{{Hiragana}}\p{{Katakana}}][\p{{Han}}\p{{Hangul}}\p{{Hiragana}}\p{{Katakana}}\u30fc]*+|"
    rf"(?!\p{{Greek}})[^\P{{L}}\p{{Latin}}\p{{Common}}][[^\P{{L}}\p{{Latin}}\p{{Common}}]\p{{M}}{_JOINERS}]++|"
    r"\p{Greek}[\p{Greek}\p{M}]{2,}+)"
)
_BETWEEN: Final = r"[ \u00a0\u3000\u30fb\u00b7.,'\u2019\u05f3\u05f4-]{1,2}"
_RUN: Final = regex.compile(rf"(?<![\p{{Latin}}\p{{M}}]){_WORD}(?:{_BETWEEN}{_WORD})*+(?!\p{{Latin}})", flags=regex.V1)


def find_in_other_scripts(text: str) -> Iterator[Span]:
    """Yield runs of words in other letters than Latin ones.

    Args:
        text: cleaned text.
    """
    if text.isascii():
        return
    runs = [match.span() for match in _RUN.finditer(text)]
    if runs and (_LATIN.search(text) is not None or len(text.split()) <= MOST_ALONE):
        for start, end in runs:
            yield Span(start, end, Entity.PERSON, OTHER)
