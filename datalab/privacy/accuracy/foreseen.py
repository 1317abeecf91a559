"""How many cells an interval has to hold in at once, before it is known which values are found out."""

from __future__ import annotations

import math

from datalab.privacy.estimate.figures import confidence_of
from datalab.privacy.estimate.noise_size import critical, each_of
from datalab.privacy.plan import Plan

FORESEEN_VALUES = 1_000
"""Values of an unlisted column that a preview reckons with: nobody knows how many will be found out."""
FEW_VALUES, MANY_VALUES = 10, 100_000
"""Numbers of values for which it is said what they would change."""


def foreseen_cells(plan: Plan, values: int = FORESEEN_VALUES) -> int:
    """Return how many cells the answer has where so many values are found out."""
    column = None if plan.discovery is None else plan.discovery.column
    return math.prod(len(key.labels) + (values if key.column == column else 0) for key in plan.keys)


def foreseen_confidence(plan: Plan) -> float:
    """Return the confidence of each interval of the answer, as far as it is foreseen.

    Where the largest cells are chosen after the noise, the intervals hold in all cells at once, shown or not
    (`datalab.privacy.estimate.noise_size.each_of`); of values that are yet to be found out, `FORESEEN_VALUES` count.
    """
    if plan.discovery is None or plan.question.query.top is None:
        return confidence_of(plan)
    return each_of(foreseen_cells(plan))


def how_they_hold(plan: Plan) -> str:
    """Return in words where the interval of a preview holds at once; empty where each holds for itself."""
    if plan.question.query.top is None or plan.exact:
        return ""
    chosen = "The largest cells are chosen after the noise, so the intervals hold in all cells at once"
    if plan.discovery is None:
        return f"{chosen}: in {plan.size:,}, shown or not."
    few, many = (
        critical(each_of(foreseen_cells(plan, values))) / critical(foreseen_confidence(plan))
        for values in (FEW_VALUES, MANY_VALUES)
    )
    return (
        f"{chosen}. How many there are is found out with the answer; here it is reckoned with {FORESEEN_VALUES:,}. "
        f"With {FEW_VALUES} the intervals are about {few:.2f} times as wide, with {MANY_VALUES:,} {many:.2f} times."
    )
