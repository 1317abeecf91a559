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
from typing import Any

import opendp.prelude as dp

from datalab.errors import InternalError
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
        """Return the epsilon of a zCDP cost at a delta: OpenDP's conversion, rounded up to four decimals."""
        if cost == Budget(0):
            return 0.0
        rho = math.nextafter(float(cost.rho), math.inf)
        spent = dp.m.make_user_measurement(
            dp.user_domain("AnyTables", lambda _: True),
            dp.user_distance("Units"),
            dp.zero_concentrated_divergence(),
            lambda _: 0,
            lambda units: rho * units,
        )
        profile: Any = dp.c.make_zCDP_to_approxDP(spent).map(1)  # type: ignore[no-untyped-call]  # OpenDP is untyped
        epsilon: float = profile.epsilon(math.nextafter(float(delta), 0.0))
        return math.ceil(epsilon * EPSILON_DECIMALS) / EPSILON_DECIMALS


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
                mechanism=f"discrete Gaussian, L2 sensitivity squared {part.sensitivity.l2_squared}, scale {scale!r}",
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
