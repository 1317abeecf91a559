"""Numbers as people read them: no more digits than their noise justifies, and no powers of ten.

What is stored and what leaves in a bundle keeps every digit; this is for terminals and remarks alone.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.plan import FigureKind

UNKNOWN = 6
"""Significant digits of a figure whose noise is not known from its interval."""
NOISY = 2
"""Significant digits of the noise to which a figure is shown (JCGM 100:2008, "Guide to the expression of uncertainty in
measurement", 7.2.6)."""

AMOUNTS = frozenset({FigureKind.ROWS.value, FigureKind.UNITS.value, FigureKind.SUM.value})
"""Kinds of figures that are noisy amounts: told as they were drawn, be that possible or not."""


def significant(number: float, digits: int = 3) -> str:
    """Return a finite number to so many significant digits, such as `12,300` or `0.0412`."""
    exact = Decimal(repr(number))
    if not exact:
        return "0"
    return _plain(round(exact, digits - 1 - exact.adjusted()))


def estimate_text(one: Estimate, *, amount: bool = False) -> str:
    """Return a figure and its interval in one text; where noise left no figure, what is possible."""
    value, interval = estimate_parts(one, amount=amount)
    if value and interval:
        return f"{value}  [{interval}]"
    if not interval:
        return value or "too few to say"
    return f"no one figure; within [{interval}]" if " to " in interval else f"no one figure; {interval}"


def estimate_parts(one: Estimate, *, amount: bool = False) -> tuple[str, str]:
    """Return a figure and its interval to the digits that the interval justifies; whole digits are never dropped.

    A noisy amount can lie where no true one can, such as a count below 0. Its interval then ends at the figure itself
    (`datalab.privacy.estimate.count.within`), which says nothing of the truth: only the other end is told. An upper end
    that is the figure says something where the lower one is not below 0: it was widened to hold a changed figure.

    The ends are rounded outward, so that what is shown holds the truth no less often.

    Args:
        one: the figure.
        amount: whether it is a count or a sum, of which an end that is the figure is such a one.

    Returns:
        The figure, empty where noise left none; and the interval, empty where nothing is known to be possible.
    """
    ends = [end for end in (one.low, one.high) if end is not None]
    if one.value is None:
        half = (max(ends) - min(ends)) / 2 if ends else 0.0
    else:
        half = max((abs(end - one.value) for end in ends), default=0.0)
    places = _places(half) if ends else None
    value = _text(one.value, places, ROUND_HALF_EVEN)
    low, high = _text(one.low, places, ROUND_FLOOR), _text(one.high, places, ROUND_CEILING)
    if amount and one.value is not None and one.value == one.low and one.value < 0:
        low = None
    elif amount and one.value is not None and one.value == one.high and one.low is not None and one.low < 0 < one.value:
        high = None
    elif one.value is not None and ends:
        return value or "", f"{low or 'no limit'} to {high or 'no limit'}"
    return value or "", _possible(low, high)


def _possible(low: str | None, high: str | None) -> str:
    """Say what is possible where an end is not told."""
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is None and high is None:
        return ""
    return f"{high} or less" if low is None else f"{low} or more"


def _places(half: float) -> int | None:
    """Return how many decimal places half an interval justifies; None where it says nothing of the noise."""
    return max(NOISY - 1 - math.floor(math.log10(half)), 0) if half > 0 else None


def _text(number: float | None, places: int | None, rounding: str) -> str | None:
    if number is None:
        return None
    if isinstance(number, int):
        return f"{number:,}"
    exact = Decimal(repr(number))
    if places is not None:
        return f"{exact.quantize(Decimal(1).scaleb(-places), rounding=rounding):,f}"
    return _plain(round(exact, max(UNKNOWN - 1 - exact.adjusted(), 0) if exact else 0))


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
