"""Intervals of quotients of two noisy amounts (Fieller 1954, J. R. Stat. Soc. B 16:175-185)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datalab.privacy.estimate.estimate import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotients:
    """One quotient a cell: NaN where there is none, and ends that may be infinite."""

    value: Floats
    low: Floats
    high: Floats


def quotients(
    *,
    top: Floats,
    bottom: Floats,
    top_variance: float | Floats,
    bottom_variance: float | Floats,
    covariance: float | Floats = 0.0,
    z: float,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> Quotients:
    """Return top/bottom and the quotients that the noise leaves possible, within what is possible anyway.

    For the true quotient r the noise of `top - r bottom` is normal with variance `s_t**2 - 2 r c + r**2 s_b**2`. So

        { r : (top - r bottom)**2 <= z**2 (s_t**2 - 2 r c + r**2 s_b**2) }

    holds the truth with exactly the confidence of z, whatever the truth. Where bottom differs from 0 by more than its
    noise the set is an interval. Where it does not, the set has no end on one side or on both: then the shortest
    interval within `lowest` to `highest` around it is taken, which holds the truth at least as often, and no value is
    stated. Everything is worked out for all cells at once.

    Args:
        top: noisy amounts above the line.
        bottom: noisy amounts below the line; the true ones are not negative.
        top_variance: of the noise.
        bottom_variance: of the noise.
        covariance: of the two noises; 0 where they were drawn apart.
        z: critical value.
        lowest: least possible quotient.
        highest: greatest possible quotient.
    """
    a = bottom**2 - z**2 * bottom_variance
    b = top * bottom - z**2 * covariance
    # b**2 - a c, multiplied out: its large terms cancel, and would leave nothing but rounding.
    noise = bottom**2 * top_variance + top**2 * bottom_variance - 2 * top * bottom * covariance
    square = z**2 * noise + z**4 * (np.square(covariance) - np.multiply(top_variance, bottom_variance))
    root = np.sqrt(np.maximum(square, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (b - root) / a, (b + root) / a
        value = top / bottom
    first, last = np.minimum(one, other), np.maximum(one, other)
    stated = (a > 0) & (bottom > 0)
    low, high = np.clip(first, lowest, highest), np.clip(last, lowest, highest)
    # Outside of two roots: what of that lies within the possible may still have one end.
    outside = (a < 0) & (square >= 0)
    left, right = lowest <= first, highest >= last
    low = np.where(stated, low, np.where(outside & ~left & right, np.maximum(last, lowest), lowest))
    high = np.where(stated, high, np.where(outside & left & ~right, np.minimum(first, highest), highest))
    # Noise can put a quotient beyond what is possible; it is cut as its interval is, which so holds it.
    value = np.clip(value, lowest, highest)
    return Quotients(value=np.where(stated, value, np.nan), low=low, high=high)
