"""Shares of answers whose interval held the truth, by kind of figure: what they should be, and the document's words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from statistics import median

from scipy.stats import beta

ERRORS = 3.5
"""Standard errors that a share may be off by chance: one in two thousand."""
FAILURE = 0.0005
"""Chance that an end of the interval of a share is wrong."""
SHARES: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
"""By kind of figure: the share that held, what it should be, and of how many answers."""


def off(expected: float, number: int) -> float:
    """Return by how much a share of so many answers may be off by chance."""
    return ERRORS * math.sqrt(expected * (1 - expected) / number) + 0.5 / number


def exactly(kind: str, share: float, expected: float, number: int, measured: Callable[..., None]) -> bool:
    """Note a share that has to be as expected; return whether it is, on both sides."""
    SHARES[kind].append((share, expected, number))
    found, should, of = max(SHARES[kind], key=lambda one: abs(one[0] - one[1]) / off(one[1], one[2]))
    allowed = f"exactly {should:.3f}, ± {off(should, of):.3f} by chance"
    measured(kind, f"{found:.3f}, the furthest off of {len(SHARES[kind])}", allowed)
    return abs(share - expected) <= off(expected, number)


def at_least(kind: str, share: float, number: int, measured: Callable[..., None]) -> bool:
    """Note a share that has to be 95 % or more; return whether it is, but for chance."""
    SHARES[kind].append((share, 0.95, number))
    shares = sorted(one[0] for one in SHARES[kind])
    inside = round(shares[0] * number)
    low = float(beta.ppf(FAILURE, inside, number - inside + 1))
    high = float(beta.ppf(1 - FAILURE, inside + 1, number - inside)) if inside < number else 1.0
    least = f"least {shares[0]:.3f} ({low:.3f} to {high:.3f})"
    measured(kind, f"{least}, middle {median(shares):.3f}, most {shares[-1]:.3f} of {len(shares)}", "at least 0.95")
    return share >= 0.95 - off(0.95, number)
