"""Prose as a reader sees it: what hides characters from a search is undone before anything is searched."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->", re.DOTALL)
"""A tag can carry an address in an attribute, so it goes as a whole."""
ESCAPES: Final = 3
"""How often character references are undone: systems that pass text on escape it again."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_NEVER_SHOWN = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\ufe00-\ufe0f\u2800]")
"""Characters without a shape that are not of category Cf."""
_BLANKS = re.compile(r"[^\S\n]+")


def clean(text: str) -> str:
    """Return a text in compatibility form (Unicode TR15, NFKC) without markup and without characters that never show.

    Zero-width and direction marks go, full-width and mathematical letters become plain ones, character references
    become their characters, control characters and runs of blanks become one blank.
    """
    if text.isascii() and "<" not in text and "&" not in text and text.isprintable():
        return text
    shown = text
    for _ in range(ESCAPES):
        shown = _ENTITY.sub(lambda match: html.unescape(match.group()), shown)
    shown = unicodedata.normalize("NFKC", _TAG.sub(" ", shown))
    kept = "".join(_visible(character) for character in shown) if not shown.isprintable() else shown
    return _BLANKS.sub(" ", _NEVER_SHOWN.sub("", kept))


def _visible(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    # Cf: zero-width, direction and tag characters; the rest are controls, odd blanks, surrogates, private use.
    return "" if unicodedata.category(character) == "Cf" else " "
