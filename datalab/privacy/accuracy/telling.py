"""How likely a value that no contract lists is told, by how many units have it: known from the noise alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from datalab.privacy.estimate.noise_size import SMALL_SCALE
from datalab.privacy.plan import PartPrice, Price

CHANCES = (0.01, 0.5, 0.99)
"""Chances for which it is said how many units a value needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A value that so many units have, each counted in it, and how likely it is told."""

    units: int
    chance: float


def tellings(price: Price) -> tuple[Telling, ...]:
    """Return the chances for a value of one unit, and of so many that it is hardly, half and almost surely told.

    Empty where nothing is found out.
    """
    part = next((part for part in price.parts if part.threshold), None)
    if part is None:
        return ()
    normal = NormalDist()
    sizes = {1, *(max(math.ceil(part.threshold + part.scale * normal.inv_cdf(chance)), 1) for chance in CHANCES)}
    return tuple(Telling(units=units, chance=chance_told(units, part)) for units in sorted(sizes))


def chance_told(units: int, part: PartPrice) -> float:
    """Return the chance that discrete Gaussian noise lifts so many units to the threshold of a discovery."""
    missing = part.threshold - units
    if part.scale > SMALL_SCALE:
        return NormalDist().cdf((0.5 - missing) / part.scale)
    reach = math.ceil(12 * part.scale) + 1
    weights = {noise: math.exp(-(noise**2) / (2 * part.scale**2)) for noise in range(-reach, reach + 1)}
    return math.fsum(weight for noise, weight in weights.items() if noise >= missing) / math.fsum(weights.values())
