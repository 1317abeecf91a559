"""From the accuracy that somebody wishes for to the least budget that gives it: the way round that people ask.

Accuracy first is how people can choose at all (Ligett, Neel, Roth, Waggoner and Wu, "Accuracy First", NeurIPS 2017;
Nanayakkara, Bater, He, Hullman and Rogers, "Visualizing Privacy-Utility Trade-Offs in Differentially Private Data
Releases", PoPETs 2022). Nothing here touches data or budget: noise is known beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from datalab.errors import QueryError
from datalab.privacy.accuracy import (
    ROUNDING,
    SIZED,
    Typical,
    bound_text,
    check_size,
    check_supposed,
    for_any_data,
    limited_by_steps,
    possible,
    possible_text,
    sold_for,
    supposes,
    typical,
    unit_of,
)
from datalab.privacy.digits import significant
from datalab.privacy.estimate.ratio import is_share
from datalab.privacy.plan import Figure, FigureKind, Flag, Plan
from datalab.query import naming
from datalab.query.model import Question, Ratio

SIZES = (100, 1_000, 10_000)
"""Sizes of a cell that a wish is priced for where its author states none."""
PER_HUNDRED = 100
"""What a rate is told per where its percentage points are its own unit."""


class Of(StrEnum):
    """What a wished-for error is stated in."""

    UNIT = ""
    """The figure's own unit."""
    PERCENT = "%"
    """Hundredths of the figure: of a size that is supposed, or that `datalab.privacy.accuracy.typical` says."""
    POINTS = "pp"
    """Percentage points of a share: hundredths of the whole, however large it is; of a rate per 100, its unit."""


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
        return f"±{_told(self.within)}{' ' * (self.of is not Of.UNIT)}{self.of}"


def _told(number: float) -> str:
    """Return a number that an author stated, or may state."""
    return significant(number, 6)


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
        QueryError: if percentage points are wished for of what is no share, or percent of what is about 0; or if no
            figure can be further off than is wished for.
    """
    aim, figure = _aim(wish, plan), plan.figure(wish.measure)
    least, most = possible(figure, plan)
    if most > least and aim.within > (most - least) * (1 + ROUNDING):
        raise QueryError(
            f"{wish.measure} cannot be further off than {bound_text(most - least)} at any price.",
            why=" ".join(filter(None, (possible_text(figure, plan, unit_of(figure)), f"{wish} is {aim.says}."))),
            remedy="Wish for less, such as a tenth of that.",
        )
    return aim


def _aim(wish: Wish, plan: Plan) -> Aim:
    figure = plan.figure(wish.measure)
    if wish.of is Of.UNIT:
        return Aim(within=wish.within, says=f"{wish} {unit_of(figure)}".rstrip())
    share = _is_share(figure, plan)
    within = wish.within / 100
    if wish.of is Of.POINTS:
        return _points(wish, figure, share=share)
    if wish.supposed is None:
        size = typical(figure, plan, wish.group_size or 0)
    else:
        check_supposed(figure, plan, wish.supposed, unit_of(figure))
        size = Typical(size=wish.supposed, means="what is supposed")
    within *= abs(size.size)
    if within == 0:
        raise QueryError(
            f"{wish.measure} is taken to be 0, of which {wish} is nothing.",
            why=f"Nothing else is public: {size.means}.",
            remedy="Suppose a size, such as 2000 (`of`), or state the error in the figure's own unit.",
        )
    if math.isinf(within):
        raise QueryError(f"So many percent of {wish.measure} are beyond all numbers.", remedy="Write less, such as 5%.")
    unit = f" {unit_of(figure)}" if figure.unit else ""
    says = (
        f"±{significant(within, 4)}{unit}: percent of the figure, taken to be {size.means} ({_told(size.size)}{unit})"
    )
    points = f"; of a share that is {significant(within / figure.per * 100, 4)} percentage points" if share else ""
    return Aim(within=within, says=says + points)


def _points(wish: Wish, figure: Figure, *, share: bool) -> Aim:
    """Return what percentage points come to: of a share, or of a rate that is told per 100."""
    within = wish.within / 100 * figure.per
    if share:
        return Aim(within=within, says=f"±{significant(within, 4)}: percentage points, however large the share is")
    if figure.per == PER_HUNDRED:
        told = f"±{significant(within, 4)} {figure.unit}".rstrip()
        return Aim(within=within, says=f"{told}: it is told per 100, so that a percentage point is 1")
    own = f"{within:.6g}" if figure.kind is FigureKind.RATIO else f"{wish.within:.6g}"
    raise QueryError(
        f"{wish.measure} is no share, so it has no percentage points.",
        remedy=f"Write `{wish.within:.6g}%` for percent of the figure, or `{own}` for so much in its own unit.",
    )


def kept_for(wish: Wish, plan: Plan) -> str:
    """Return for which data a budget is enough that was found for a wish; percent are of a figure of a stated size.

    Where steps of a range decide, and not the noise, it says so.
    """
    figure = plan.figure(wish.measure)
    steps = limited_by_steps(figure, plan, aim_of(wish, plan).within)
    any_data = figure.kind not in SIZED or for_any_data(figure, plan)
    if wish.supposed is None or any_data:
        kept = sold_for(figure, plan)
    else:
        kept = supposes(figure, plan, wish.supposed, wish.group_size)
    said = f"{kept} {steps}".rstrip()
    if wish.of is not Of.PERCENT:
        return said
    return (
        f"{said} Percent are of a figure as large as is said: of one nearer to 0 the same half width is more percent, "
        "so where public knowledge says that it is smaller, state the wish in the figure's own unit."
    )


def _is_share(figure: Figure, plan: Plan) -> bool:
    """Whether a figure is a part of a whole and no rate: the same amount of some of the rows, whatever bounds do.

    It may be told per 100 or another number.
    """
    if figure.kind is not FigureKind.RATIO:
        return False
    top, bottom = plan.parts_of(figure)
    asked = next(one for one in plan.question.query.measures if one.name == figure.name)
    named = isinstance(asked, Ratio) and naming.is_share(replace(asked, per=1))
    return named or isinstance(top.value, Flag) or is_share(top, bottom)


def check_wish(question: Question, wish: Wish) -> None:
    """Check that a question has the figure, and that what is wished for it means something.

    Raises:
        QueryError: if not.
    """
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
