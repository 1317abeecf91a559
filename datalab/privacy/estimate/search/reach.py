"""How many rounds a search has, and from where on a noisy sum leaves no doubt on which side a quantile is."""

from __future__ import annotations

from statistics import NormalDist

from datalab.privacy.estimate.noise_size import CONFIDENCE, each_of, half_width

FURTHER = 3
"""Rounds beyond those that halving takes: they draw the ends of the interval near. Measured in
`tests/privacy/test_search.py`: fewer leave wider intervals, more leave more noise in each round."""


def rounds_of(bins: int) -> int:
    """Return the rounds of a search over so many bins."""
    return max(bins - 1, 1).bit_length() + FURTHER


def critical_of(rounds: int, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided point of the normal distribution that none of so many noises passes, as surely as stated."""
    return NormalDist().inv_cdf(each_of(rounds, confidence))


def reach_of(scale: float, rounds: int, confidence: float = CONFIDENCE) -> int:
    """Return the smallest whole h such that in `confidence` of searches no round's noise is beyond h on its one side.

    A round can mislead on one side only: its noise is too low where the quantile lies below the edge, too high where it
    does not. The edge is known before the noise is drawn, and noises are independent, so all rounds hold with the
    product of the chances of each.
    """
    return half_width(scale, 2 * each_of(rounds, confidence) - 1)
