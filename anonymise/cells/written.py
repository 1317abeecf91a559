"""A cell as it was meant: without the quotes, the point and the power of ten that systems write around a number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

_QUOTES: Final = "'\"`\u2018\u2019\u201c\u201d"
_WHOLE: Final = re.compile(r"(\d{6,})\.0+")
"""A whole number out of a column of doubles; shorter ones are counts."""
_POWER: Final = re.compile(r"[1-9]\.\d{7,14}[eE]\+?0?(?:9|1[0-4])")
"""As spreadsheets and doubles write long numbers."""


def as_meant(cell: str) -> str:
    """Return a cell in plain figures (those of other widths are: Unicode, UAX 15), without what only stands around it.

    Args:
        cell: without blanks at its ends.
    """
    plain = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    if plain[:1] in _QUOTES or plain[-1:] in _QUOTES:
        plain = plain.strip(_QUOTES).strip() or plain
    if (whole := _WHOLE.fullmatch(plain)) is not None:
        return whole[1]
    if _POWER.fullmatch(plain):
        number = Decimal(plain)
        return str(int(number)) if number == int(number) else plain
    return plain
