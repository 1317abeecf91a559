"""Places in an author's text: line, column, and the words around, for whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import bidirectional, category

from datalab.errors import QueryError
from datalab.query.written.value import REORDERS

AROUND = 30
"""Characters shown before and after a place."""
_BLANK = "\t\n\r"
_BEGINS = re.compile(r"--|/\*|'|\"")
_CLOSING = {"--": "\n", "/*": "*/"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text."""

    line: int
    column: int
    """Both from 1."""
    around: str
    """The words around it on that line, itself between >>> and <<<."""

    @property
    def where(self) -> str:
        """Line and column in words."""
        return f"at line {self.line}, column {self.column}"


def at_place(text: str, start: int, end: int) -> Place:
    """Return the place of the characters from `start` to before `end`."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    before, inside, after = text[begin:start], text[start:end], text[end:stop]
    before = before if len(before) <= AROUND else f"...{before[-AROUND:]}"
    inside = inside if len(inside) <= AROUND else f"{inside[:AROUND]}..."
    after = after if len(after) <= AROUND else f"{after[:AROUND]}..."
    around = f"{before}>>>{inside}<<<{after}".replace("\n", " ").replace("\r", " ").replace("\t", " ").strip()
    return Place(line=text.count("\n", 0, start) + 1, column=start - begin + 1, around=around)


def characters_refusal(text: str) -> None:
    """Refuse characters that are no text, that steer a terminal, or that make a text read otherwise than it is."""
    for start, character in enumerate(text):
        if character.isascii() and character.isprintable():
            continue
        odd = category(character) in {"Cc", "Cs"} and character not in _BLANK
        if odd or bidirectional(character) in REORDERS:
            place = at_place(text[:start], start, start)
            raise QueryError(
                f"A character is not read {place.where}: U+{ord(character):04X}.",
                why="Control characters, lone surrogates and marks that reorder text are not allowed.",
                remedy="Remove it.",
            )


def unclosed(text: str) -> int | None:
    """Return where a quote or a comment begins that does not end, or None where all do."""
    return next((start for start, end in _asides(text) if end is None), None)


def hints(text: str) -> list[int]:
    """Return where each hint begins: SQL knows those after SELECT alone, and others would pass for comments."""
    return [start for start, _ in _asides(text) if text.startswith("/*+", start)]


def _asides(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield where each quote and each comment begins and ends; None for the end of one that does not end."""
    place = 0
    while begins := _BEGINS.search(text, place):
        closing = _CLOSING.get(begins[0], begins[0])
        end = text.find(closing, begins.end())
        if end < 0:
            yield begins.start(), len(text) if closing == "\n" else None
            return
        yield begins.start(), end
        place = end + len(closing)
