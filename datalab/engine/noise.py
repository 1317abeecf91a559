"""The one door to OpenDP: what noise costs, and drawing it.

Each part of an answer is one OpenDP measurement over tables at distance "units added or removed":

    tables -> (user transformation: the engine's bounded vector, stability d -> d x L2) >> discrete Gaussian

so its own privacy map at 1 states the cost of one unit. What the findings warn of is held here: 64-bit integers are
asked for by name (`T=int` means 32 bits), vectors are cut to a constant length and range before the call, so that
nothing raises because of what they hold, and a scale that the map prices above its share is refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from importlib.metadata import version
from typing import Any, assert_never

import opendp.prelude as dp

from datalab.errors import InternalError, QueryError
from datalab.privacy.accounts.mechanism import (
    DiscreteGaussian,
    GaussianThreshold,
    Mechanism,
    read_line,
    write_mechanism,
)
from datalab.privacy.budget import NANO, Budget
from datalab.privacy.plan import Cells, Part, PartPrice, Plan, Price

dp.enable_features("contrib", "honest-but-curious")  # the user transformation is ours to prove: see `bounds.py`

LIMIT = 2**62
"""Largest |cell| that is noised: noise is added to it in 64 bits without wrapping. Plans keep cells below it."""
STEPS = 64
"""Most times a scale is raised by one unit in the last place before its price is given up on."""
EPSILON_DECIMALS = 10**4
"""An epsilon is rounded up to four decimals."""


class OpenDPNoise:
    """Discrete Gaussian noise on integer vectors, accounted in zCDP (port `datalab.privacy.plan.Noise`)."""

    def price(self, plan: Plan) -> Price:
        """Return what every part costs a unit, as OpenDP's privacy map states it.

        Raises:
            InternalError: if no scale is priced within a part's share.
        """
        parts = () if plan.exact else tuple(_price(part) for part in plan.parts)
        return Price(parts=parts, software=f"opendp {version('opendp')}")

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Return the noisy vectors; those of public data as they are."""
        if plan.exact:
            return cells
        price = self.price(plan)
        return Cells(
            vectors={
                part.name: tuple(_measurement(part, price.scale(part.name), plan.size)(cells.vectors[part.name]))
                for part in plan.parts
            }
        )

    def epsilon(self, cost: Budget, delta: Fraction) -> float:
        """Return the epsilon of a zCDP cost at a delta: OpenDP's conversion, rounded up to four decimals.

        A cost with an approximate part leaves that much less of the delta to convert at: what is delta-approximate
        rho-zCDP is (epsilon, delta + delta')-DP where rho-zCDP is (epsilon, delta')-DP (Bun and Steinke 2016,
        arXiv 1605.02065, definition 8.1).

        Raises:
            QueryError: if the approximate part leaves nothing of the delta.
        """
        if cost == Budget(0):
            return 0.0
        left = delta - cost.delta
        if left <= 0:
            raise QueryError(
                f"A cost of {cost} is no epsilon at delta {float(delta):g}.",
                why="Its approximate part is as large as that delta, and nothing is left to convert at.",
                remedy="Spend less delta, or state a larger one.",
            )
        rho = math.nextafter(float(cost.rho), math.inf)
        spent = dp.m.make_user_measurement(
            dp.user_domain("AnyTables", lambda _: True),
            dp.user_distance("Units"),
            dp.zero_concentrated_divergence(),
            lambda _: 0,
            lambda units: rho * units,
        )
        profile: Any = dp.c.make_zCDP_to_approxDP(spent).map(1)  # type: ignore[no-untyped-call]  # OpenDP is untyped
        epsilon: float = profile.epsilon(math.nextafter(float(left), 0.0))
        return math.ceil(epsilon * EPSILON_DECIMALS) / EPSILON_DECIMALS

    def recost(self, line: str) -> Budget:
        """Return what a stored line of mechanisms costs a unit, with the OpenDP that runs now; rounded up.

        Raises:
            ValueError: if the line is none that `datalab.privacy.accounts.mechanism` reads.
        """
        return sum((_recost(mechanism) for _, mechanism in read_line(line)), Budget(0))


def _recost(mechanism: Mechanism) -> Budget:
    match mechanism:
        case DiscreteGaussian():
            space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
            gaussian: Any = dp.m.make_gaussian(*space, mechanism.scale)
            return Budget.ceil(gaussian.map(_root_up(mechanism.l2_squared)))
        case GaussianThreshold():
            counts = dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64"))
            metric = dp.l02inf_distance(dp.absolute_distance(T=float))
            thresholded: Any = dp.m.make_gaussian_threshold(counts, metric, mechanism.scale, mechanism.threshold)
            moved = (mechanism.l0, _root_up(mechanism.l2_squared), float(mechanism.linf))
            return Budget.ceil(*thresholded.map(moved))
        case _:
            assert_never(mechanism)


def _price(part: Part) -> PartPrice:
    """Find the smallest scale that costs no more than the part's share, and what it costs."""
    rho = Fraction(part.share.nano_rho, NANO)
    scale = math.sqrt(Fraction(part.sensitivity.l2_squared) / (2 * rho))
    for _ in range(STEPS):
        stated = Fraction(_measurement(part, scale, 1).map(1))
        if stated <= rho:
            return PartPrice(
                part=part.name,
                scale=scale,
                cost=Budget.ceil(stated),
                mechanism=write_mechanism(DiscreteGaussian(l2_squared=part.sensitivity.l2_squared, scale=scale)),
            )
        scale = math.nextafter(scale, math.inf) * (1 + 2**-50)
    raise InternalError(
        f"No noise for the part {part.name} is priced within its share.",
        why=f"Share {part.share}, L2 sensitivity squared {part.sensitivity.l2_squared}.",
        remedy="Report this with the OpenDP version.",
    )


def _measurement(part: Part, scale: float, size: int) -> Any:  # noqa: ANN401 - OpenDP's classes are untyped
    """Return the measurement of one part: bounded vector of `size` cells, then noise."""
    l2 = _root_up(part.sensitivity.l2_squared)

    def bounded(vector: Sequence[int]) -> list[int]:
        cut = [min(max(int(cell), -LIMIT), LIMIT) for cell in vector[:size]]
        return cut + [0] * (size - len(cut))

    transformation = dp.t.make_user_transformation(
        dp.user_domain("BoundedCells", lambda _: True),
        dp.user_distance("Units"),
        dp.vector_domain(dp.atom_domain(T="i64")),
        dp.l2_distance(T=float),
        bounded,
        lambda units: units * l2,
    )
    return transformation >> dp.m.then_gaussian(scale=scale)


def _root_up(square: int) -> float:
    """Return a float that is at least the square root of a whole number, and is it where it is whole."""
    root = math.isqrt(square)
    if root * root == square:
        return float(root)
    estimate = math.sqrt(square)
    while Fraction(estimate) ** 2 < square:
        estimate = math.nextafter(estimate, math.inf)
    return estimate
