"""`strptime` formats, as contracts state them, in the letters of Spark's parser (Java's DateTimeFormatter)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from datalab.errors import ExtractError

# One letter takes one or two digits, as strptime does; fixed width where another number follows at once.
_LETTERS: Mapping[str, str] = {
    "d": "d",
    "m": "M",
    "y": "yy",
    "Y": "yyyy",
    "H": "H",
    "I": "h",
    "M": "m",
    "S": "s",
    "p": "a",
    "b": "MMM",
    "B": "MMMM",
    "f": "SSSSSS",
    "z": "xx",
}
_FIXED: Mapping[str, str] = {letter: letter * 2 for letter in "dMHhms"}
_TOKEN = re.compile(r"%(.)|([^%]+)")
TWO_DIGIT_YEAR = "%y"
"""Directive whose century is a convention: 69 to 99 are 19xx, as POSIX has it; Java takes every one for 20xx."""


def java_format(strptime_format: str) -> str:
    """Translate a format.

    Raises:
        ExtractError: if it holds a directive that the lab does not read.
    """
    tokens = _TOKEN.findall(strptime_format)
    parts = []
    for place, (directive, literal) in enumerate(tokens):
        if literal:
            parts.append("".join(_quoted(character) for character in literal))
            continue
        letters = _LETTERS.get(directive)
        if letters is None:
            raise ExtractError(
                f"The lab does not read dates with %{directive} in their format.",
                remedy=f"Use one of: {', '.join(f'%{known}' for known in _LETTERS)}.",
            )
        beside_number = (place > 0 and not tokens[place - 1][1]) or (
            place + 1 < len(tokens) and not tokens[place + 1][1]
        )
        parts.append(_FIXED.get(letters, letters) if beside_number else letters)
    return "".join(parts)


def _quoted(character: str) -> str:
    if character == "'":
        return "''"
    return f"'{character}'" if character.isalpha() else character
