"""The best attacker on a noisy answer, and the epsilon that what they find proves at least.

The attacker knows both neighbouring tables and the mechanism, and wants to know which one was asked. Of integer vectors
with discrete Gaussian noise the best statistic is the log-likelihood ratio: the answer projected on the difference of
the two truths, each vector weighed by its noise (Neyman and Pearson 1933). Empirical epsilon is a 99.9 % lower bound at
the claim's delta (Clopper-Pearson, on the seven tenths of the draws that the threshold was not chosen on; as in
Jagielski, Ullman and Oprea 2020, NeurIPS, and Tramer et al. 2022, arXiv 2202.12219). A claim that it exceeds is false.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from drawn import copied, discrete_gaussian
from offence_tables import Row
from scipy.stats import beta

from datalab.engine.noise import OpenDPNoise
from datalab.engine.reference import ReferenceEngine
from datalab.privacy.budget import Budget
from datalab.privacy.estimate.search import replayed, searched, signed_sums
from datalab.privacy.plan import Cells, Part, Plan

Draws = npt.NDArray[np.float64]
Tables = Mapping[str, Sequence[Row]]
DELTA = Fraction(1, 100)
"""Large on purpose: at delta 1e-6 the tails that count hold no draws, and a test of them notices little."""
REPLICAS = 8_000
"""Draws in each world."""
FEW = 5_000
"""Draws that are enough where an attack has to win: they prove an epsilon of up to 6.1.

With half as many, one control in a thousand or so fell short of the claim by bad luck alone.
"""
CHOSEN_ON = 0.3
"""Share of the draws that the threshold is chosen on; more would leave too few to judge it by."""
FAILURE = 0.001
"""Chance that a lower bound is too high by bad luck; small, for a test must not cry wolf."""
NOISE = OpenDPNoise()


def draws(plan: Plan, cells: Cells, replicas: int = REPLICAS) -> dict[str, Draws]:
    """Draw every part many times in one call: the vectors side by side, noised as one long answer."""
    long_cells = Cells(vectors={name: vector * replicas for name, vector in cells.vectors.items()})
    noisy = NOISE.draw(copied(plan, replicas), long_cells)
    return {name: np.array(v, dtype=np.float64).reshape(replicas, -1) for name, v in noisy.vectors.items()}


def scores(plan: Plan, seen: Mapping[str, Draws], one: Cells, other: Cells, *, noised_by: Plan | None = None) -> Draws:
    """Return the log-likelihood ratio of each draw, up to a constant: the best statistic there is.

    The rounds of a search ask at edges that the draws before them chose: an attacker knows which, and what was there.
    """
    price, drawn_with = NOISE.price(plan), NOISE.price(noised_by or plan)
    return sum(
        (
            _of_search(part, seen[part.name], drawn_with.scale(part.name), one, other) / price.scale(part.name) ** 2
            if part.search is not None
            else seen[part.name]
            @ (np.array(one.vectors[part.name]) - np.array(other.vectors[part.name]))
            / price.scale(part.name) ** 2
            for part in plan.parts
        ),
        np.zeros(1),
    )


def _of_search(part: Part, seen: Draws, scale: float, one: Cells, other: Cells) -> Draws:
    """Return the same of the rounds of a search, times the noise's variance."""
    course = replayed(part, seen.ravel().tolist(), scale)
    cell = np.arange(len(course.edges)) % (part.size // part.bins)
    first, second = (
        signed_sums(part, cells.vectors[part.name])[cell[:, None], course.edges].astype(np.float64)
        for cells in (one, other)
    )
    ratios = ((first - second) * (course.sums - (first + second) / 2)).sum(axis=1)
    return np.asarray(ratios.reshape(len(seen), -1).sum(axis=1))


def empirical_epsilon(with_unit: Draws, without: Draws, delta: float) -> float:
    """Return a lower bound on epsilon at delta: choose a threshold on some of the draws, judge it on the others."""
    few = round(CHOSEN_ON * len(with_unit))
    judged = len(with_unit) - few
    best, chosen = -math.inf, (0.0, 1.0, False)
    for threshold in np.quantile(np.concatenate([with_unit[:few], without[:few]]), np.linspace(0.01, 0.99, 99)):
        for side in (1.0, -1.0):
            p, q = (float((side * x[:few] >= side * threshold).mean()) for x in (with_unit, without))
            for swapped, (a, b) in ((False, (p, q)), (True, (q, p))):
                floor = a - 3 * math.sqrt(a * (1 - a) / judged) - delta
                ceiling = b + 3 * math.sqrt(b / few) + 7 / few  # none of n may be 7 in n (at .1 %)
                if floor > 0 and (value := math.log(floor / ceiling)) > best:
                    best, chosen = value, (float(threshold), side, swapped)
    threshold, side, swapped = chosen
    p, q = (int((side * x[few:] >= side * threshold).sum()) for x in (with_unit, without))
    a, b = (q, p) if swapped else (p, q)
    low = float(beta.ppf(FAILURE, a, judged - a + 1)) if a else 0.0
    high = float(beta.ppf(1 - FAILURE, b + 1, judged - b)) if b < judged else 1.0
    return math.log(max(low - delta, 1e-12) / high)


def attack(plan: Plan, one: Cells, other: Cells, *, noised_by: Plan | None = None, replicas: int = REPLICAS) -> float:
    """Return the empirical epsilon between two tables' cells, drawn by a plan that may be broken."""
    drawn = [draws(noised_by or plan, cells, replicas) for cells in (one, other)]
    with_unit, without = (scores(plan, seen, one, other, noised_by=noised_by) for seen in drawn)
    return empirical_epsilon(with_unit, without, float(DELTA))


def claim(plan: Plan) -> float:
    """Return the epsilon that the price states at this delta."""
    return NOISE.epsilon(NOISE.price(plan).total, DELTA)


def cells_of_both(plan: Plan, tables: Tables, unit: str) -> tuple[Cells, Cells]:
    """Return the bounded cells with a unit and without it, removed from every table that has units."""
    engine = ReferenceEngine()
    return engine.cells(plan, tables), engine.cells(plan, without(tables, unit))


def without(tables: Tables, unit: str | None) -> dict[str, list[Row]]:
    """Return the tables as if a unit had never been recorded; rows of public tables are nobody's."""
    return {name: [row for row in rows if row.get("unit_id", ...) != unit] for name, rows in tables.items()}


def less_noise(plan: Plan, factor: float) -> Plan:
    """Return a plan whose vectors are noised `factor` times too little."""
    return with_parts(plan, lambda part: replace(part, share=Budget(round(part.share.nano_rho * factor**2))))


def seen_from(plan: Plan, one: Cells, other: Cells) -> str:
    """Return the most of its noise at which the attack exceeds the claim, in steps of a twentieth: `0.60 of it`.

    Five attacks in a row have to. Their noise is drawn quickly and alike in every run, for this says how sharp the
    attack is, not whether noise is right; a cell that is alike in both worlds adds nothing to the likelihood ratio.
    """
    rng, price, claimed = np.random.default_rng(7), NOISE.price(plan), claim(plan)
    moves = [
        (float(n), price.scale(part.name))
        for part in plan.parts
        if part.search is None
        for n in np.subtract(one.vectors[part.name], other.vectors[part.name])
        if n
    ]
    moved = sum(n**2 / scale**2 for n, scale in moves)

    def searches(part: Part, cells: Cells, share: float) -> Draws:
        scale = price.scale(part.name)

        def noised(sums: Sequence[int]) -> Sequence[int]:
            return (np.array(sums) + discrete_gaussian(rng, share * scale, len(sums))).tolist()

        drawn = searched(part, cells.vectors[part.name] * REPLICAS, scale, noised)
        seen = np.array(drawn, dtype=np.float64).reshape(REPLICAS, -1)
        return _of_search(part, seen, scale, one, other) / scale**2

    def found(share: float) -> float:
        noise = np.zeros((2, REPLICAS))
        for n, scale in moves:
            noise += n / scale**2 * discrete_gaussian(rng, share * scale, 2 * REPLICAS).reshape(2, -1)
        for part in plan.parts:
            if part.search is not None:
                noise += [searches(part, cells, share) for cells in (one, other)]
        return empirical_epsilon(noise[0] + moved, noise[1], float(DELTA))

    for twentieths in range(17, 0, -1):
        if all(found(twentieths / 20) > claimed for _ in range(5)):
            return f"{twentieths / 20:.2f} of it"
    return "none of it"


def with_parts(plan: Plan, broken: Callable[[Part], Part]) -> Plan:
    """Return a plan with every part changed."""
    return replace(plan, parts=tuple(map(broken, plan.parts)))
