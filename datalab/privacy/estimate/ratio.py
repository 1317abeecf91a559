"""Ratios of two amounts that are each bounded by itself, both protected; of rows bounded together: `shares`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from datalab.privacy.estimate.count import possible
from datalab.privacy.estimate.estimate import Estimate, estimates
from datalab.privacy.estimate.fieller import quotients
from datalab.privacy.estimate.noise_size import critical, spread
from datalab.privacy.plan import Part, PartKind
from datalab.query.model import AllOf, Predicate


def ratios(
    parts: tuple[Part, Part],
    tops: Sequence[int],
    bottoms: Sequence[int],
    *,
    scales: tuple[float, float],
    per: int,
    confidence: float,
) -> list[Estimate]:
    """Return ratios with Fieller's intervals, cut to what is possible.

    Where both amounts are one and the same vector the noise is, too, and the ratio is known: Fieller's set with full
    covariance is a point. Ratios of amounts that cannot be negative are at least 0; at most 1 only where `is_share`.
    A bottom that may be negative has no sign to go by: its ratio is stated where it is above its noise.

    Args:
        parts: what is above the line and what is below.
        tops: noisy amounts.
        bottoms: noisy amounts.
        scales: of the noise of both.
        per: the ratio is stated per so many.
        confidence: of each interval.
    """
    top, bottom = parts
    variances = [spread(scale) ** 2 for scale in scales]
    lowest, highest = limits(top, bottom)
    found = quotients(
        top=np.array(tops, dtype=np.float64),
        bottom=np.array(bottoms, dtype=np.float64),
        top_variance=variances[0],
        bottom_variance=variances[1],
        covariance=variances[0] if top.name == bottom.name else 0.0,
        z=critical(confidence),
        lowest=lowest,
        highest=highest,
    )
    factor = per * step_of(top, bottom)
    return estimates(found.value * factor, found.low * factor, found.high * factor)


def step_of(top: Part, bottom: Part) -> float:
    """Return what a quotient of the two parts' whole numbers is multiplied by to be one of their own units."""
    exponents = [part.value.fixed.exponent if part.value else 0 for part in (top, bottom)]
    return 10.0 ** (exponents[1] - exponents[0])


def limits(top: Part, bottom: Part) -> tuple[float, float]:
    """Return the least and the greatest possible quotient of the two vectors."""
    above, below = possible(top), possible(bottom)
    if is_share(top, bottom):
        return 0.0, 1.0
    if below != (0, None):
        return -math.inf, math.inf
    return (0.0 if above[0] == 0 else -math.inf), (0.0 if above[1] == 0 else math.inf)


def is_share(top: Part, bottom: Part) -> bool:
    """Whether bounding cannot make the amount above the line larger than the one below.

    One vector over itself is 1. Units above the line have to have some of the rows below it.
    """
    if top.name == bottom.name:
        return True
    return (
        top.kind is PartKind.UNITS
        and bottom.kind in (PartKind.UNITS, PartKind.ROWS)
        and top.rows_per_cell <= bottom.rows_per_cell
        and no_more_rows(top, bottom)
    )


def no_more_rows(top: Part, bottom: Part) -> bool:
    """Whether every unit that counts above the line counts below it too, with no fewer rows where those are counted.

    What counts above has to be some of what counts below; and a unit must not be able to reach R below the line, for
    there it could run out of rows in a cell in which it still has some above.
    """
    cells = math.prod(len(key.labels) for key in bottom.bounded_at)
    return (
        top.bounded_at == bottom.bounded_at
        and bottom.column in (None, top.column)
        and _some_of(top.where, bottom.where)
        and (bottom.kind is PartKind.UNITS or top.rows_per_cell <= bottom.rows_per_cell)
        and cells * bottom.rows_per_cell <= bottom.rows_per_unit
    )


def _some_of(narrow: Predicate | None, wide: Predicate | None) -> bool:
    if wide is None or narrow == wide:
        return True
    return set(_terms(wide)) <= set(_terms(narrow)) if narrow is not None else False


def _terms(predicate: Predicate) -> tuple[Predicate, ...]:
    return predicate.predicates if isinstance(predicate, AllOf) else (predicate,)
