"""Vectors with noise of the stated distribution, many times over: for tests of figures and their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from offences import ref

from datalab.privacy.answer import Estimate, dress
from datalab.privacy.estimate.search import searched
from datalab.privacy.plan import Cells, Key, Plan, Price

Wholes = npt.NDArray[np.int64]
LARGE = 5_000.0
"""Beyond this scale a rounded normal is the discrete Gaussian to eight digits of any probability."""


def discrete_gaussian(rng: np.random.Generator, scale: float, size: int) -> Wholes:
    """Draw noise with probability proportional to exp(-x**2 / (2 scale**2)) on the whole numbers."""
    if scale == 0:
        return np.zeros(size, dtype=np.int64)
    if scale > LARGE:
        return np.rint(rng.normal(0.0, scale, size)).astype(np.int64)
    reach = math.ceil(12 * scale)
    support = np.arange(-reach, reach + 1)
    weights = np.exp(-(support.astype(float) ** 2) / (2 * scale * scale))
    return np.asarray(support[np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(size))], dtype=np.int64)


def tail(scale: float, least: int) -> float:
    """Return the chance that discrete Gaussian noise is at least so large."""
    reach = math.ceil(12 * scale) + abs(least)
    support = np.arange(-reach, reach + 1)
    weights = np.exp(-(support.astype(float) ** 2) / (2 * scale * scale))
    return float(weights[support >= least].sum() / weights.sum())


def exact_coverage(scale: float, confidence: float = 0.95) -> float:
    """Return how often the shortest whole interval holds the truth that does so in `confidence` of answers or more.

    Noise has whole steps: of a scale near 1 the interval holds far more often than asked, of a large one just as often.
    """
    if scale > LARGE:
        return confidence
    width = next(width for width in range(math.ceil(12 * scale)) if 1 - 2 * tail(scale, width + 1) >= confidence)
    return 1 - 2 * tail(scale, width + 1)


def copied(plan: Plan, copies: int) -> Plan:
    """Return a plan that answers the same question many times side by side, each with its own noise.

    Its parts keep the sensitivity and share of one answer, so each stretch of a vector is one independent release.
    """
    copy = Key(column=ref("copy", "offences"), values=tuple(map(str, range(copies))), nullable=False)
    return replace(
        plan,
        keys=(copy, *plan.keys),
        tables=tuple(replace(table, keys=(copy, *table.keys)) for table in plan.tables),
        parts=tuple(
            replace(part, edges=part.edges * copies)
            if part.edges
            else replace(part, keys=(copy, *part.keys), bounded_at=(copy, *part.bounded_at))
            for part in plan.parts
        ),
    )


def noised(
    plan: Plan, price: Price, truth: Mapping[str, Sequence[int]], rng: np.random.Generator, copies: int = 1
) -> Cells:
    """Return the true vectors, side by side so many times, each number with noise of its own."""
    vectors = {}
    for part in plan.parts:
        scale = price.scale(part.name)

        def with_noise(exact: Sequence[int], scale: float = scale) -> tuple[int, ...]:
            true = np.array(exact, dtype=np.int64)
            return tuple((true + discrete_gaussian(rng, scale, len(true))).tolist())

        true = list(truth[part.name]) * copies
        vectors[part.name] = with_noise(true) if part.search is None else searched(part, true, scale, with_noise)
    return Cells(vectors=vectors)


def held(estimates: Sequence[Estimate], true: float) -> float:
    """Return the share of intervals that hold the truth."""
    inside = [
        (one.low is None or one.low <= true + 1e-9) and (one.high is None or true - 1e-9 <= one.high)
        for one in estimates
    ]
    return sum(inside) / len(inside)


def answers(
    plan: Plan, price: Price, truth: Mapping[str, Sequence[int]], rng: np.random.Generator, copies: int
) -> list[list[list[Estimate]]]:
    """Return, for each figure and each cell of the plan, its estimates in so many answers."""
    many = copied(plan, copies)
    cells = dress(many, price, noised(plan, price, truth, rng, copies), epsilon=0, delta=plan.question.rho).cells
    size = len(cells) // copies
    return [
        [[cells[copy * size + place].estimates[figure] for copy in range(copies)] for place in range(size)]
        for figure in range(len(plan.figures))
    ]
