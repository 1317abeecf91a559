"""Counts and sums: one noisy whole number, and discrete Gaussian noise around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.noise_size import half_width
from datalab.privacy.plan import Part

Number = TypeVar("Number", int, float)


def totals(part: Part, vector: Sequence[int], *, scale: float, confidence: float) -> list[Estimate]:
    """Return the noisy figures as drawn, with the shortest whole interval that holds the noise often enough.

    The interval is exact: its half width is the discrete Gaussian's own quantile (Canonne, Kamath and Steinke 2020,
    arXiv 2004.00010), so it holds the truth in `confidence` of answers or, the steps being whole, a little more often.
    """
    width = half_width(scale, confidence)
    return [_total(part, figure, width) for figure in vector]


def possible(part: Part) -> tuple[int | None, int | None]:
    """Return the least and the greatest total that a part can have, where it has one: its sign is public."""
    if part.value is None or part.value.fixed.lower >= 0:
        return 0, None
    return (None, 0) if part.value.fixed.upper <= 0 else (None, None)


def shown(part: Part, figure: int) -> float | int:
    """Return an amount in the part's own unit."""
    if part.value is None or part.value.fixed.exponent == 0:
        return figure
    return part.value.fixed.to_value(figure)


def _total(part: Part, figure: int, width: int) -> Estimate:
    low, high = within(part, figure, figure - width, figure + width)
    return Estimate(value=shown(part, figure), low=shown(part, low), high=shown(part, high))


def within(part: Part, figure: Number, low: Number, high: Number) -> tuple[Number, Number]:
    """Return an interval cut to what is possible, and never further than to its own figure.

    A noisy count below 0 keeps the end below 0 that it is in: cut away, an interval would leave out its own figure, or
    have no width, and read as certainty. The truth is no less often inside: it is on the side that is kept.
    """
    least, most = possible(part)
    if least is not None:
        low = max(low, min(least, figure))
    if most is not None:
        high = min(high, max(most, figure))
    return low, high
