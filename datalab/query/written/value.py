"""Texts, numbers, lists and objects of a question document: strict, and with a limit on each."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NoReturn
from unicodedata import bidirectional, category

from datalab.errors import QueryError
from datalab.query.model import ColumnRef, Literal

MAX_ITEMS = 1_000
"""Longest list anywhere in a question."""
MAX_TEXT = 500
"""Longest text anywhere in a question, in characters."""
MAX_COUNT = 2**31 - 1
"""Largest whole number that counts something."""
MAX_NUMBER = 2**53
"""Largest number that is calculated with: beyond it, doubles cannot tell neighbouring whole numbers apart."""
MAX_DAYS = 366 * 10_000
"""Longest time between two dates of the calendar, in days."""
ABSENT = object()
"""Stands for a key that a document does not have."""
_EXACT = re.compile(r"\d{1,18}(?:\.\d{1,18}|/[1-9]\d{0,17})?")
_NOT_TEXT = {"Cc", "Cs"}
REORDERS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional controls make a text read otherwise than it is, and a reviewer reads titles (Unicode TR 36, 3.1)."""


def fail(place: str, what: str, remedy: str = "") -> NoReturn:
    """Raise a QueryError that names the place."""
    raise QueryError(f"{place}: {what}.", remedy=remedy)


def node(value: object, place: str, *, needed: set[str], allowed: frozenset[str] | set[str] = frozenset()) -> Any:  # noqa: ANN401 - JSON values
    """Return an object that has every needed key, and none that is neither needed nor allowed."""
    if not isinstance(value, Mapping):
        fail(place, "this must be an object")
    missing = sorted(needed - value.keys())
    if missing:
        fail(place, f"{', '.join(missing)} is missing", "Add it.")
    unknown = sorted(map(_shown, value.keys() - needed - allowed))
    if unknown:
        fail(place, f"unknown key {', '.join(unknown[:5])}", f"Known: {', '.join(sorted(needed | allowed))}.")
    return value


def _shown(key: object) -> str:
    """Return a key as it can be shown: some would steer a terminal, or cannot be printed."""
    return key[:40] if isinstance(key, str) and key.isprintable() else "of odd characters"


def kind_of(value: object, key: str, place: str) -> object:
    """Return what an object says it is."""
    if not isinstance(value, Mapping):
        fail(place, "this must be an object", f'Write an object with "{key}".')
    return value.get(key)


def items(value: object, place: str) -> list[tuple[object, str]]:
    """Return each item of a list with its place."""
    if not isinstance(value, list | tuple):
        fail(place, "this must be a list")
    if len(value) > MAX_ITEMS:
        fail(place, f"the list is longer than {MAX_ITEMS}", "Shorten it.")
    return [(item, f"{place}[{index}]") for index, item in enumerate(value)]


def text(value: object, place: str) -> str:
    """Return a text that reads as it is."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        fail(place, f"this must be a text of at most {MAX_TEXT} characters")
    if any(category(char) in _NOT_TEXT or bidirectional(char) in REORDERS for char in value):
        fail(place, "control characters, lone surrogates and marks that reorder text are not allowed", "Remove them.")
    return value


def count(value: object, place: str) -> int:
    """Return a whole number above 0."""
    return whole(value, place, least=1, most=MAX_COUNT)


def whole(value: object, place: str, *, least: int, most: int) -> int:
    """Return a whole number of a range."""
    if type(value) is not int or not least <= value <= most:
        fail(place, f"this must be a whole number from {least:,} to {most:,}")
    return value


def number(value: object, place: str) -> int | float:
    """Return a number to calculate with; a whole one as a whole number, so that it is written one way."""
    if type(value) not in (int, float) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
        fail(place, f"this must be a number from {-MAX_NUMBER:,} to {MAX_NUMBER:,}")
    return int(value) if value == int(value) else value


def flag(value: object, place: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        fail(place, "this must be true or false")
    return value


def exact(value: object, place: str, what: str, example: str) -> Fraction:
    """Return a number that is written exactly."""
    if not isinstance(value, str) or not _EXACT.fullmatch(value) or not value.isascii():
        fail(place, f"{what} is written exactly, as a text", f"Write {example}.")
    return Fraction(value)


def level(value: object, place: str) -> Fraction:
    """Return the level of a quantile."""
    read = exact(value, place, "a level", '"0.9" or "9/10"')
    if not 0 < read < 1:
        fail(place, "a level lies above 0 and below 1", 'Write "1/2" for the median.')
    return read


def literal(value: object, place: str) -> Literal:
    """Return what a column can be compared with."""
    match value:
        case bool():
            return value
        case str():
            return text(value, place)
        case int() if -(2**63) <= value < 2**63:
            return value
        case float() if math.isfinite(value):
            return value
        case _:
            fail(place, "this must be a text, true, false, a finite number or a whole number of at most 64 bits")


def read_column(value: object, place: str) -> ColumnRef:
    """Return a column: its name, or an object that names its dataset too."""
    if isinstance(value, str):
        return ColumnRef(name=text(value, place))
    named = node(value, place, needed={"column", "dataset"})
    return ColumnRef(name=text(named["column"], f"{place}.column"), dataset=text(named["dataset"], f"{place}.dataset"))


def write_column(ref: ColumnRef) -> str | dict[str, str]:
    """Return a column as JSON."""
    return ref.name if ref.dataset is None else {"column": ref.name, "dataset": ref.dataset}
