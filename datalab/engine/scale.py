"""The smallest scale of noise that is within a share of a budget, whoever states the cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from datalab.errors import InternalError
from datalab.privacy.budget import NANO, Budget

STEPS = 64
"""Most times a scale is raised by one unit in the last place before its price is given up on."""


def least_scale(share: Budget, l2_squared: int, map_: Callable[[float], Fraction], name: str) -> tuple[float, Fraction]:
    """Return the smallest scale whose stated cost is within the share, and that cost."""
    rho = Fraction(share.nano_rho, NANO)
    if rho > 0:
        scale = math.sqrt(Fraction(l2_squared) / (2 * rho))
        for _ in range(STEPS):
            stated = map_(scale)
            if stated <= rho:
                return scale, stated
            scale = math.nextafter(scale, math.inf) * (1 + 2**-50)
    raise InternalError(
        f"No noise for the part {name} is priced within its share.",
        why=f"Share {share}, L2 sensitivity squared {l2_squared}.",
        remedy="Report this with the OpenDP version.",
    )


def root_up(square: int) -> float:
    """Return a float that is at least the square root of a whole number, and is it where it is whole."""
    root = math.isqrt(square)
    if root * root == square:
        return float(root)
    estimate = math.sqrt(square)
    while Fraction(estimate) ** 2 < square:
        estimate = math.nextafter(estimate, math.inf)
    return estimate
