"""Shares of rows that were bounded together: means of a condition that is 0 or 1 for each kept row."""

from __future__ import annotations

from collections.abc import Sequence

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.estimate import Estimate
from datalab.privacy.estimate.mean import means


def shares(
    fixed: FixedPoint,
    counts: Sequence[int],
    centred: Sequence[int],
    *,
    scales: tuple[float, float],
    per: int,
    confidence: float,
) -> list[Estimate]:
    """Return shares with Fieller's intervals, from 0 to 1; no value where the count is lost in its noise.

    Args:
        fixed: how 0 and 1 are written as whole numbers.
        counts: noisy rows.
        centred: noisy sums of (0 or 1, less one half) over the same rows.
        scales: of the noise of both, in this order.
        per: the share is stated per so many.
        confidence: of each interval.
    """
    found = means(fixed, counts, centred, scales=scales, confidence=confidence)
    return [
        Estimate(value=_times(one.value, per), low=_times(one.low, per), high=_times(one.high, per)) for one in found
    ]


def _times(figure: float | None, per: int) -> float | None:
    return None if figure is None else figure * per
