"""The one door to OpenDP: what noise costs, and drawing it.

Each part of an answer is one OpenDP measurement over tables at distance "units added or removed":

    tables -> (user transformation: the engine's bounded vector, stability d -> d x L2) >> discrete Gaussian

so its own privacy map at 1 states the cost of one unit. A quantile that is searched for takes one a round, over the
signed sums that the rounds before it chose; costs add up. Values that no contract lists are found out by one more:

    tables -> (user transformation: units by value) >> discrete Gaussian >> only what reaches a threshold

OpenDP draws some 40,000 numbers a second, so large vectors are noised in pieces, by a thread a core. The noise of a
cell depends on no other cell, so the pieces together are distributed as the one measurement that is priced.

What the findings warn of is held here: 64-bit integers are asked for by name (`T=int` means 32 bits), vectors and
counts are cut to a constant length and range before the call, so that nothing raises because of what they hold, and a
scale or threshold that the map prices above its share is refused.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from itertools import chain, islice
from typing import Any, assert_never

import opendp.prelude as dp

from datalab.engine.scale import least_scale, root_up
from datalab.errors import InternalError, QueryError
from datalab.privacy.accounts.mechanism import (
    DiscreteGaussian,
    GaussianSearch,
    GaussianThreshold,
    Mechanism,
    read_line,
    write_mechanism,
)
from datalab.privacy.budget import Budget
from datalab.privacy.estimate.search import searched
from datalab.privacy.plan import Cells, Discovery, Part, PartPrice, Plan, Price

dp.enable_features("contrib", "honest-but-curious")  # the user transformation is ours to prove: see `bounds.py`

SOFTWARE = f"opendp {version('opendp')}"
"""What states the costs."""
LIMIT = 2**62
"""Largest |cell| that is noised: noise is added to it in 64 bits without wrapping. Plans keep cells below it."""
DISCOVERY = "discovery"
"""Name of the price of finding out values."""
STEP = 1
"""A threshold is priced as if it were lower by one step.

OpenDP 0.16 states as delta the tail P(N > t - 1) of the continuous normal distribution, but what it draws is whole: at
scale 1 and threshold 3 a value of one unit is told in .058 of draws, and .023 is stated. For whole noise X of the same
scale P(X >= k) <= P(N > k - 1) wherever k >= 1: the sum of the falling weights from k on is below their integral from
k - 1 on, and the sum of all weights is at least the whole integral (Poisson summation). So the tail that is stated for
the threshold t - 1 holds for t. `tests/privacy/test_discovery.py` measures it.
"""
LARGEST_THRESHOLD = 2**53
"""Beyond this no threshold is looked for: no dataset has so many units."""
LARGEST_RHO = 500
"""Beyond this an epsilon is not computed: OpenDP's conversion overflows at some 1,200, and it would promise nothing."""
PIECE, LEAST_PIECE = 2**12, 2**6
"""Most cells, or values, that one thread noises at once; and least, as long as there are more."""
EPSILON_DECIMALS = 10**4
"""An epsilon is rounded up to four decimals."""


class OpenDPNoise:
    """Discrete Gaussian noise on integer vectors, accounted in zCDP (port `datalab.privacy.plan.Noise`)."""

    def price(self, plan: Plan) -> Price:
        """Return what every part costs a unit, as OpenDP's privacy map states it.

        Raises:
            InternalError: if no scale is priced within a part's share.
        """
        if plan.exact:
            return Price(parts=(), software=SOFTWARE)
        found_out = () if plan.discovery is None else (_price_of_discovery(plan.discovery),)
        return Price(parts=(*found_out, *map(_price, plan.parts)), software=SOFTWARE)

    def discover(self, plan: Plan, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Return the values whose noisy number of units reaches the threshold, sorted; never raises for the counts.

        Where they are more than an answer may have, those with the largest noisy numbers.

        Public data holds nobody's secrets: all its values are told.
        """
        if plan.discovery is None:
            return ()
        if plan.exact:
            return tuple(sorted(counts))
        price = _price_of_discovery(plan.discovery)
        measurement, left = _threshold(plan.discovery, price.scale, price.threshold), iter(counts.items())
        pieces = iter(lambda: dict(islice(left, PIECE)), {})
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            told = dict(chain.from_iterable(piece.items() for piece in threads.map(measurement, pieces)))
        kept = sorted(told, key=lambda value: (-told[value], value))[: plan.discovery.most]
        return tuple(sorted(bytes.fromhex(value).decode(errors="surrogatepass") for value in kept))

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Return the noisy vectors, each as long as what its part draws; those of public data as they are."""
        vectors: dict[str, tuple[int, ...]] = {}
        if plan.exact:
            return cells
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for part in plan.parts:
                exact, scale = cells.vectors.get(part.name, ()), _price(part).scale
                noised = partial(_in_pieces, part, scale, threads)
                vectors[part.name] = (
                    tuple(noised(exact, part.size))
                    if part.search is None
                    else searched(part, _cut(exact, part.size), scale, partial(noised, size=part.size // part.bins))
                )
        return Cells(vectors=vectors)

    def epsilon(self, cost: Budget, delta: Fraction) -> float:
        """Return the epsilon of a zCDP cost at a delta: OpenDP's conversion, rounded up to four decimals.

        A cost with an approximate part leaves that much less of the delta to convert at: what is delta-approximate
        rho-zCDP is (epsilon, delta + delta')-DP where rho-zCDP is (epsilon, delta')-DP (Bun and Steinke 2016,
        arXiv 1605.02065, definition 8.1).

        It is infinite for a cost that is so large that no figure would mean anything.

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
        if cost.rho > LARGEST_RHO:
            return math.inf
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
            return Budget.ceil(_stated(mechanism))
        case GaussianSearch():
            one = DiscreteGaussian(l2_squared=mechanism.l2_squared, scale=mechanism.scale)
            return Budget.ceil(mechanism.rounds * _stated(one))
        case GaussianThreshold():
            counts = dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64"))
            metric = dp.l02inf_distance(dp.absolute_distance(T=float))
            priced_at = mechanism.threshold - STEP
            thresholded: Any = dp.m.make_gaussian_threshold(counts, metric, mechanism.scale, priced_at)
            moved = (mechanism.l0, root_up(mechanism.l2_squared), float(mechanism.linf))
            return Budget.ceil(*thresholded.map(moved))
        case _:
            assert_never(mechanism)


def _stated(mechanism: DiscreteGaussian) -> Fraction:
    """Return what OpenDP states for one vector."""
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
    gaussian: Any = dp.m.make_gaussian(*space, mechanism.scale)
    return Fraction(gaussian.map(root_up(mechanism.l2_squared)))


def _price(part: Part) -> PartPrice:
    """Find the smallest scale that costs no more than the part's share, all rounds together, and what it costs."""
    square = part.sensitivity.l2_squared
    rounds = 1 if part.search is None else part.search.rounds
    scale, stated = least_scale(
        part.share, rounds * square, lambda scale: rounds * Fraction(_measurement(part, scale, 1).map(1)), part.name
    )
    return PartPrice(
        part=part.name,
        scale=scale,
        cost=Budget.ceil(stated),
        mechanism=write_mechanism(
            DiscreteGaussian(l2_squared=square, scale=scale)
            if part.search is None
            else GaussianSearch(rounds=rounds, l2_squared=square, scale=scale)
        ),
    )


def _price_of_discovery(discovery: Discovery) -> PartPrice:
    """Find the smallest scale within the share, then the least whole threshold whose delta fits."""
    values = discovery.values_per_unit

    def cost(scale: float, threshold: int) -> tuple[Fraction, Fraction]:
        rho, delta = _threshold(discovery, scale, threshold - STEP).map(1)
        return Fraction(rho), Fraction(delta)

    scale, stated = least_scale(discovery.share, values, lambda scale: cost(scale, LARGEST_THRESHOLD)[0], DISCOVERY)
    low, high = 1 + STEP, LARGEST_THRESHOLD
    if cost(scale, high)[1] > discovery.delta:
        raise InternalError(
            "No threshold for finding out values is priced within its delta.",
            why=f"Delta {float(discovery.delta):g}, scale {scale!r}.",
            remedy="Report this with the OpenDP version.",
        )
    reach = low  # it is some multiples of the scale, so doubling from below takes fewer steps than halving from above
    while reach < high and cost(scale, reach)[1] > discovery.delta:
        low, reach = reach + 1, 2 * reach
    high = min(reach, high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if cost(scale, middle)[1] <= discovery.delta else (middle + 1, high)
    return PartPrice(
        part=DISCOVERY,
        scale=scale,
        cost=Budget.ceil(stated, cost(scale, high)[1]),
        mechanism=write_mechanism(GaussianThreshold(l0=values, l2_squared=values, linf=1, scale=scale, threshold=high)),
        threshold=high,
    )


def _measurement(part: Part, scale: float, size: int) -> Any:  # noqa: ANN401 - OpenDP's classes are untyped
    """Return the measurement of one part: bounded vector of `size` cells, then noise."""
    l2 = root_up(part.sensitivity.l2_squared)

    transformation = dp.t.make_user_transformation(
        dp.user_domain("BoundedCells", lambda _: True),
        dp.user_distance("Units"),
        dp.vector_domain(dp.atom_domain(T="i64")),
        dp.l2_distance(T=float),
        partial(_cut, size=size),
        lambda units: units * l2,
    )
    return transformation >> dp.m.then_gaussian(scale=scale)


def _cut(vector: Sequence[int], size: int) -> list[int]:
    """Return a vector of so many cells, each within the limit, whatever an engine returned."""
    return [min(max(int(cell), -LIMIT), LIMIT) for cell in [*vector[:size], *[0] * (size - len(vector))]]


def _in_pieces(part: Part, scale: float, threads: ThreadPoolExecutor, vector: Sequence[int], size: int) -> list[int]:
    """Return the noisy cells of a vector, cut or filled with 0 to so many, noised in pieces side by side."""
    piece = min(max(-(-size // (os.cpu_count() or 1)), LEAST_PIECE), PIECE)
    cut = [(vector[start : start + piece], min(piece, size - start)) for start in range(0, size, piece)]
    return list(chain.from_iterable(threads.map(lambda one: _noised(part, scale, *one), cut)))


def _noised(part: Part, scale: float, vector: Sequence[int], size: int) -> list[int]:
    """Return so many noisy cells."""
    return list(_measurement(part, scale, size)(vector))


def _threshold(discovery: Discovery, scale: float, threshold: int) -> Any:  # noqa: ANN401 - as above
    """Return the measurement of a discovery: units by value, then noise, then only what reaches the threshold.

    One unit changes at most `values_per_unit` counts, each by 1: L0 is that many, L2 its root, Linf 1.
    """
    values = discovery.values_per_unit
    l2 = root_up(values)

    def bounded(counts: Mapping[str, int]) -> dict[str, int]:
        # Values go through in hexadecimal: none of them can be a text that OpenDP's strings do not take.
        return {
            value.encode(errors="surrogatepass").hex(): min(max(int(count), 0), LIMIT)
            for value, count in counts.items()
        }

    transformation = dp.t.make_user_transformation(
        dp.user_domain("UnitsByValue", lambda _: True),
        dp.user_distance("Units"),
        dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64")),
        dp.l02inf_distance(dp.absolute_distance(T=float)),
        bounded,
        lambda units: (units * values, units * l2, float(units)),
    )
    return transformation >> dp.m.then_gaussian_threshold(scale=scale, threshold=threshold)
