"""Who tries to find whom: prosecutor, journalist and marketer (El Emam and Dankar 2008, doi:10.1197/jamia.M2716)."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from anonymise.risk.classes import Classes

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_LARGE: Final = 60
"""From this size of a class on the leading term is enough, and 64 nodes are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackRisk:
    """Chances, 0 to 1, of naming a unit rightly by its quasi-identifiers alone."""

    prosecutor_highest: float
    """Of the most exposed unit, by somebody who knows that it is in the extract: 1 / k."""
    prosecutor_average: float
    """The same of a unit at random."""
    journalist_highest: float | None
    """Of the most exposed unit, by somebody who does not know who is in the extract; None without a population."""
    marketer: float | None
    """Share of units that are rightly named, where a register of the whole population is matched; None as above."""


def attack_risk(classes: Classes, population: int | None) -> AttackRisk:
    """Return the three risks.

    Args:
        classes: of the extract, which has units.
        population: how many units the extract's could be mistaken for; None where it is unknown.
    """
    units = classes.units
    highest = average = None
    if population is not None:
        fraction = min(1.0, units / population)
        chance = {size: expected_match(size, fraction) for size in classes.units_by_size}
        highest = max(chance.values())
        average = sum(count * chance[size] for size, count in classes.units_by_size.items()) / units
    return AttackRisk(
        prosecutor_highest=1 / classes.k,
        prosecutor_average=sum(count / size for size, count in classes.units_by_size.items()) / units,
        journalist_highest=highest,
        marketer=average,
    )


def expected_match(size: int, fraction: float) -> float:
    """Return the expected 1/F of a class, where F is its unknown size in the population.

    Benedetti and Franconi (1998), as in mu-Argus and sdcMicro: given that `size` of the class were drawn, each with the
    sampling fraction p, F is negative binomial, and E(1/F) is p times the integral of u^(size-1) / (p + (1-p) u) from 0
    to 1. In small samples the integral follows by recursion, in large ones by quadrature: each is exact where the other
    loses digits.
    """
    if fraction >= 1:
        return 1 / size
    rest = 1 - fraction
    if size >= _LARGE:
        return fraction / (size - rest)
    if fraction > 1 / 2:
        u = (_NODES + 1) / 2
        return float(fraction * np.sum(_WEIGHTS / 2 * u ** (size - 1) / (fraction + rest * u)))
    integral = log(1 / fraction) / rest
    for done in range(1, size):
        integral = (1 / done - fraction * integral) / rest
    return fraction * integral
