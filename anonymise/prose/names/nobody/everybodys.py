"""Findings that are words of everybody's alone, and the lines of a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.names.nobody.words import NOBODY

_LINE: Final = regex.compile(r"\S[^\n]*(?<=\S)")
_STRIPPED: Final = ".,:;!?()\"'"


def is_everybodys(text: str) -> bool:
    """Whether a finding is words of everybody's alone, or no words at all: `the NHS`, `GP`, `---`."""
    words = [word.strip(_STRIPPED) for word in text.casefold().split()]
    return all(word in NOBODY or not any(character.isalpha() for character in word) for word in words)


def lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a finding that stand on different lines, without blanks at their ends."""
    for line in _LINE.finditer(text, start, end):
        yield line.span()
