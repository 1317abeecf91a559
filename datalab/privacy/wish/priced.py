"""The least budget that makes a figure as exact as wished: the price of a wish (`datalab.privacy.wish.wish`).

Found by halves, for a figure's interval never grows with the budget. Nothing here touches data or budget.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from datalab.errors import QueryError
from datalab.privacy.accuracy import half_width_of, limited_by_steps, reached_text
from datalab.privacy.plan import Noise, Plan, Price
from datalab.privacy.wish.remedy import remedy_of
from datalab.privacy.wish.wish import Aim, Of, Wish, aim_of, check_wish, kept_for
from datalab.query.check import MIN_RHO
from datalab.query.model import Question
from datalab.query.spend import NANO, rho_text


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
    found, reached = _least(question, wish, compiled=compiled, noise=noise, most=most)
    if found is None:
        plan = compiled(replace(question, rho=most))
        figure = plan.figure(wish.measure)
        most_exact = f"At rho {rho_text(most)}, the most for one question, {reached_text(reached)}."
        came_to = f"{wish} is {aim_of(wish, plan).says}." if wish.of is Of.PERCENT else ""
        raise QueryError(
            f"{wish.measure} cannot be that exact in one question.",
            why=" ".join(filter(None, (most_exact, came_to, limited_by_steps(figure, plan, reached)))),
            remedy=remedy_of(wish, plan),
        )
    return replace(question, rho=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a wish costs in a cell of one size."""

    group_size: int | None
    aim: Aim
    rho: Fraction | None
    """The least that is enough; None where the most for one question is not."""
    reached: float
    """Half of the 95 % interval at that rho, or at the most for one question."""
    sold_for: str
    """For which data it is enough, in words."""


def prices_of(
    question: Question, wish: Wish, *, compiled: Callable[[Question], Plan], noise: Noise, most: Fraction
) -> tuple[Priced, ...]:
    """Return what a wish costs in cells of its sizes; arguments and errors as of `least_budget`, but for a budget."""
    check_wish(question, wish)
    priced = []
    for size in wish.sizes:
        sized = replace(wish, group_size=size)
        rho, reached = _least(question, sized, compiled=compiled, noise=noise, most=most)
        plan = compiled(replace(question, rho=most))
        said = kept_for(sized, plan)
        priced.append(Priced(group_size=size, aim=aim_of(sized, plan), rho=rho, reached=reached, sold_for=said))
    return tuple(priced)


def _least(
    question: Question, wish: Wish, *, compiled: Callable[[Question], Plan], noise: Noise, most: Fraction
) -> tuple[Fraction | None, float]:
    """Return the least rho that is enough, if any up to `most` is, and half of the interval at it or at `most`."""
    check_wish(question, wish)
    if wish.of is Of.PERCENT and wish.group_size is None and wish.supposed is None:
        raise QueryError(
            "Percent of a figure depend on the size of the cell.",
            remedy="State the size of the group, or of the figure.",
        )
    aim = aim_of(wish, compiled(replace(question, rho=most))).within

    def half(plan: Plan, price: Price) -> float:
        return half_width_of(wish.measure, plan, price, count=wish.group_size, supposed=wish.supposed)

    return least_rho(question, aim, half, compiled=compiled, noise=noise, most=most)


def least_rho(
    question: Question,
    aim: float,
    half: Callable[[Plan, Price], float],
    *,
    compiled: Callable[[Question], Plan],
    noise: Noise,
    most: Fraction,
) -> tuple[Fraction | None, float]:
    """Return the least rho up to `most`, if any, at which what `half` says is no more than `aim`, and that at it."""
    low, high = math.ceil(MIN_RHO * NANO), math.floor(most * NANO)

    def width(nano: int) -> float:
        plan = compiled(replace(question, rho=Fraction(nano, NANO)))
        return half(plan, noise.price(plan))

    reached = width(high)
    if reached > aim:
        return None, reached
    while low < high:  # smallest budget that is enough; the width never grows with the budget
        middle = (low + high) // 2
        if width(middle) <= aim:
            high = middle
        else:
            low = middle + 1
    return Fraction(high, NANO), width(high)
