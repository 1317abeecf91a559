"""What computes a plan's cells, and what noises them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol, TypeVar

from datalab.privacy.budget import Budget
from datalab.privacy.plan.price import Price
from datalab.privacy.plan.whole import Cells, Plan

TableT_contra = TypeVar("TableT_contra", contravariant=True)


class Engine(Protocol[TableT_contra]):
    """Computes the bounded integer cells of a plan."""

    def cells(self, plan: Plan, tables: Mapping[str, TableT_contra]) -> Cells:
        """Return the bounded vectors; `tables` maps each dataset of the plan to where its rows are.

        Raises InternalError, without any text from the data, if the tables cannot be read.
        """

    def counts(self, plan: Plan, tables: Mapping[str, TableT_contra]) -> Mapping[str, int]:
        """Return for each value of the plan's discovery how many units have it, each in a bounded number of values.

        Raises InternalError, without any text from the data, if the tables cannot be read.
        """


class Noise(Protocol):
    """Prices and draws the noise of a plan."""

    def price(self, plan: Plan) -> Price:
        """Return the cost and the scale of every part: never more than its share."""

    def discover(self, plan: Plan, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Return the values whose noisy count reaches the threshold, sorted; never raises because of the counts."""

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Return the noisy vectors, of searches the signed sums; never raises because of what the cells hold."""

    def epsilon(self, cost: Budget, delta: Fraction) -> float:
        """Return the epsilon of a zCDP cost at a delta, rounded up to four decimals."""
