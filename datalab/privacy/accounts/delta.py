"""How large a delta may be: far below one in the number of units.

A delta is the chance that the promise in rho does not hold at all. A mechanism that publishes each unit's whole record
with chance delta keeps to it, and exposes delta times n of n units on average: so a delta near 1/n protects nobody, and
it should be less than the inverse of any polynomial in n (Dwork and Roth, "The Algorithmic Foundations of Differential
Privacy", 2014, section 2.3).
"""

from __future__ import annotations

from fractions import Fraction

from datalab.errors import GovernanceError
from datalab.privacy.budget import Budget

MOST_DELTA = Fraction(1, 1000)
"""Most that one act gives without a word that so much is meant: ten units of ten thousand, already too many."""
MOST_EXPOSED = Fraction(1, 100)
"""Most units that may be expected to be exposed at the worst: with this, most likely none is."""


def check_delta(amount: Budget, *, units: int | None = None, most: Fraction = MOST_DELTA) -> None:
    """Check that a delta that somebody is about to give is a small one.

    Args:
        amount: what is given.
        units: how many privacy units (persons, households) the dataset has; None where the custodian does not say.
        most: most that is given; 1 where the custodian said that a large one is meant.

    Raises:
        GovernanceError: if it is above `most`, or so large for that many units that some may be exposed.
    """
    if units is not None and units < 1:
        raise GovernanceError("A dataset has at least one unit.", remedy="State with --units how many it has.")
    if units is not None and amount.delta * units > MOST_EXPOSED:
        limit = Budget.floor(0, MOST_EXPOSED / units).delta_text
        raise GovernanceError(
            f"A delta of {amount.delta_text} is too large for {units:,} units.",
            why=f"It is the chance that nothing is promised: about {float(amount.delta * units):.2g} units could be "
            "published outright.",
            remedy=f"Give at most {limit}, a hundredth of one in {units:,}.",
        )
    if amount.delta > most:
        raise GovernanceError(
            f"A delta of {amount.delta_text} is too large.",
            why="It is the chance that nothing is promised, and must be far below one in the number of units; "
            f"above {float(most):g} that is hardly ever so.",
            remedy="Write it as 1e-7, and state --units to have it compared. If so much is meant, add "
            "--allow-large-delta.",
        )
