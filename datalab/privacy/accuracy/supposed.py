"""The data that a wish is priced for where its author supposes how large the figure is: such as has that figure.

- A ratio is what is above the line over what is below: with the ratio and the amount below the line its noise is known.
  Of sums below the line that amount is taken to be what previews assume, or less where as much would not leave the
  rows above the line within what they are assumed to come to.
- A standard deviation is known from how far values are spread and where their mean lies: in the middle of the range, or
  as far from it as values that are spread so much can be. Whatever the data, the mean is between the two.
- A quantile divides the values as its level says: those on either side lie as previews assume, drawn out to that side.
"""

from __future__ import annotations

import math

from datalab.errors import QueryError
from datalab.privacy.accuracy.assumed import Assumed, amount_of, cell_of, point_at, spread_over, starts_of
from datalab.privacy.accuracy.possible import ROUNDING, bound_text, possible, possible_text
from datalab.privacy.digits import significant
from datalab.privacy.estimate.figures import fixed_of
from datalab.privacy.estimate.ratio import step_of
from datalab.privacy.plan import Cells, Figure, FigureKind, Flag, Part, PartKind, Plan


def check_supposed(figure: Figure, plan: Plan, size: float, unit: str) -> None:
    """Check that a figure can be as large as is supposed.

    Raises:
        QueryError: if its bounds say that it cannot.
    """
    least, most = possible(figure, plan)
    if not least - ROUNDING * abs(least) <= size <= most + ROUNDING * abs(most):
        raise QueryError(
            f"{figure.name} cannot be {bound_text(size)}.",
            why=possible_text(figure, plan, unit),
            remedy="Suppose a size that is possible, or leave it out.",
        )


def cell_supposed(figure: Figure, plan: Plan, assumed: Assumed, count: int, size: float) -> Cells:
    """Return the exact vectors of one cell of so many rows whose figure is as large as is supposed.

    Args:
        figure: one of the plan's.
        plan: the question's.
        assumed: how values lie beside that.
        count: rows in the group: with a value, below the line, or units where units are counted.
        size: in the figure's unit.
    """
    parts = plan.parts_of(figure)
    if figure.kind is FigureKind.DEVIATION:
        return _spread(parts, assumed, count, size)
    if figure.kind in (FigureKind.QUANTILE, FigureKind.UNIT_ROWS):
        return Cells(vectors={part.name: _divided(figure, part, assumed, count, size) for part in parts})
    if figure.kind is FigureKind.RATIO and not isinstance(parts[0].value, Flag):
        below_line = _below_line(figure, parts, assumed, size) * count
        ratio = size / (figure.per * step_of(*parts))
        return Cells(vectors={parts[1].name: (round(below_line),), parts[0].name: (round(ratio * below_line),)})
    return cell_of(figure, plan, assumed, count)


def supposes(figure: Figure, plan: Plan, size: float, count: int | None) -> str:
    """Return for which data of the supposed figure a budget is enough, in words."""
    parts = plan.parts_of(figure)
    if figure.kind is FigureKind.DEVIATION:
        return "It is enough for any data whose standard deviation is as supposed."
    if figure.kind is FigureKind.RATIO:
        if parts[1].kind is not PartKind.SUM or count is None:
            return "It is enough for any data whose ratio is as supposed, in a group of that size."
        amount = min(abs(_below_line(figure, parts, assumed, size)) for assumed in Assumed) * count
        fixed = fixed_of(parts[1])
        told = f"{significant(amount / 10.0**fixed.exponent, 4)} {_unit(parts[1])}".rstrip()
        return (
            f"It is enough for data whose ratio is as supposed while the amount below the line comes to {told} or "
            "more: the less that is, the less exact."
        )
    share = "one half" if figure.level is None else f"{float(figure.level):.0%}"
    told = f"{significant(size, 6)} {figure.unit}".rstrip()
    return (
        f"It is enough for data as assumed: {share} of the values lie below what is supposed, {told}, and on each side "
        "of it they are spread evenly, or skewed as values over the whole range are taken to be. The ranks hold "
        "however values lie; where few lie near, the figure can be further off."
    )


def _unit(part: Part) -> str:
    return "" if part.value is None or isinstance(part.value, Flag) else part.value.unit


def _below_line(figure: Figure, parts: tuple[Part, ...], assumed: Assumed, size: float) -> float:
    """Return what a row (or unit) counts below the line, in steps: no more than lets what is above be as assumed."""
    top, bottom = parts
    amount = amount_of(bottom, assumed)
    if bottom.kind is not PartKind.SUM:
        return amount
    above = abs(amount_of(top, assumed) / (size / (figure.per * step_of(top, bottom))))
    return math.copysign(min(abs(amount), above), amount)


def _spread(parts: tuple[Part, ...], assumed: Assumed, count: int, size: float) -> Cells:
    fixed = fixed_of(parts[1])
    spread = size * 10.0**fixed.exponent
    far = 0.0 if assumed is Assumed.EVEN else math.sqrt(max(fixed.half_range**2 - spread**2, 0.0))
    sums = (count, count * far, count * (spread**2 + far**2) / parts[2].step)
    return Cells(vectors={part.name: (round(one),) for part, one in zip(parts, sums, strict=True)})


def _divided(figure: Figure, part: Part, assumed: Assumed, count: int, size: float) -> tuple[int, ...]:
    """Return how many of the rows lie in each range of a quantile's part, so many of them below what is supposed."""
    starts, up = starts_of(part)
    level = 0.5 if figure.level is None else float(figure.level)
    own, place = point_at(assumed, level, up=up), _place(part, size)
    drawn = [
        start / place * own if start < place else own + (start - place) / (1 - place) * (1 - own) for start in starts
    ]
    return spread_over(drawn, assumed, count, up=up)


def _place(part: Part, size: float) -> float:
    """Return where a size lies in the whole range of a quantile's part, as a share of it: in the middle of its step."""
    if part.edges:
        return (size - 0.5) / part.edges[-1]
    bin_ = part.keys[-1].bin
    if bin_ is None:
        message = "A quantile's parts are by bins."
        raise AssertionError(message)
    return (bin_.fixed.to_fixed(size) - bin_.fixed.lower + 0.5) / (bin_.fixed.upper - bin_.fixed.lower + 1)
