"""Shares of answers whose interval held the truth, by kind of figure: what they should be, and the document's words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from statistics import median

from scipy.stats import beta

ERRORS = 3.5
"""Standard errors that a share may be off by chance: one in two thousand."""
NINES = 3.29
"""Standard errors of which a share is not further off in 99.9 of 100 runs."""
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
    allowed = f"exactly {should:.3f}, ± {off(should, of):.3f} by chance; {of:,} releases"
    measured(kind, f"{found:.3f}, the furthest off of {len(SHARES[kind])}", allowed)
    return abs(share - expected) <= off(expected, number)


def at_least(kind: str, share: float, number: int, measured: Callable[..., None]) -> bool:
    """Note a share that has to be 95 % or more; return whether it is, but for chance."""
    SHARES[kind].append((share, 0.95, number))
    shares = sorted(one[0] for one in SHARES[kind])
    inside = round(shares[0] * number)
    low = float(beta.ppf(FAILURE, inside, number - inside + 1))
    high = float(beta.ppf(1 - FAILURE, inside + 1, number - inside)) if inside < number else 1.0
    lowest = f"least {shares[0]:.3f} ({low:.3f} to {high:.3f})"
    measured(
        kind,
        f"{lowest}, middle {median(shares):.3f}, most {shares[-1]:.3f} of {len(shares)}",
        f"at least 0.95, less {off(0.95, number):.3f} by chance; {number:,} releases",
    )
    return share >= 0.95 - off(0.95, number)


def least(claim: float, releases: int) -> float:
    """Return the least share of so many releases that is no less than was claimed, but for chance."""
    return claim - NINES * math.sqrt(claim * (1 - claim) / releases)


def enough(
    what: str,
    share: float,
    claim: float,
    releases: int,
    measured: Callable[..., None],
    *,
    of: int = 1,
    control: bool = False,
) -> bool:
    """Note a share that has to be as large as was claimed; return whether it is, but for chance.

    Args:
        what: what it is a share of.
        share: of the releases, from 0 to 1; the least one where it is one of several.
        claim: what was said of it.
        releases: how many it is a share of.
        measured: notes it.
        of: how many shares it is the least of.
        control: whether it is of something that was broken on purpose, and has to be less.
    """
    found = f"{share:.3f}" if of == 1 else f"{share:.3f}, the least of {of:,}"
    by_chance = claim - least(claim, releases)
    measured(
        what, found, f"at least {claim:.2f}, less {by_chance:.3f} by chance; {releases:,} releases", control=control
    )
    return share >= least(claim, releases)
