"""Finding out the groups of a column whose values no contract lists."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from datalab.privacy.budget import Budget
from datalab.query.model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """How many units have each value of a column: noised, and cut at a threshold below which no value is told.

    A unit counts once in a value and in at most `values_per_unit` values: L0 is that many, L2 its square root, and the
    largest change of a count is 1. The threshold makes up for values that one unit alone has: it costs delta.
    """

    column: ColumnRef
    """With its dataset always named; it is one of the plan's keys, whose values are then still empty."""
    values_per_unit: int
    """In hash order of (salt, unit, value)."""
    share: Budget
    """What it may cost at most, beside delta."""
    delta: Fraction
    """What it may cost of the approximate part."""
    most: int
    """Most values that are told, so that the answer has no more cells than any other: those that most units have.

    They are chosen by the noisy counts, which are differentially private already.
    """
