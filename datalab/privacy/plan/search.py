"""Looking for a quantile by noisy counts at a few edges between bins, instead of noising every bin."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a quantile is looked for in a vector of bins.

    At a level of a/b the signed sum of a cell at an edge between bins is (b - a) for each row below it and -a for each
    row above: b times the rows below, less a times all rows. It never falls from edge to edge, and the quantile lies in
    the last bin before it is 0 or more. Each round noises one signed sum of every cell; at which edge, is worked out of
    the noisy sums of the rounds before (`datalab.privacy.estimate.search`).
    """

    level: Fraction
    """Share of the rows, between 0 and 1."""
    rounds: int
    """Noisy signed sums of a cell."""

    @property
    def below(self) -> int:
        """What a row below an edge counts."""
        return self.level.denominator - self.level.numerator

    @property
    def above(self) -> int:
        """What a row above an edge takes away."""
        return self.level.numerator

    @property
    def magnitude(self) -> int:
        """The most that a row moves a signed sum."""
        return max(self.below, self.above)
