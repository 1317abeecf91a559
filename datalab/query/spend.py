"""How much rho an epsilon buys: for authors who think in epsilon. What is charged and shown is OpenDP's own figure."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from datalab.errors import QueryError
from datalab.query.exact import exactly

NANO = 10**9
"""Budgets are whole billionths of rho."""
DEFAULT_DELTA = Fraction(1, 10**6)
"""The delta at which an epsilon is meant, where the author states none."""
SEARCH_STEPS = 200
"""Halvings of an interval: more than a double can tell apart."""
MAX_EPSILON = 100
"""Largest epsilon that means anything."""
MAX_RHO = 10**6
"""Largest rho that is read: far beyond what any noise would hide, and within what a question document can hold."""
MIN_DELTA = Fraction(1, 10**100)
"""Smallest delta that is calculated with."""


def exact_rho(rho: Fraction | Decimal | float | str) -> Fraction:
    """Return a stated rho exactly as it was written, in whole billionths, rounded down.

    Raises:
        QueryError: if it is not a number from 0 to `MAX_RHO`.
    """
    try:
        stated = exactly(rho)
    except ValueError:
        raise QueryError("The budget is not a number.", remedy="Write rho=0.05 or rho='1/20'.") from None
    if not 0 <= stated <= MAX_RHO:
        raise QueryError(
            "The budget is not one that the lab can read.",
            why=f"Rho lies between 0 and {MAX_RHO:,}.",
            remedy="Write rho=0.05 or rho='1/20'.",
        )
    return Fraction(math.floor(stated * NANO), NANO)


def rho_text(rho: Fraction) -> str:
    """Return a budget of whole billionths as a decimal number, exact, as `exact_rho` reads it."""
    return f"{Decimal(math.floor(rho * NANO)).scaleb(-9):f}".rstrip("0").rstrip(".")


def rho_for_epsilon(
    epsilon: Fraction | Decimal | float | str, delta: Fraction | Decimal | float | str = DEFAULT_DELTA
) -> Fraction:
    """Return the largest rho, in whole billionths, whose epsilon at `delta` stays at or below `epsilon`.

    Raises:
        QueryError: if epsilon or delta are outside their ranges.
    """
    try:
        most, at = exactly(epsilon), exactly(delta)
    except ValueError:
        most = at = Fraction(0)
    if not (0 < most <= MAX_EPSILON and MIN_DELTA <= at < 1):
        raise QueryError(
            "The budget is not one that the lab can read.",
            why=f"Epsilon lies between 0 and {MAX_EPSILON}, delta between {float(MIN_DELTA):g} and 1.",
            remedy="Write epsilon=1.0; delta has a default.",
        )
    low, high = 0.0, float(most)
    for _ in range(SEARCH_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _epsilon(middle, float(at)) <= float(most) else (low, middle)
    return Fraction(math.floor(low * (1 - 2**-30) * NANO), NANO)


def epsilon_for_rho(rho: Fraction, delta: Fraction = DEFAULT_DELTA) -> float:
    """Return about which epsilon a rho is at `delta`, rounded up to four decimals: for display before submission."""
    return math.ceil(_epsilon(float(rho), float(delta)) * 10**4) / 10**4


def _epsilon(rho: float, delta: float) -> float:
    """Return an epsilon such that rho-zCDP is (epsilon, delta)-DP.

    For every order a > 1: a rho + log(1 / (a delta)) / (a - 1) + log(1 - 1/a), the smallest of which is sought
    (Canonne, Kamath and Steinke 2020, arXiv 2004.00010, proposition 12). Any order gives a true bound, so a search that
    ends early only states too much.
    """
    if rho == 0:
        return 0.0
    low, high = -15.0, 15.0  # log of (order - 1)

    def at(position: float) -> float:
        order = 1 + math.exp(position)
        return order * rho - math.log(order * delta) / (order - 1) + math.log1p(-1 / order)

    for _ in range(SEARCH_STEPS):
        third = (high - low) / 3
        low, high = (low, high - third) if at(low + third) <= at(high - third) else (low + third, high)
    return max(at((low + high) / 2), 0.0)
