"""The residual basis: what a table says beyond its margins, for every set of its keys.

A table by keys A is the sum over all subsets S of A of a residual r_S, spread evenly over the keys that S leaves out:
r_S is the margin by S with the mean over every key of S taken out. Residuals of different S are orthogonal, so the
noise of one table is independent between them, and the best linear unbiased estimate of everything is found one S at a
time: each table that has S among its keys measures r_S with variance (its noise) x (labels of its other keys), and
those measurements are averaged by precision. No matrix of cells by cells is ever made (Xiao, Ding, Zhang and Kifer
2023, "An optimal and scalable matrix mechanism for noisy marginals under convex loss functions", NeurIPS; McKenna,
Miklau, Hay and Machanavajjhala 2018, "Optimizing error of high-dimensional statistical queries", PVLDB 11).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Keys = frozenset[int]
"""A set of keys by their places."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of several tables."""

    sizes: tuple[int, ...]
    """Number of labels of each key."""
    members: tuple[Keys, ...]
    """The keys of each table."""

    def cells(self, keys: Keys) -> int:
        """Return the number of combinations of labels; 1 for no key."""
        return math.prod(self.sizes[key] for key in sorted(keys))

    @property
    def largest(self) -> tuple[Keys, ...]:
        """The keys of the tables that no other contains."""
        return tuple(one for one in dict.fromkeys(self.members) if not any(one < other for other in self.members))

    @property
    def residuals(self) -> tuple[Keys, ...]:
        """Every set of keys that is in some table, smaller ones first."""
        found = {part for keys in self.members for part in subsets(keys)}
        return tuple(sorted(found, key=lambda keys: (len(keys), sorted(keys))))

    def share_of(self, residual: Keys, table: int) -> float:
        """Return the variance of a cell of a table that comes from a residual of variance 1.

        The product over its keys of (1 - 1/labels), over the square of the number of cells that it is spread over.
        """
        keys = self.members[table]
        if not residual <= keys:
            return 0.0
        kept = math.prod(1 - 1 / self.sizes[key] for key in sorted(residual))
        return kept / float(self.cells(keys - residual)) ** 2


def subsets(keys: Keys) -> Iterator[Keys]:
    """Yield every subset of a set of keys."""
    ordered = sorted(keys)
    for size in range(len(ordered) + 1):
        for chosen in itertools.combinations(ordered, size):
            yield frozenset(chosen)


def residual_variances(layout: Layout, variances: Sequence[float]) -> dict[Keys, float]:
    """Return the variance factor of the best estimate of every residual, given the noise variance of every table."""
    return {
        residual: 1
        / math.fsum(
            1 / (variance * layout.cells(keys - residual))
            for keys, variance in zip(layout.members, variances, strict=True)
            if residual <= keys
        )
        for residual in layout.residuals
    }


def table_variances(layout: Layout, variances: Sequence[float]) -> tuple[float, ...]:
    """Return the variance of a cell of each table after all tables were made to agree; the same in all its cells."""
    if not all(variances):  # exact
        return tuple(0.0 for _ in variances)
    known = residual_variances(layout, variances)
    return tuple(
        math.fsum(known[residual] * layout.share_of(residual, table) for residual in subsets(keys))
        for table, keys in enumerate(layout.members)
    )


def covariances(layout: Layout, variances: Sequence[float], keys: Keys) -> dict[Keys, float]:
    """Return the covariance of the noises of two cells of a table after agreement, by the keys whose labels they share.

    That of all keys is the variance of a cell.
    """
    known = residual_variances(layout, variances)
    return {
        agreeing: math.fsum(
            known[residual]
            / float(layout.cells(keys - residual)) ** 2
            * math.prod((key in agreeing) - 1 / layout.sizes[key] for key in sorted(residual))
            for residual in subsets(keys)
        )
        for agreeing in subsets(keys)
    }


def furthest_apart(layout: Layout, variances: Sequence[float], keys: Keys) -> float:
    """Return the standard deviation of the difference of two cells' noise: of the two of a table where it is largest.

    Where a margin is known well, one of its cells is too large where another is too small.
    """
    shared = covariances(layout, variances, keys)
    others = [one for agreeing, one in shared.items() if layout.cells(keys - agreeing) > 1]
    return math.sqrt(2 * (shared[keys] - min(others, default=0.0)))
