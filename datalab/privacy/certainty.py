"""What an answer can tell about one unit, in words and as a chance."""

from __future__ import annotations

import math
from fractions import Fraction

from datalab.privacy.budget import Budget


def risk(cost: Budget, delta: Fraction) -> str:
    """Return in words what an answer of such a cost can tell about one unit, but for a chance of `delta`."""
    sure = certainty(float(cost.rho), float(delta - cost.delta))
    return (
        "Who held it as likely as not that one certain unit is in the data could be at most "
        f"{sure:.1%} sure after this answer, but for a chance of {float(delta):g}."
    )


def certainty(rho: float, delta: float) -> float:
    """Return how sure somebody can at most become that one unit is in the data who held it as likely as not before.

    Under zCDP the privacy loss is above rho + 2 sqrt(rho ln(1/delta)) with a chance of at most delta (Bun and Steinke
    2016, the proof of proposition 1.3), and by Bayes' rule odds grow by at most the exponential of the loss.

    Args:
        rho: what was spent; at least 0.
        delta: the chance that is left out; between 0 and 1.
    """
    loss = rho + 2 * math.sqrt(rho * math.log(1 / delta))
    return 1 / (1 + math.exp(-loss))
