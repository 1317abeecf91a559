"""How often a figure will have no value: where the noise leaves nothing to divide by, or no rows to rank.

Answers are made up as an interval is foreseen, from cells whose values lie as assumed, but with noise drawn: in some
the amount below the line is not told from 0, and such an answer states no figure, only what is possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datalab.privacy.accuracy.assumed import Assumed, cell_of
from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.estimate.figures import Noisy, columns_of
from datalab.privacy.estimate.noise_size import spread
from datalab.privacy.plan import Cells, Figure, Plan, Price

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
    for name, vector in shapes[0].vectors.items():
        noise = random.normal(0.0, spread(price.scale(name)), (DRAWS, len(vector)))  # the same for each size and shape
        cells = [np.rint(np.array(cell.vectors[name], dtype=np.float64) + noise) for cell in shapes]
        drawn[name] = tuple(map(int, np.concatenate(cells).ravel()))
    noisy = Noisy(plan=plan, price=price, cells=Cells(vectors=drawn), confidence=foreseen_confidence(plan))
    lost = np.array([one.value is None for one in columns_of(figure, noisy)[0]])
    return tuple(lost.reshape(len(counts), len(Assumed), DRAWS).mean(axis=2).max(axis=1).tolist())
