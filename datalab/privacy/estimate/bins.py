"""Noisy bins to a noisy distribution: how many rows lie at or below each bin, from counts at several levels.

Fine bins and coarser ones over them are counted apart. Generalised least squares over all of them is the best linear
unbiased estimate of the fine counts, consistent with every level (Hay, Rastogi, Miklau and Suciu 2010, "Boosting the
accuracy of differentially private histograms through consistency", PVLDB 3; branching as in Qardaji, Yang and Li 2013,
"Understanding hierarchical methods for differentially private histograms", PVLDB 6). Its matrix depends on the shape
and the scales alone: it is worked out once and applied to all cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from datalab.privacy.estimate.estimate import Floats
from datalab.privacy.estimate.noise_size import spread
from datalab.privacy.plan import Part


@dataclass(frozen=True, slots=True)
class Shape:
    """What the estimate of a distribution depends on beside the counts."""

    levels: tuple[tuple[int, int], ...]
    """For each level, the finest first: how many fine bins one of its bins covers, and how many bins it has."""
    scales: tuple[float, ...]
    """Of the noise of each level; all 0 where the counts are exact."""
    level: float
    """The quantile: a share of the rows."""

    @property
    def bins(self) -> int:
        """Number of fine bins."""
        return self.levels[0][1]


@dataclass(frozen=True, slots=True)
class Excess:
    """Linear estimate of D(b) = rows in bins up to b, less the wanted share of all rows, and its noise."""

    matrix: Floats
    """By fine bin and observed bin, all levels one after another."""
    deviation: Floats
    """Standard deviation of D(b) for each fine bin."""
    total: Floats
    """By observed bin: the estimate of all rows."""
    total_deviation: float


def shape_of(parts: Sequence[Part], scales: Sequence[float], level: float) -> Shape:
    """Return the shape of a quantile's parts: the bin is the last key of each, the finest level first."""
    bins = [part.keys[-1].bin for part in parts]
    widths = [bin_.width for bin_ in bins if bin_ is not None]
    counts = [bin_.count for bin_ in bins if bin_ is not None]
    return Shape(
        levels=tuple((width // widths[0], count) for width, count in zip(widths, counts, strict=True)),
        scales=tuple(scales),
        level=level,
    )


@lru_cache(maxsize=16)
def excess(shape: Shape) -> Excess:
    """Return the best linear unbiased estimate of D, and how noisy it is at each bin."""
    fine, deviations = _fine(shape.levels, shape.scales)
    total = fine.sum(axis=0)
    matrix = np.cumsum(fine, axis=0) - shape.level * total
    return Excess(
        matrix=matrix,
        deviation=np.sqrt(matrix**2 @ deviations**2),
        total=total,
        total_deviation=float(np.sqrt(total**2 @ deviations**2)),
    )


@lru_cache(maxsize=4)
def _fine(levels: tuple[tuple[int, int], ...], scales: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Return the estimate of each fine bin by observed bin, and the deviation of each observed bin.

    A bin of one level lies in one bin of each coarser level. So fine bins in different bins of the coarsest level share
    no observation, and are estimated a coarsest bin at a time.
    """
    (_, bins), (coarsest, _) = levels[0], levels[-1]
    design = np.zeros((sum(count for _, count in levels), bins))
    noise, row = [], 0
    for (covered, count), scale in zip(levels, scales, strict=True):
        design[row + np.arange(bins) // covered, np.arange(bins)] = 1.0
        noise += [spread(scale)] * count
        row += count
    deviations = np.array(noise)
    if not deviations.any():  # exact: the finest level says all
        return np.eye(bins, len(design)), deviations
    fine = np.zeros((bins, len(design)))
    for start in range(0, bins, coarsest):
        inside = slice(start, min(start + coarsest, bins))
        seen = np.flatnonzero(design[:, inside].any(axis=1))
        own, weights = design[seen, inside], 1.0 / deviations[seen] ** 2
        fine[inside, seen] = np.linalg.solve(own.T @ (weights[:, None] * own), own.T * weights)
    return fine, deviations
