"""How often a figure will have no value: where the noise leaves nothing to divide by, or no rows to rank.

Answers are made up as an interval is foreseen, from cells whose values lie as assumed, but with noise drawn: in some
the amount below the line is not told from 0, and such an answer states no figure, only what is possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datalab.privacy.accuracy.assumed import Assumed, cell_of
from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.estimate.estimate import Floats
from datalab.privacy.estimate.figures import Noisy, columns_of
from datalab.privacy.estimate.noise_size import spread
from datalab.privacy.estimate.search import searched
from datalab.privacy.plan import Cells, Figure, Part, Plan, Price

DRAWS = 400
"""Answers made up for a size and a shape of values: a share of a quarter is off by 2 of 100."""
SEED = 20_260_101
"""The same question is previewed alike."""


def missing(figure: Figure, plan: Plan, price: Price, counts: Sequence[int]) -> tuple[float, ...]:
    """Return in which share of answers a figure will have no value, for groups of so many rows.

    Args:
        figure: one of the plan's, whose error depends on the size of the group.
        plan: the question's.
        price: the plan's.
        counts: rows (with a value; below the line; units for rows of a unit) in the group.

    Returns:
        For each size the larger share of the shapes that values are assumed to have; 0 where answers are exact.
    """
    if plan.exact:
        return (0.0,) * len(counts)
    random = np.random.default_rng(SEED)
    shapes = [cell_of(figure, plan, assumed, count) for count in counts for assumed in Assumed]
    drawn = {}
    for part in plan.parts_of(figure):
        scale = price.scale(part.name)
        exact = np.array([cell.vectors[part.name] for cell in shapes], dtype=np.float64)
        if part.search is not None:
            drawn[part.name] = _searched(part, exact, scale, random)
            continue
        noise = random.normal(0.0, spread(scale), (DRAWS, exact.shape[1]))  # the same for each size and shape
        drawn[part.name] = tuple(map(int, np.rint(exact[:, None, :] + noise).ravel()))
    noisy = Noisy(plan=plan, price=price, cells=Cells(vectors=drawn), confidence=foreseen_confidence(plan))
    lost = np.array([one.value is None for one in columns_of(figure, noisy)[0]])
    return tuple(lost.reshape(len(counts), len(Assumed), DRAWS).mean(axis=2).max(axis=1).tolist())


def _searched(part: Part, exact: Floats, scale: float, random: np.random.Generator) -> tuple[int, ...]:
    """Return the noisy sums of as many searches of each cell."""
    vector = np.repeat(exact.astype(np.int64), DRAWS, axis=0).ravel().tolist()

    def noised(sums: list[int]) -> list[int]:
        noise = random.normal(0.0, spread(scale), DRAWS)  # the same for each size and shape
        return list(map(int, np.rint(np.array(sums, dtype=np.float64) + np.tile(noise, len(exact)))))

    return searched(part, vector, scale, noised)
