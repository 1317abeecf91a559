"""From the accuracy that somebody wishes for to the least budget that gives it: the way round that people ask.

Accuracy first is how people can choose at all (Ligett, Neel, Roth, Waggoner and Wu, "Accuracy First", NeurIPS 2017;
Nanayakkara, Bater, He, Hullman and Rogers, "Visualizing Privacy-Utility Trade-Offs in Differentially Private Data
Releases", PoPETs 2022). Nothing here touches data or budget: noise is known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from datalab.errors import QueryError
from datalab.privacy.accuracy import CONFIDENCE, half_width_of
from datalab.privacy.digits import significant
from datalab.privacy.plan import Noise, Plan
from datalab.query.check import MIN_RHO
from datalab.query.model import Question
from datalab.query.spend import NANO


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How exact one figure should be."""

    measure: str
    """Name of the figure."""
    within: float
    """Half of the 95 % interval at most, in the figure's unit; above 0."""
    group_size: int | None = None
    """Where the error depends on it (means, ratios, quantiles): rows in the group, known or guessed from what is
    public; above 0."""


def least_budget(
    question: Question, wish: Wish, *, compiled: Callable[[Question], Plan], noise: Noise, most: Fraction
) -> Question:
    """Return the question with the least rho, in whole billionths, that makes one of its figures as exact as wished.

    Args:
        question: what is asked; its own rho is not looked at.
        wish: which figure, and how exact.
        compiled: checks and compiles a question; raises QueryError.
        noise: states scales.
        most: the largest rho that the policy allows one question.

    Raises:
        QueryError: if the question cannot be answered, has no such figure, or would not be as exact at `most`.
    """
    _check(question, wish)

    def width(nano: int) -> float:
        plan = compiled(replace(question, rho=Fraction(nano, NANO)))
        return half_width_of(wish.measure, plan, noise.price(plan), count=wish.group_size)

    low, high = math.ceil(MIN_RHO * NANO), math.floor(most * NANO)
    reached = width(high)
    if reached > wish.within:
        raise QueryError(
            f"{wish.measure} cannot be that exact in one question.",
            why=f"At rho {float(most):g}, the most for one question, {CONFIDENCE:.0%} of figures are within "
            f"±{significant(reached, 4)}.",
            remedy="Ask fewer figures at once, let fewer rows of a unit count, ask of larger groups, or accept that.",
        )
    while low < high:  # smallest budget that is enough; the width never grows with the budget
        middle = (low + high) // 2
        if width(middle) <= wish.within:
            high = middle
        else:
            low = middle + 1
    return replace(question, rho=Fraction(high, NANO))


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


def _check(question: Question, wish: Wish) -> None:
    names = [measure.name for measure in question.query.measures]
    if wish.measure not in names:
        raise QueryError(
            "The wish is for a figure that the question does not ask.", remedy=f"Name one of: {', '.join(names)}."
        )
    if not (math.isfinite(wish.within) and wish.within > 0):
        raise QueryError("The wished-for error is not a number above 0.", remedy="State it in the figure's unit.")
    if wish.group_size is not None and wish.group_size < 1:
        raise QueryError("A group has at least one row.", remedy="State the size of the group as a number above 0.")
