"""Estimates with intervals that cover the noise and the chance in which events happened."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and the range in which the truth lies."""

    value: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether a value lies in the range."""
        return self.low <= truth <= self.high

    def __str__(self) -> str:
        """Render as `3.0 (2.4 to 3.8)`."""
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def deviations(confidence: float) -> float:
    """Return how many standard deviations to either side hold a share of a normal distribution."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def events(count: float, variance: float, confidence: float) -> Interval:
    """Return what a noisy count of events says about how many were to be expected.

    Events come by chance (Poisson), the noise on top: the count misses its expectation m by at most
    z sqrt(m + variance). Solved for m, as Wilson's score interval is, it holds for small and negative counts, too.

    Args:
        count: as released.
        variance: of its noise.
        confidence: such as 0.95.
    """
    z = deviations(confidence)
    reach = z * math.sqrt(max(0.0, count + variance + z * z / 4))
    middle = count + z * z / 2
    return Interval(value=max(0.0, count), low=max(0.0, middle - reach), high=max(0.0, middle + reach))


def members(count: float, variance: float, confidence: float) -> Interval:
    """Return how many there are of whom a noisy count was released: only the noise is uncertain."""
    reach = deviations(confidence) * math.sqrt(variance)
    return Interval(value=max(0.0, count), low=max(0.0, count - reach), high=max(0.0, count + reach))


def difference(left: Interval, right: Interval) -> Interval:
    """Return left less right, from their own intervals (MOVER: Zou and Donner 2008, Statistics in Medicine 27:1693)."""
    value = left.value - right.value
    low = value - math.hypot(left.value - left.low, right.high - right.value)
    high = value + math.hypot(left.high - left.value, right.value - right.low)
    return Interval(value=value, low=low, high=high)


def ratio(top: Interval, bottom: Interval) -> Interval:
    """Return top over bottom, from their own intervals (MOVER-R: Donner and Zou 2012, Stat. Methods Med. Res. 21:347).

    Where the bottom may be nothing, the ratio has no upper end.
    """
    if bottom.low <= 0:
        low = max(0.0, top.low) / bottom.high if bottom.high > 0 else 0.0
        return Interval(value=math.inf if bottom.value <= 0 else top.value / bottom.value, low=low, high=math.inf)
    over, under = top.value, bottom.value
    product = over * under
    far, near = bottom.high * (2 * under - bottom.high), bottom.low * (2 * under - bottom.low)
    less = top.low * (2 * over - top.low)
    more = top.high * (2 * over - top.high)
    low = (product - math.sqrt(max(0.0, product**2 - less * far))) / far if far > 0 else top.low / bottom.high
    high = (product + math.sqrt(max(0.0, product**2 - more * near))) / near
    return Interval(value=over / under, low=low, high=high)


def student(confidence: float, freedom: int) -> float:
    """Return the quantile of Student's t that leaves a share in the middle (Abramowitz and Stegun 1964, 26.7.5)."""
    z = deviations(confidence)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
