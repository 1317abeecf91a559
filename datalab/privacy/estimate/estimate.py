"""Estimates: a figure and the interval that holds what it estimates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure of one cell."""

    value: float | int | None
    """Noisy figure: counts and sums unclipped (a count may be negative) but where asked so, others held to what is
    possible.

    None where the noise leaves nothing to divide by.
    """
    low: float | int | None
    """Lower end of the interval, cut to what is possible but never past the figure; None where it has none."""
    high: float | int | None
    """Upper end of the interval, cut to what is possible but never past the figure; None where it has none."""


def estimates(values: Iterable[float], lows: Iterable[float], highs: Iterable[float]) -> list[Estimate]:
    """Return one estimate a cell; what is not a finite number is told as None."""
    return [
        Estimate(value=_told(value), low=_told(low), high=_told(high))
        for value, low, high in zip(values, lows, highs, strict=True)
    ]


def _told(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
