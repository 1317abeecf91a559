"""Numbers exactly as they were written, of a bounded length: a decimal, a fraction, or a float as it prints."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from numbers import Integral

_WRITTEN = re.compile(
    r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?|[+-]?\d{1,30}/\d{1,30}", re.ASCII
)
"""Bounded, so that no text of a few letters stands for a number of a million digits, as 1e999999999 would."""
_BITS = 100
"""Longest whole number: thirty digits."""


def exactly(number: object) -> Fraction:
    """Return a number as it was written: 0.1 is one tenth, and not the binary fraction next to it.

    Raises:
        ValueError: if it is none, is true or false, is not finite, or has more than thirty digits on either side.
    """
    if isinstance(number, bool) or not isinstance(number, str | float | Integral | Fraction | Decimal):
        raise ValueError(_NONE)  # noqa: TRY004 - one error for whatever is no number
    whole = number if isinstance(number, Integral | Fraction) else None
    if whole is not None and max(int(whole.numerator).bit_length(), int(whole.denominator).bit_length()) > _BITS:
        raise ValueError(_NONE)
    text = float.__repr__(number) if isinstance(number, float) else str(number).strip()
    if not _WRITTEN.fullmatch(text):
        raise ValueError(_NONE)
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(_NONE) from None


_NONE = "not a number"
