"""A cell of several fields: an object of JSON, values with bars between, a name and a number written together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # letters of every alphabet

from anonymise.cells.kind import CellKind
from anonymise.cells.names import LONE, LONE_OF_MANY, UNKNOWN, is_full_name, name_kinds
from anonymise.cells.numbers import number_kinds

LONGEST: Final = 500
"""Characters of a cell that is taken apart: a record, and no document."""
_TAKEN_APART: Final = regex.compile(r"""[\s{}\[\]]*["{}\[\]|;\t][\s{}\[\]"]*""")
_BY_CHANCE: Final = frozenset((LONE, LONE_OF_MANY, UNKNOWN))
"""Of many fields one is a lone name by chance (`F32|al`), and two words that no list holds are as likely a code's."""
_NOT_VALUES: Final = regex.compile(r"[:,]*\s*")
_TOGETHER: Final = regex.compile(r"(?:\d+[-_ ]{1,2})?(\p{Lu}\p{Ll}+)[-_.]?(\p{Lu}[\p{L}']+)(?:[-_ ]?\d+)?")
"""`0001-Ngozi_Okafor`, `NgoziOkafor12`."""


def field_kinds(cell: str) -> frozenset[CellKind]:
    """Return what the fields of a cell can be; empty where it has one field."""
    if len(cell) > LONGEST:
        return frozenset()
    if (match := _TOGETHER.fullmatch(cell)) is not None:
        return name_kinds(f"{match[1]} {match[2]}") - _BY_CHANCE if is_full_name(match[1], match[2]) else frozenset()
    kinds = frozenset(kind for field in _fields(cell) for kind in (*number_kinds(field), *name_kinds(field)))
    return kinds - _BY_CHANCE


def _fields(cell: str) -> Iterator[str]:
    if _TAKEN_APART.search(cell) is None:
        return
    for part in _TAKEN_APART.split(cell):
        if (field := part.strip()) and _NOT_VALUES.fullmatch(field) is None:
            yield field.lstrip(":, ").rstrip(":, ")
