"""Prose as a reader sees it: what hides characters from a search is undone before anything is searched."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from anonymise.prose.cleaned.markup import without_markup
from anonymise.prose.lists.names import WORD, bare, name_lists

ROUNDS: Final = 6
"""How often what hides characters is undone: an escape may hide a tag, and full width an escape."""
_AMPERSANDS = re.compile(r"&(?:(?:amp|#0*38|#[xX]0*26);)+")
"""Systems that pass text on escape it again, and again."""
_ENTITY = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z]{2,31};)")
_NEVER_SHOWN = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\ufe00-\ufe0f\u2800]")
"""Characters without a shape that are not of category Cf."""
_ACUTE = re.compile(r"(?<=[^\W\d_])\u00b4(?=[^\W\d_])")
"""An accent that is typed for an apostrophe; compatibility form would make a blank and a mark of it."""
_BLANKS = re.compile(r"[^\S\n]+")
_WIDE = re.compile(r"(?:\x00[^\x00]){3,}|(?:[^\x00]\x00){3,}")
"""UTF-16 read as one byte a character: every second one is nothing."""
_TWICE = re.compile(
    "(?:[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3})+"
)
"""UTF-8 read as Windows-1252 or Latin-1."""
_REVERSED = re.compile("\u202e([^\u202c\n]{0,2000})")
"""What is shown from right to left whatever it is (Unicode TR9, RLO)."""
_FILES: Final = ("%PDF-", "PK\x03\x04", "\x89PNG", "\ufffdPNG", "GIF8", "\xff\xd8\xff", "{\\rtf", "\xd0\xcf\x11\xe0")
"""How files begin that are no text: PDF, ZIP and what is made of it, PNG, GIF, JPEG, RTF, Office before 2007."""
BINARY: Final = 0.05
"""Share of characters that no text holds from which a cell is binary."""
FEWEST: Final = 4
_NO_TEXT: Final = frozenset(("Cc", "Cn", "Cs"))
"""Controls, code points without a character, halves of one. Private use is text: Word's bullets are pasted as such."""


def clean(text: str) -> str:
    """Return a text in compatibility form (Unicode TR15, NFKC) without markup and without characters that never show.

    Zero-width and direction marks go, full-width and mathematical letters become plain ones, character references
    become their characters, control characters and runs of blanks become one blank. Text that was read in the wrong
    encoding is read in the right one. What is shown in reverse is reversed where that gives names.
    """
    if text.isascii() and "<" not in text and "&" not in text and text.isprintable():
        return text  # as most cells are
    shown = text
    for _ in range(ROUNDS):
        before = shown
        shown = _once(shown)
        if shown == before:
            break
    return shown


def is_binary(text: str) -> bool:
    """Whether a cell holds a file or bytes rather than text, and cannot be searched."""
    if text.isascii() and text.isprintable():
        return text.startswith(_FILES)
    if text.lstrip().startswith(_FILES):
        return True
    said = _WIDE.sub(_narrow, text)
    odd = sum(
        character == "\ufffd"
        or (character not in "\t\n\v\f\r\x1c\x1d\x1e\x85" and unicodedata.category(character) in _NO_TEXT)
        for character in said
        if not " " <= character <= "~"
    )
    return odd >= FEWEST and odd > BINARY * len(said)


def _once(text: str) -> str:
    shown = _WIDE.sub(_narrow, text) if "\x00" in text else text
    shown = _TWICE.sub(_read_again, shown)
    shown = _REVERSED.sub(_as_read, shown) if "\u202e" in shown else shown
    # Characters that never show may stand inside a tag or a reference: they go first.
    has_odd = not shown.replace("\n", "").isprintable()
    kept = "".join(map(_visible, shown)) if has_odd else shown
    shown = _NEVER_SHOWN.sub("", kept)
    if "&" in shown:
        shown = _ENTITY.sub(lambda match: html.unescape(match.group()), _AMPERSANDS.sub("&", shown))
    shown = without_markup(shown)
    shown = _ACUTE.sub("'", shown) if "\u00b4" in shown else shown
    shown = unicodedata.normalize("NFKC", shown)
    return _BLANKS.sub(" ", shown)


def _visible(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    # Cf: zero-width, direction and tag characters; the rest are controls, odd blanks, surrogates, private use.
    return "" if unicodedata.category(character) == "Cf" else " "


def _narrow(match: re.Match[str]) -> str:
    return match.group().replace("\x00", "")


def _read_again(match: re.Match[str]) -> str:
    try:
        return b"".join(map(_byte, match.group())).decode("utf-8")
    except UnicodeError:
        return match.group()


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:  # five bytes that Windows-1252 leaves out
        return character.encode("latin-1")


def _as_read(match: re.Match[str]) -> str:
    """Return a run in the order in which a reader sees it, where names come of it that do not stand in it as it is."""
    run = match.group(1)
    return run[::-1] if _names(run[::-1]) > _names(run) else run


def _names(text: str) -> int:
    lists = name_lists()
    return sum(lists.is_given(name) or lists.is_surname(name) for name in map(bare, WORD.findall(text)))
