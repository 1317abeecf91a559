"""The attack itself: it finds what there is to find in every run, not only in most."""

from __future__ import annotations

import numpy as np
from attack import DELTA, REPLICAS, empirical_epsilon
from drawn import discrete_gaussian

RUNS = 400
SCALE = 6.0


def test_a_bad_draw_does_not_lead_the_attack_astray() -> None:
    """A unit that moves a figure by its noise's scale is told in each of four hundred runs.

    An event that none of the draws showed which it was chosen on looks like proof, and is none.
    """
    rng = np.random.default_rng(2)
    found = []
    for _ in range(RUNS):
        noise = discrete_gaussian(rng, SCALE, 2 * REPLICAS).reshape(2, -1) / SCALE
        found.append(empirical_epsilon(noise[0] + 1, noise[1], float(DELTA)))

    assert min(found) > 1
    assert np.mean(found) > 1.8
