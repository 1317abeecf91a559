"""Quantiles: where a noisy distribution passes a share of the rows.

Why the interval holds the truth in at least 95 of 100 answers. Let D(b) be the rows in bins up to b less the wanted
share of all rows; D never falls, and the true quantile lies in the first bin t with D(t) >= 0. The interval runs from

    the first bin b with estimate(b) + z sd(b) >= 0    to    the last bin b with estimate(b-1) - z sd(b-1) < 0

(before the first bin the estimate counts as below 0). It begins after t only if estimate(t) + z sd(t) < 0, although
D(t) >= 0: the noise of one known bin is below -z sd, in at most 2.5 of 100 answers. It ends before t only if
estimate(t-1) - z sd(t-1) >= 0, although D(t-1) < 0: again at most 2.5 of 100. Nothing is assumed of the distribution,
and t is one bin, so looking at many costs nothing. Whatever lies in those bins is in the interval: it covers the bins
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datalab.privacy.estimate.bins import Excess, Shape, excess
from datalab.privacy.estimate.estimate import Estimate, Floats
from datalab.privacy.estimate.noise_size import critical
from datalab.privacy.plan import Bin

ROUNDING = 1e-9
"""Share of the rows that float arithmetic may be wrong by: less than one row in any data."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell's quantile lies, in fine bins."""

    at: float
    """Bins from the lower end, with its fraction; NaN where the rows are lost in the noise."""
    first: int
    """First bin of the interval."""
    last: int
    """Last bin of the interval."""


def quantiles(bin_: Bin, shape: Shape, vectors: Sequence[Sequence[int]], *, confidence: float) -> list[Estimate]:
    """Return quantiles: interpolated within the bin, or the value itself where a bin holds one whole number.

    Args:
        bin_: the finest bins.
        shape: of the levels.
        vectors: noisy counts of each level, by cell and then by bin.
        confidence: of each interval.
    """
    return read_off(bin_, places(shape, vectors, confidence=confidence))


def read_off(bin_: Bin, where: Iterable[Place]) -> list[Estimate]:
    """Return what lies in these places, in the column's own unit.

    Args:
        bin_: in which places are stated.
        where: a place a cell.
    """
    fixed = bin_.fixed
    whole = bin_.width == 1 and fixed.exponent == 0

    def edge(bins: int) -> int:
        return fixed.lower + bins * bin_.width

    def estimate(place: Place) -> Estimate:
        low = fixed.to_value(edge(place.first))
        high = fixed.to_value(min(edge(place.last + 1) - 1, fixed.upper))
        if np.isnan(place.at):
            return Estimate(value=None, low=low, high=high)
        if whole:
            return Estimate(value=edge(min(int(place.at), place.last)), low=int(low), high=int(high))
        value = (fixed.lower + place.at * bin_.width) / 10.0**fixed.exponent
        return Estimate(value=min(max(value, low), high), low=low, high=high)

    return [estimate(place) for place in where]


def unit_rows(edges: Sequence[int], shape: Shape, vector: Sequence[int], *, confidence: float) -> list[Estimate]:
    """Return how many rows a share of the units do not exceed: whole numbers, without an end in the last, open bin.

    Args:
        edges: least number of rows of each bin; the last bin has no end.
        shape: one level of as many bins.
        vector: noisy units by bin.
        confidence: of the interval.
    """

    def end(bin_: int) -> int | None:
        return edges[bin_ + 1] - 1 if bin_ + 1 < len(edges) else None

    def estimate(place: Place) -> Estimate:
        low, high = edges[place.first], end(place.last)
        if np.isnan(place.at):
            return Estimate(value=None, low=low, high=high)
        found = min(max(int(place.at), place.first), place.last)
        reached = end(found)
        return Estimate(value=edges[found] if reached is None else reached, low=low, high=high)

    return [estimate(place) for place in places(shape, [vector], confidence=confidence)]


def places(shape: Shape, vectors: Sequence[Sequence[int]], *, confidence: float) -> list[Place]:
    """Return for every cell where its quantile lies and the bins that the noise leaves possible."""
    linear = excess(shape)
    counts = [
        np.array(vector, dtype=np.float64).reshape(-1, count)
        for vector, (_, count) in zip(vectors, shape.levels, strict=True)
    ]
    observed = np.concatenate(counts, axis=1)
    found, rows = observed @ linear.matrix.T, observed @ linear.total
    z = critical(confidence)
    small = ROUNDING * np.maximum(1.0, np.abs(rows))[:, None]
    first, last = _bounds(found, z * linear.deviation, small)
    at = _crossing(found + small, shape.level * rows)
    stated = rows > least_rows(linear, confidence)
    return [
        Place(at=float(middle) if told else float("nan"), first=int(begin), last=int(end))
        for middle, told, begin, end in zip(at, stated, first, last, strict=True)
    ]


def least_rows(linear: Excess, confidence: float) -> float:
    """Return how many rows an estimate must pass for a quantile of them to be stated."""
    return max(critical(confidence) * linear.total_deviation, 0.0)


def _bounds(found: Floats, reach: Floats, small: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    bins = found.shape[1]
    reached = found + reach + small >= 0
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), 0)
    below = found - reach + small < 0
    below = np.concatenate([np.ones((len(found), 1), dtype=bool), below[:, :-1]], axis=1)
    last = bins - 1 - below[:, ::-1].argmax(axis=1)
    return first.astype(np.int64), np.maximum(first, last).astype(np.int64)


def _crossing(found: Floats, wanted: Floats) -> Floats:
    """Return where the estimate passes 0, in bins: it is first made to rise, as the truth does.

    Halfway between the greatest value so far and the least value to come: it never falls, and is the estimate itself
    where that never falls.
    """
    rising = (np.maximum.accumulate(found, axis=1) + np.minimum.accumulate(found[:, ::-1], axis=1)[:, ::-1]) / 2
    crossed = rising >= 0
    bins = np.where(crossed.any(axis=1), crossed.argmax(axis=1), found.shape[1] - 1)
    cell = np.arange(len(found))
    after = rising[cell, bins]
    before = np.where(bins > 0, rising[cell, np.maximum(bins - 1, 0)], -np.maximum(wanted, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(after > before, -before / (after - before), 1.0)
    # Below the next bin's edge, so that whole numbers are read off the bin.
    return np.asarray(bins + np.clip(share, 0.0, 1 - 1e-12), dtype=np.float64)


def rank_error(linear: Excess) -> float:
    """Return the largest standard deviation of D over the bins: by how many rows a quantile's rank may be off."""
    return float(linear.deviation.max())
