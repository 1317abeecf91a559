"""What a wish costs for whatever data, where a budget is sold for data as assumed and such a price can be known.

Of a standard deviation, and of rates whose units cannot run out of rows, it is known how far they can be off at most
(`datalab.privacy.accuracy.worst`): often much further than of data as previews assume. So both prices are said. Where
only the whole range limits a figure, as of quantiles, no budget helps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from datalab.privacy.accuracy import SIZED, expected, for_any_data, reached_text
from datalab.privacy.plan import FigureKind, Noise, Plan, Price
from datalab.privacy.wish.priced import least_rho
from datalab.privacy.wish.wish import Wish, aim_of
from datalab.query.model import Question
from datalab.query.spend import rho_text

_LIMITED = frozenset({FigureKind.DEVIATION, FigureKind.RATIO}) & SIZED
"""Figures that a budget can make as exact as wished whatever the data, though they are sold for data as assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assured:
    """What a wish costs for whatever data lies within the bounds: more than for data as assumed."""

    rho: Fraction | None
    """The least that is enough; None where the most for one question is not."""
    most: Fraction
    """The most for one question."""
    reached: float
    """How far 95 of 100 figures are off at most at that rho, or at the most for one question."""

    @property
    def says(self) -> str:
        """What that is, in words."""
        if self.rho is None:
            told = f"no rho of one question is enough: at {rho_text(self.most)}, the most, {reached_text(self.reached)}"
            return f"Whatever the data within its bounds, {told}."
        return f"Whatever the data within its bounds, rho {rho_text(self.rho)} is enough."


def assured(
    priced: Question, wish: Wish, *, compiled: Callable[[Question], Plan], noise: Noise, most: Fraction
) -> Assured | None:
    """Return what a wish costs for whatever data; None where it is the same, or where no budget is known to help.

    Args:
        priced: the question with the least budget for data as assumed (`datalab.privacy.wish.priced.least_budget`).
        wish: which figure, and how exact; with a size of the group.
        compiled: checks and compiles a question; raises QueryError.
        noise: states scales.
        most: the largest rho that the policy allows one question.
    """
    plan = compiled(priced)
    figure = plan.figure(wish.measure)
    if figure.kind not in _LIMITED or for_any_data(figure, plan):
        return None

    def furthest(plan: Plan, price: Price) -> float:
        return expected(figure, plan, price, count=wish.group_size).at_most

    aim = aim_of(wish, plan).within
    rho, reached = least_rho(priced, aim, furthest, compiled=compiled, noise=noise, most=most)
    if math.isinf(reached) or (rho is not None and rho <= priced.rho):
        return None
    return Assured(rho=rho, most=most, reached=reached)
