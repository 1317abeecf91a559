"""How often a figure will have no value: where the noise leaves nothing to divide by, or no rows to rank.

Answers are made up as an interval is foreseen, from cells whose values lie as assumed, but with noise drawn: in some
the amount below the line is not told from 0, and such an answer states no figure, only what is possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datalab.privacy.accuracy.assumed import Assumed, cell_of
from datalab.privacy.accuracy.foreseen import foreseen_confidence
from datalab.privacy.estimate.bins import excess
from datalab.privacy.estimate.estimate import Floats
from datalab.privacy.estimate.figures import Noisy, columns_of, quantile_shape
from datalab.privacy.estimate.noise_size import spread
from datalab.privacy.estimate.quantile import least_rows
from datalab.privacy.estimate.search import found, searched
from datalab.privacy.plan import Cells, Figure, FigureKind, Part, Plan, Price

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
    if figure.kind in (FigureKind.QUANTILE, FigureKind.UNIT_ROWS):
        lost = _unranked(figure, plan, price, shapes, random)
    else:
        drawn = {}
        for part in plan.parts_of(figure):
            exact = _exact(part, shapes)
            noise = _noise(price.scale(part.name), exact.shape[1], random)
            drawn[part.name] = tuple(map(int, (exact[:, None, :] + noise).ravel()))
        noisy = Noisy(plan=plan, price=price, cells=Cells(vectors=drawn), confidence=foreseen_confidence(plan))
        lost = np.array([one.value is None for one in columns_of(figure, noisy)[0]])
    return tuple(lost.reshape(len(counts), len(Assumed), DRAWS).mean(axis=2).max(axis=1).tolist())


def _exact(part: Part, shapes: Sequence[Cells]) -> Floats:
    """Return the vectors of a part by shape."""
    return np.array([cell.vectors[part.name] for cell in shapes], dtype=np.float64)


def _noise(scale: float, size: int, random: np.random.Generator) -> Floats:
    """Return the noise of a cell of so many numbers by answer, the same for each size and shape."""
    return np.asarray(np.rint(random.normal(0.0, spread(scale), (DRAWS, size))))


def _unranked(
    figure: Figure, plan: Plan, price: Price, shapes: Sequence[Cells], random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return for each shape and answer whether a quantile is not stated; no other figure of it is worked out."""
    parts, confidence = plan.parts_of(figure), foreseen_confidence(plan)
    if parts[0].search is not None:
        scale = price.scale(parts[0].name)

        def noised(sums: list[int]) -> list[int]:
            noise = np.tile(_noise(scale, 1, random)[:, 0], len(shapes))
            return list(map(int, np.array(sums, dtype=np.float64) + noise))

        vector = [rows for cell in shapes for rows in cell.vectors[parts[0].name]]
        drawn = searched(parts[0], vector, scale, noised, times=DRAWS)
        return np.isnan([place.at for place in found(parts[0], drawn, scale, confidence=confidence)])
    linear = excess(quantile_shape(figure, plan, price))
    exact = [_exact(part, shapes) for part in parts]
    noise = [_noise(price.scale(part.name), bins.shape[1], random) for part, bins in zip(parts, exact, strict=True)]
    rows, noises = (np.concatenate(one, axis=1) @ linear.total for one in (exact, noise))
    return np.asarray(rows[:, None] + noises <= least_rows(linear, confidence)).ravel()
