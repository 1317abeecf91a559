"""Variances and standard deviations from a noisy count, centred sum and centred sum of squares.

With n rows, S the sum of (value - centre) and Q that of its squares, the variance is Q/n - (S/n)**2. For any fixed c

    W(c) = (Q - 2 c S + c**2 n) / n = variance + (mean - c)**2

is a quotient of two noisy amounts, of which Fieller's set holds the truth as often as it says, however few the rows. At
c = the true mean it is the variance. That mean is not known, but it lies in an interval that is nearly certain; so the
interval of the variance is what Fieller leaves possible for any c in there (Berger and Boos 1994, "P values maximised
over a confidence set for the nuisance parameter", JASA 89:1012-1016). The chances of both errors add up to at most 5 %:
the interval holds the truth in at least 95 of 100 answers whatever the truth, with no rule for "large" groups, and is
2.3 % wider than the delta method's where that holds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datalab.privacy.bounds import FixedPoint
from datalab.privacy.estimate.estimate import Estimate, Floats, estimates
from datalab.privacy.estimate.fieller import quotients
from datalab.privacy.estimate.noise_size import critical, spread

NUISANCE = 0.1
"""Part of the chance of error that is spent on the mean: half a per cent of five."""
STEPS = 65
"""Values of c that are tried across the mean's interval; half a step squared is taken off for what lies in between."""


def variances(
    fixed: FixedPoint,
    vectors: tuple[Sequence[int], Sequence[int], Sequence[int]],
    *,
    scales: tuple[float, float, float],
    step: int,
    confidence: float,
    root: bool,
) -> list[Estimate]:
    """Return variances (or their roots, the standard deviations), within what the stated range allows.

    No value is stated where the count is lost in its noise. The most is a quarter of its square (Popoviciu 1935).

    Args:
        fixed: how the column's numbers are whole ones.
        vectors: noisy rows with a value, centred sums, centred squares in steps.
        scales: of the noise of the three.
        step: how many squares of the integer unit a step is.
        confidence: of each interval.
        root: whether standard deviations are asked for.
    """
    count, total, squares = (np.array(vector, dtype=np.float64) for vector in vectors)
    squares *= step
    noise = [spread(scale) ** 2 for scale in scales]
    noise[2] *= step**2
    offsets = (float(fixed.lower - fixed.centre), float(fixed.upper - fixed.centre))
    most = ((fixed.upper - fixed.lower) / 2) ** 2
    error = 1 - confidence
    mean = quotients(
        top=total,
        bottom=count,
        top_variance=noise[1],
        bottom_variance=noise[0],
        z=critical(1 - error * NUISANCE),
        lowest=offsets[0],
        highest=offsets[1],
    )
    z = critical(1 - error * (1 - NUISANCE)) if any(scales) else 0.0
    low, high = np.full(count.shape, most), np.zeros(count.shape)
    for share in np.linspace(0.0, 1.0, STEPS):
        about = mean.low + share * (mean.high - mean.low)
        found = _about(about, count, total, squares, noise=noise, z=z, most=most)
        low, high = np.minimum(low, found[0]), np.maximum(high, found[1])
    low = np.maximum(low - ((mean.high - mean.low) / (2 * (STEPS - 1))) ** 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.clip(squares / count - (total / count) ** 2, 0.0, most)
    value = np.where(np.isnan(mean.value), np.nan, value)
    unit = 10.0 ** (2 * fixed.exponent)
    shown = [figure / unit for figure in (value, low, high)]
    return estimates(*(np.sqrt(figure) for figure in shown) if root else shown)


def _about(
    about: Floats, count: Floats, total: Floats, squares: Floats, *, noise: list[float], z: float, most: float
) -> tuple[Floats, Floats]:
    """Return the ends of Fieller's interval of W(about) in every cell."""
    found = quotients(
        top=squares - 2 * about * total + about**2 * count,
        bottom=count,
        top_variance=noise[2] + 4 * about**2 * noise[1] + about**4 * noise[0],
        bottom_variance=noise[0],
        covariance=about**2 * noise[0],
        z=z,
        lowest=0.0,
        highest=most,
    )
    return found.low, found.high
