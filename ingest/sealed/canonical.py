"""JSON of one form: what is signed is one byte sequence, and reading refuses any other.

Sorted keys, no spaces, UTF-8: the values used here have one form each in RFC 8785 and here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

MAX_COUNT: Final = 2**53 - 1
"""Largest count: what every JSON reader holds exactly."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
VERSION = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}")
HEX_32 = re.compile(r"[0-9a-f]{64}")


def render(document: dict[str, Any]) -> bytes:
    """Render a JSON object canonically."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_form_of(rendered: Callable[[], bytes], document: dict[str, Any]) -> bool:
    """Say whether a document is, byte for byte, what its value renders as.

    Args:
        rendered: renders the value: a time can be one that no clock in Greenwich shows, and then it has no form.
        document: as it was read; it may hold what cannot be written, such as one half of a character, or be
            too deep for that.
    """
    try:
        return render(document) == rendered()
    except (OverflowError, RecursionError, ValueError):
        return False


def text_in(document: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a text of a stated form; raises KeyError where it is missing, ValueError where it is another."""
    value = document[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(name)
    return value


def count_in(document: dict[str, Any], name: str) -> int:
    """Return a count; raises KeyError where it is missing, ValueError where it is none."""
    value = document[name]
    if type(value) is not int or not 0 <= value <= MAX_COUNT:  # a bool is an int to isinstance
        raise ValueError(name)
    return value
