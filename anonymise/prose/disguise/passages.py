"""Passages of a text as they read without their disguise, each letter with its place in the text as it stands.

Undone are look-alike letters and marks (a word goes on in Latin letters, or it is left: what cannot be read as Latin
is no name in disguise), and encodings of letters: URL (RFC 3986, and the blanks of forms), quoted-printable (RFC 2045),
escapes of JSON (RFC 8259). Only the neighbourhood is searched again, so that a name with an accent does not cost a
second reading of a judgment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import regex  # type: ignore[import-untyped]  # letters of every alphabet

from anonymise.prose.disguise.letters import look_alikes, plain
from anonymise.prose.entities import Span

AROUND: Final = 60
"""Characters before and after a disguise that are read with it."""
_ENCODED = regex.compile(
    r"(?:%(?:25){0,5}[0-9A-Fa-f]{2}){1,200}|(?:=[0-9A-F]{2}){1,200}|=\r?\n|"
    r"(?:\\u[0-9A-Fa-f]{4}){1,200}|(?:\\x[0-9A-Fa-f]{2}){1,200}"
)
"""A per cent sign is `%25` itself where an encoding was encoded."""
_FORM = regex.compile(r"(?<!\S)[^\s%]*+%[0-9A-Fa-f]{2}\S*+")
"""A run with a URL encoding in it, where a plus sign can be a blank (HTML, application/x-www-form-urlencoded)."""
_SIGNS = regex.compile(r"%(?:25)*(?=[0-9A-Fa-f]{2})|=|\\x|\s")
_FIGURES = regex.compile(
    r"(?<![\w£$€.])(?=[OoIl\u041e\u043e]{0,12}\d)(?=\d{0,12}[OoIl\u041e\u043e])[0-9OoIl\u041e\u043e]{3,14}(?!\w)"
)
"""Numbers with letters for noughts and ones: `O77OO`."""
_FIGURE: Final = str.maketrans("OoIl\u041e\u043e", "001100")
_WORD = regex.compile(r"[\p{L}\p{M}\U0001F150-\U0001F189\U0001F1E6-\U0001F1FF]{2,200}")
_SUSPECT = regex.compile(
    r"\d[OoIl]|[OoIl]\d|%[0-9A-Fa-f]{2}|=(?:[0-9A-F]{2}|\r?\n)|\\[ux][0-9A-Fa-f]{2}|[\U0001F150-\U0001F189\U0001F1E6-\U0001F1FF]|"
    r"[[\p{L}\p{M}]--[A-Za-z]]",
    flags=regex.V1,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text without its disguise."""

    text: str
    starts: tuple[int, ...]
    """Where in the text as it stands each character begins."""
    ends: tuple[int, ...]
    """And where it ends."""

    def back(self, span: Span) -> Span:
        """Return what was found here as a piece of the text as it stands."""
        return Span(self.starts[span.start], self.ends[span.end - 1], span.entity, span.score)


@dataclass(slots=True)
class _Letters:
    """Characters with the places they come from, and whether they were in disguise."""

    characters: list[str]
    starts: list[int]
    ends: list[int]
    changed: list[bool]


def undisguised(text: str) -> tuple[Passage, ...]:
    """Return the passages that read otherwise without their disguise; most texts have none.

    Args:
        text: cleaned text.
    """
    if _SUSPECT.search(text) is None:
        return ()
    letters = _in_latin(_in_figures(_decoded(text)))
    if not any(letters.changed):
        return ()
    return tuple(
        Passage(
            "".join(letters.characters[start:end]), tuple(letters.starts[start:end]), tuple(letters.ends[start:end])
        )
        for start, end in _neighbourhoods(letters)
    )


def _decoded(text: str) -> _Letters:
    letters = _Letters([], [], [], [])
    done = 0
    for match in _ENCODED.finditer(text):
        said = _said(match.group())
        _add(letters, text[done : match.start()], done)
        for character in said:
            letters.characters.append(character)
            letters.starts.append(match.start())
            letters.ends.append(match.end())
            letters.changed.append(True)
        if not said and letters.changed:  # a line that goes on: its neighbour stands for it
            letters.changed[-1] = True
        done = match.end()
    _add(letters, text[done:], done)
    return _with_blanks(letters, text) if "+" in text and "%" in text else letters


def _with_blanks(letters: _Letters, text: str) -> _Letters:
    """Write blanks for plus signs in runs that are URL-encoded."""
    joined = "".join(letters.characters)
    for match in _FORM.finditer(text):
        if "+" not in match.group():
            continue
        for place in range(bisect_left(letters.starts, match.start()), bisect_left(letters.starts, match.end())):
            if joined[place] == "+" and text[letters.starts[place]] == "+":
                letters.characters[place], letters.changed[place] = " ", True
    return letters


def _add(letters: _Letters, text: str, start: int) -> None:
    letters.characters.extend(text)
    letters.starts.extend(range(start, start + len(text)))
    letters.ends.extend(range(start + 1, start + len(text) + 1))
    letters.changed.extend([False] * len(text))


def _said(written: str) -> str:
    """Return what an encoding says; nothing for the soft end of a line."""
    if written.startswith("\\u"):
        pairs = b"".join(int(code, 16).to_bytes(2, "big") for code in written.split("\\u")[1:])
        return pairs.decode("utf-16-be", "replace")
    return _text_of(bytes.fromhex(_SIGNS.sub("", written)))


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _in_figures(letters: _Letters) -> _Letters:
    """Write numbers in figures."""
    joined = "".join(letters.characters)
    for match in _FIGURES.finditer(joined):
        letters.characters[match.start() : match.end()] = match.group().translate(_FIGURE)
        letters.changed[match.start() : match.end()] = [True] * len(match.group())
    return letters


def _in_latin(letters: _Letters) -> _Letters:
    """Write words in Latin letters that can be read so."""
    joined = "".join(letters.characters)
    if joined.isascii() or len(joined) != len(letters.characters):
        return letters
    written = _Letters([], [], [], [])
    done = 0
    for match in _WORD.finditer(joined):
        latin = _latin(match.group())
        if latin is None:
            continue
        _copy(letters, written, done, match.start())
        for place, character in enumerate(latin, start=match.start()):
            if character:
                written.characters.append(character)
                written.starts.append(letters.starts[place])
                written.ends.append(letters.ends[place])
                written.changed.append(True)
            elif written.ends:  # a mark belongs to the letter before it
                written.ends[-1] = letters.ends[place]
        done = match.end()
    _copy(letters, written, done, len(joined))
    return written


def _copy(letters: _Letters, into: _Letters, start: int, end: int) -> None:
    into.characters += letters.characters[start:end]
    into.starts += letters.starts[start:end]
    into.ends += letters.ends[start:end]
    into.changed += letters.changed[start:end]


def _latin(word: str) -> list[str] | None:
    """Return each character of a word in Latin; None where the word is plain, or cannot be read as Latin.

    An accent is no disguise, two or more on half of a word's letters are.
    """
    if word.isascii():
        return None
    latin = [plain(character) for character in word]
    if not all(character.isascii() for character in latin):
        return None
    strange = sum(not character.isascii() for character in word)
    is_disguised = any(not one or character in look_alikes() for one, character in zip(latin, word, strict=True))
    return latin if is_disguised or (strange > 1 and 2 * strange >= len(word)) else None


def _neighbourhoods(letters: _Letters) -> Iterator[tuple[int, int]]:
    """Yield from where to where to read, cut at blanks, without overlap."""
    places = [place for place, changed in enumerate(letters.changed) if changed]
    start, last = places[0], places[0]
    for place in places[1:]:
        if place - last > 2 * AROUND:
            yield _cut(letters, start, last)
            start = place
        last = place
    yield _cut(letters, start, last)


def _cut(letters: _Letters, first: int, last: int) -> tuple[int, int]:
    start, end = max(0, first - AROUND), min(len(letters.characters), last + AROUND)
    while 0 < start < first and not letters.characters[start - 1].isspace():
        start += 1
    while last + 1 < end < len(letters.characters) and not letters.characters[end].isspace():
        end -= 1
    return start, end
