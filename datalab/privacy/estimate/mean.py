"""Means: a noisy sum of distances from the middle of the stated range, over a noisy count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.estimate import Estimate, estimates
from datalab.privacy.estimate.fieller import quotients
from datalab.privacy.estimate.noise_size import critical, spread


def means(
    fixed: FixedPoint,
    counts: Sequence[int],
    centred: Sequence[int],
    *,
    scales: tuple[float, float],
    confidence: float,
) -> list[Estimate]:
    """Return means with Fieller's intervals, within the stated range; no value where the count is lost in its noise.

    Args:
        fixed: how the column's numbers are whole ones.
        counts: noisy rows with a value.
        centred: noisy sums of (value - centre).
        scales: of the noise of both, in this order.
        confidence: of each interval.
    """
    found = quotients(
        top=np.array(centred, dtype=np.float64),
        bottom=np.array(counts, dtype=np.float64),
        top_variance=spread(scales[1]) ** 2,
        bottom_variance=spread(scales[0]) ** 2,
        z=critical(confidence),
        lowest=float(fixed.lower - fixed.centre),
        highest=float(fixed.upper - fixed.centre),
    )
    step = 10.0**fixed.exponent
    least, most = fixed.to_value(fixed.lower), fixed.to_value(fixed.upper)
    return estimates(
        *(np.clip((offset + fixed.centre) / step, least, most) for offset in (found.value, found.low, found.high))
    )
