"""What one thing tells of another: their rank correlation, and how often chance alone makes one as large."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

SHUFFLES = 2_000
"""Of a permutation test: its least chance is one in as many."""
AT_ONCE = 100
"""Shuffles that are held in memory together."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """A rank correlation and its significance."""

    correlation: float
    """Spearman's, within the groups."""
    chance: float
    """Of one at least as large, of either sign, if neither told of the other (a permutation test)."""


def told(things: Sequence[float], others: Sequence[float], groups: Sequence[int] | None = None) -> Told:
    """Return what one thing tells of another, to somebody who knows the group of each.

    Ranks are taken, and shuffled, within each group (stratified permutation: Good 2005, "Permutation, Parametric and
    Bootstrap Tests of Hypotheses", chapter 6).

    Args:
        things: one number each.
        others: the other number of each.
        groups: of each; None is one group.
    """
    of = np.zeros(len(things), dtype=np.int64) if groups is None else np.asarray(groups)
    one, other = _ranked(things, of), _ranked(others, of)
    whole = math.sqrt(float(one @ one) * float(other @ other))
    if whole == 0:
        return Told(0.0, 1.0)
    found = float(one @ other) / whole
    rng = np.random.default_rng(20261124)
    shuffled = np.concatenate([_shuffled(rng, one, other, of) for _ in range(SHUFFLES // AT_ONCE)]) / whole
    as_large = int(np.count_nonzero(np.abs(shuffled) >= abs(found) - 1e-12))
    return Told(found, (as_large + 1) / (SHUFFLES + 1))


def interval(correlation: float, answers: int) -> tuple[float, float]:
    """Return the 95 % interval of a rank correlation (Bonett and Wright 2000, Psychometrika 65, 23-28)."""
    middle = math.atanh(correlation)
    reach = NormalDist().inv_cdf(0.975) * math.sqrt((1 + correlation**2 / 2) / (answers - 3))
    return math.tanh(middle - reach), math.tanh(middle + reach)


def missed(true: float, allowed: float, answers: int) -> float:
    """Return the chance that a true correlation comes out as one that is allowed (Fisher's z)."""
    return NormalDist().cdf((math.atanh(allowed) - math.atanh(true)) * math.sqrt(answers - 3))


def _ranked(values: Sequence[float], groups: npt.NDArray[np.int64]) -> Floats:
    """Return ranks within each group, ties shared, less their mean, as parts of the group's size."""
    found = np.zeros(len(values))
    given = np.asarray(values, dtype=np.float64)
    for group in np.unique(groups):
        inside = np.nonzero(groups == group)[0]
        _, place, many = np.unique(given[inside], return_inverse=True, return_counts=True)
        middle = np.cumsum(many) - (many - 1) / 2
        ranks = middle[place]
        found[inside] = (ranks - ranks.mean()) / inside.size
    return found


def _shuffled(rng: np.random.Generator, one: Floats, other: Floats, groups: npt.NDArray[np.int64]) -> Floats:
    """Return products of the ranks after shuffles within groups."""
    total = np.zeros(AT_ONCE)
    for group in np.unique(groups):
        inside = groups == group
        total += rng.permuted(np.tile(one[inside], (AT_ONCE, 1)), axis=1) @ other[inside]
    return total
