"""From the accuracy that somebody wishes for to the least budget that gives it: the way round that people ask.

Accuracy first is how people can choose at all (Ligett, Neel, Roth, Waggoner and Wu, "Accuracy First", NeurIPS 2017;
Nanayakkara, Bater, He, Hullman and Rogers, "Visualizing Privacy-Utility Trade-Offs in Differentially Private Data
Releases", PoPETs 2022). Nothing here touches data or budget: noise is known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from datalab.errors import QueryError
from datalab.privacy.accuracy import (
    Typical,
    check_size,
    half_width_of,
    limited_by_steps,
    reached_text,
    sold_for,
    typical,
    unit_of,
)
from datalab.privacy.estimate.ratio import is_share
from datalab.privacy.plan import Figure, FigureKind, Flag, Noise, Plan, Price
from datalab.query import naming
from datalab.query.check import MIN_RHO
from datalab.query.model import Question, Ratio
from datalab.query.spend import NANO

SIZES = (100, 1_000, 10_000)
"""Sizes of a cell that a wish is priced for where its author states none."""
_SIZES_OF_CELLS = frozenset({FigureKind.ROWS, FigureKind.UNITS})
"""Figures that are taken to be as large as the cell itself."""
_SUPPOSE = "Where public knowledge says how large the figure is, suppose that (--of). "
_FEWER = "Ask fewer figures at once, let fewer rows of a unit count, ask of larger groups, or accept that."


class Of(StrEnum):
    """What a wished-for error is stated in."""

    UNIT = ""
    """The figure's own unit."""
    PERCENT = "%"
    """Hundredths of the figure: of a size that is supposed, or that `datalab.privacy.accuracy.typical` says."""
    POINTS = "pp"
    """Percentage points of a share: hundredths of the whole, however large the share is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How exact one figure should be."""

    measure: str
    """Name of the figure."""
    within: float
    """Half of the 95 % interval at most, in what `of` says; above 0. It is kept for the data that
    `datalab.privacy.accuracy.sold_for` says."""
    of: Of = Of.UNIT
    group_size: int | None = None
    """Where error or wish depend on it: rows in the group (units where units are counted), known or guessed from what
    is public; above 0."""
    supposed: float | None = None
    """Of which size percent are, in the figure's unit; None for what public facts say. Not 0."""

    @property
    def sizes(self) -> tuple[int | None, ...]:
        """The sizes of a cell to price the wish for: the stated one, or examples where the wish is relative."""
        return SIZES if self.several else (self.group_size,)

    @property
    def several(self) -> bool:
        """Whether it is priced for several sizes: it is relative, and its author states none of cell or figure."""
        return self.of is not Of.UNIT and self.group_size is None and self.supposed is None

    def __str__(self) -> str:
        """Render as `±5 %`."""
        return f"±{self.within:,.6g}{' ' * (self.of is not Of.UNIT)}{self.of}"


def read_within(text: str) -> tuple[float, Of]:
    """Return a wished-for error as it is written: `20`, `5%` or `5pp`.

    Raises:
        QueryError: if it is none.
    """
    of = next((one for one in (Of.PERCENT, Of.POINTS) if text.strip().endswith(one.value)), Of.UNIT)
    try:
        return float(text.strip().removesuffix(of.value)), of
    except ValueError:
        raise QueryError(
            "The wished-for error is not a number.",
            remedy="Write 20 for 20 of the figure's unit, 5% for a share of the figure, 5pp for percentage points.",
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A wish in the figure's own unit."""

    within: float
    says: str
    """What that is, in words."""


def aim_of(wish: Wish, plan: Plan) -> Aim:
    """Return what a wish comes to in the figure's unit, from public facts alone.

    Args:
        wish: with a size of the group where it is in percent.
        plan: a question's that has the figure.

    Raises:
        QueryError: if percentage points are wished for of what is no share, or percent of what is about 0.
    """
    figure = plan.figure(wish.measure)
    if wish.of is Of.UNIT:
        return Aim(within=wish.within, says=f"±{wish.within:,.6g} {unit_of(figure)}".rstrip())
    share = _is_share(figure, plan)
    within = wish.within / 100
    if wish.of is Of.POINTS:
        if not share:
            raise QueryError(
                f"{wish.measure} is no share, so it has no percentage points.",
                remedy="Write 5% for a share of the figure, or a number in its own unit.",
            )
        return Aim(within=within, says=f"±{within:,.4g}: percentage points, however large the share is")
    if wish.supposed is None:
        size = typical(figure, plan, wish.group_size or 0)
    else:
        size = Typical(size=wish.supposed, means="what is supposed")
    within *= abs(size.size)
    if within == 0:
        raise QueryError(
            f"{wish.measure} is taken to be 0, of which {wish} is nothing.",
            why=f"Nothing else is public: {size.means}.",
            remedy="Suppose a size (--of 2000), or state the error in the figure's own unit.",
        )
    if math.isinf(within):
        raise QueryError(f"{wish} of {size.size:,.6g} is beyond all numbers.", remedy="Write less, such as 5%.")
    unit = f" {unit_of(figure)}" if figure.unit else ""
    says = f"±{within:,.4g}{unit}: percent of the figure, taken to be {size.means} ({size.size:,.6g}{unit})"
    points = f"; of a share that is {within * 100:,.4g} percentage points" if share else ""
    return Aim(within=within, says=says + points)


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
        most_exact = f"At rho {float(most):g}, the most for one question, {reached_text(reached)}."
        percent = wish.of is Of.PERCENT
        came_to = f"{wish} is {aim_of(wish, plan).says}." if percent else ""
        unknown = percent and wish.supposed is None and figure.kind not in _SIZES_OF_CELLS
        raise QueryError(
            f"{wish.measure} cannot be that exact in one question.",
            why=" ".join(filter(None, (most_exact, came_to, limited_by_steps(figure, plan, reached)))),
            remedy=_SUPPOSE * unknown + _FEWER,
        )
    return replace(question, rho=found)


def kept_for(wish: Wish, plan: Plan) -> str:
    """Return for which data a budget is enough that was found for a wish; percent are of a figure of a stated size.

    Where steps of a range decide, and not the noise, it says so.
    """
    figure = plan.figure(wish.measure)
    steps = limited_by_steps(figure, plan, aim_of(wish, plan).within)
    said = f"{sold_for(figure, plan)} {steps}".rstrip()
    if wish.of is not Of.PERCENT:
        return said
    return (
        f"{said} Percent are of a figure as large as is said: of one nearer to 0 the same half width is more percent, "
        "so where public knowledge says that it is smaller, state the wish in the figure's own unit."
    )


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
    _check(question, wish)
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
    _check(question, wish)
    if wish.of is Of.PERCENT and wish.group_size is None and wish.supposed is None:
        raise QueryError(
            "Percent of a figure depend on the size of the cell.",
            remedy="State the size of the group, or of the figure.",
        )
    aim = aim_of(wish, compiled(replace(question, rho=most))).within

    def half(plan: Plan, price: Price) -> float:
        return half_width_of(wish.measure, plan, price, count=wish.group_size)

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


def _is_share(figure: Figure, plan: Plan) -> bool:
    """Whether a figure is a part of a whole and no rate: the same amount of some of the rows, whatever bounds do."""
    if figure.kind is not FigureKind.RATIO or figure.per != 1:
        return False
    top, bottom = plan.parts_of(figure)
    asked = next(one for one in plan.question.query.measures if one.name == figure.name)
    named = isinstance(asked, Ratio) and naming.is_share(asked)
    return named or isinstance(top.value, Flag) or is_share(top, bottom)


def _check(question: Question, wish: Wish) -> None:
    names = [measure.name for measure in question.query.measures]
    if wish.measure not in names:
        raise QueryError(
            "The wish is for a figure that the question does not ask.", remedy=f"Name one of: {', '.join(names)}."
        )
    if not (math.isfinite(wish.within) and wish.within > 0):
        raise QueryError(
            "The wished-for error is not a number above 0.", remedy="State it in the figure's unit, or as 5%."
        )
    if wish.supposed is not None and wish.of is not Of.PERCENT:
        raise QueryError(
            "A supposed size of the figure goes with percent of it.",
            why=f"{wish} is the same whatever the figure.",
            remedy="Write the error as 5%, or leave the size out.",
        )
    if wish.supposed is not None and not (math.isfinite(wish.supposed) and wish.supposed != 0):
        raise QueryError(
            "The supposed size of the figure is no number, or it is 0, of which percent are nothing.",
            remedy="State it in the figure's unit, such as 2000.",
        )
    if wish.group_size is not None:
        check_size(wish.group_size)
