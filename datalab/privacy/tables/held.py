"""How far counts that were held at 0 or above can be off, whatever the data: worked out from the noise alone.

A table with true cells n >= 0 and noise e is shown as x = max(n + e - T, 0), where T >= 0 is such that the total stays
n + e (`datalab.privacy.tables.nonnegative`: the projection on a simplex). So a cell is off by max(-n, e - T). T falls
with every n. Take G, the m cells that one figure adds up, and H, the h others.

- G loses most where its cells are full and those of H are empty. Then its figure is off by e(G) - m T, where T takes up
  what is raised to 0 in H: the sum over H of min(e, T) is -m T. No data takes more: the rest loses at least what its
  cells, each raised to 0 or more, then gain.
- G gains most where its cells are empty and those of H are full: it is off by e(G) + h T, where T takes up what is
  raised to 0 in G: the sum over G of min(e, T) is -h T.

Proof of the second: for any n, the figure of G is off by no more than the sum over G of (e - T)+, which falls with T,
and, as H is off by e(H) - h T or more and the total is kept, by no more than e(G) + h T, which rises; so by no more
than where both are equal, which is this T. The first is the second of H, for what one gains the other loses. Where the
total is not above 0 all is shown as 0, which is between the two.

T > t where the sum of min(e, t) is below -m t (or -h t). That sum is taken to be normal, together with e(G), with its
exact mean, variance and covariance (of tables made to agree, noises of cells go together; covariances of functions of
two normals are by Mehler 1866, J. reine angew. Math. 66:161-176; Stein 1981, Ann. Stat. 9:1135-1151). Against many
releases that is at most 2 % too narrow, for margins of few cells; so widths are told 2 % wider.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from datalab.privacy.tables.residual import Floats, Keys, Layout, covariances, furthest_apart

REACH, POINTS = 7.5, 121
"""How many standard deviations of a figure's noise are looked at on each side, and at how many points in all."""
STEPS = 33
"""Of a mean error."""
TERMS = 16
"""Of the series for noises that go together."""
SLACK = 1.02
"""For taking a sum to be normal: how much wider a width is told than is worked out."""
SPLITS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Ways to divide a difference between what one figure may lose and what the other may gain."""
CLOSE = 1e-5
"""Share of a width that it is found to."""
ROUNDING = 1e-12
"""Correlations no larger are those of noises that do not go together: of many cells, small ones add up to much."""
_ERFC = np.frompyfunc(math.erfc, 1, 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """Noisy cells that are added up, and how the noises of each two of them go together."""

    cells: int
    coupled: tuple[float, ...]
    """Sums of correlation**r over the ordered pairs of different cells, r from 1 on; empty where all are 0."""


@dataclass(frozen=True, slots=True)
class Held:
    """One figure of a table that is held at 0 or above: the cells that it adds up, and the others."""

    deviation: float
    """Of the noise of one cell of the table by all keys."""
    own: Sum
    others: Sum
    variance: float
    """Of the noise of the figure before it is held."""
    across: float
    """Covariance of that with the sum of the others' noise."""
    apart: float
    """Standard deviation of the difference of two cells' noise: of the two where it is largest."""

    def lost(self, amount: float) -> float:
        """Return the chance that the figure is more than so much too small (if below 0: less too large), at most."""
        return self._beyond(amount, self.others, self.own.cells, self.across)

    def gained(self, amount: float) -> float:
        """Return the chance that the figure is more than so much too large, at most."""
        if self.own.cells == 1:  # nothing is added to a cell but its own noise
            return _tail(amount / math.sqrt(self.variance))
        return self._beyond(amount, self.own, self.others.cells, -self.variance)

    def within(self, confidence: float) -> float:
        """Return how far the figure is off in so many of 1 answers at most, whatever the data."""
        return SLACK * self._least(lambda width: self.lost(width) + self.gained(width), 1 - confidence)

    def gained_within(self, confidence: float) -> float:
        """Return by how much the figure is too large in so many of 1 answers at most, as where its cells are empty."""
        return SLACK * self._least(self.gained, 1 - confidence)

    def mean(self, widest: float) -> float:
        """Return the mean error of a figure of full cells among empty ones, which is hardly ever off by `widest`."""
        steps = np.linspace(0.0, 2 * widest, STEPS)
        return float(np.trapezoid([self.lost(step) + 1 - self.lost(-step) for step in steps], steps))

    def told_apart(self, confidence: float) -> float:
        """Return which difference of two figures is more than noise: equal ones seldom differ more, whatever the data.

        One noise is taken off both of two cells, so that they differ no more than before. Figures of several cells may
        lose or gain for themselves.
        """
        if self.own.cells == 1:
            return self._least(lambda width: 2 * _tail(width / self.apart), 1 - confidence)
        each = (1 - confidence) / 4
        return SLACK * (self._least(self.lost, each) + self._least(self.gained, each))

    def unseen(self, left: float) -> float:
        """Return in which share of answers a difference is not `told_apart`, which it is larger than by so much.

        The larger one is full, the other is empty, and so is all else: no data hides it better. A cell is told apart
        from an empty one unless more is taken off it, or the other's own noise is more, than the difference leaves.
        """
        if left <= 0:
            return 1.0
        if self.own.cells == 1:
            return min(1.0, self.lost(left) + _tail(left / self.apart))
        left /= SLACK
        return min(1.0, *(self.lost(left - share * left) + self.gained(share * left) for share in SPLITS))

    def least_seen(self, power: float, confidence: float) -> float:
        """Return the least difference of two figures that is more than noise in so many of 1 answers or more."""
        return self.told_apart(confidence) + self._least(self.unseen, 1 - power)

    def _least(self, chance: Callable[[float], float], most: float) -> float:
        """Return the least amount whose chance, which falls with it, is no more than that."""
        low, high = 0.0, math.sqrt(self.variance)
        while chance(high) > most:
            low, high = high, 2 * high
        while high - low > CLOSE * high:
            middle = (low + high) / 2
            low, high = (low, middle) if chance(middle) <= most else (middle, high)
        return high

    def _beyond(self, amount: float, empty: Sum, full: int, across: float) -> float:
        """Return the chance that -s + full x T is above an amount, s being the figure's noise (or less its noise).

        Where the figure gains, all is seen from the other side: T takes up its own noise, and s is less its noise.
        """
        points = np.linspace(-REACH, REACH, POINTS)
        weights = np.exp(-np.square(points) / 2)
        at = math.sqrt(self.variance) * points
        taken = (at + amount) / full
        some = taken > 0
        chances = np.where(some, 0.0, 1.0)
        if empty.cells:
            level = taken[some] / self.deviation
            slope = across * (1 - _above(level)) / self.variance
            mean = slope * at[some] - self.deviation * empty.cells * _excess(level)
            variance = self.deviation**2 * _spread(level, empty) - slope**2 * self.variance
            deviation = np.sqrt(np.maximum(variance, (CLOSE * self.deviation) ** 2))
            chances[some] = _above((full * taken[some] + mean) / deviation)
        return float((chances * weights).sum() / weights.sum())


def held(layout: Layout, variances: Sequence[float], keys: Keys, *, whole: Keys) -> Held:
    """Return the figure of a table by some keys, whose cells are those of the table by `whole` keys added up.

    Args:
        layout: keys of all tables that were made to agree.
        variances: of the noise of each of them.
        keys: of the table that has the figure; some of `whole`.
        whole: of the table that is held at 0 or above.
    """
    cells, own = layout.cells(whole), layout.cells(whole - keys)
    inside: list[tuple[float, int]] = []
    outside: list[tuple[float, int]] = []
    sums = dict.fromkeys(("own", "across"), 0.0)
    shared = covariances(layout, variances, whole)
    variance = shared[whole]
    for agreeing, covariance in shared.items():
        partners = math.prod(layout.sizes[key] - 1 for key in whole - agreeing)
        together = keys <= agreeing
        sums["own" if together else "across"] += own * partners * covariance
        if agreeing != whole and partners:
            inside.append((covariance / variance, own * partners * together))
            outside.append((covariance / variance, (cells - own if together else cells - 2 * own) * partners))
    return Held(
        deviation=math.sqrt(variance),
        own=Sum(own, _powers(inside)),
        others=Sum(cells - own, _powers(outside)),
        variance=sums["own"],
        across=sums["across"],
        apart=furthest_apart(layout, variances, keys),
    )


def _powers(pairs: Sequence[tuple[float, int]]) -> tuple[float, ...]:
    """Return the sums of correlation**r over pairs of noises, of which so many have each correlation."""
    some = [(correlation, number) for correlation, number in pairs if abs(correlation) > ROUNDING and number]
    orders = range(1, TERMS) if some else ()
    return tuple(math.fsum(number * correlation**order for correlation, number in some) for order in orders)


def _above(point: Floats) -> Floats:
    """Return the chance that standard normal noise is above a point."""
    return np.asarray(_ERFC(point / math.sqrt(2)), dtype=np.float64) / 2


def _tail(point: float) -> float:
    return math.erfc(point / math.sqrt(2)) / 2


def _density(point: Floats) -> Floats:
    return np.asarray(np.exp(-np.square(point) / 2) / math.sqrt(2 * math.pi))


def _excess(point: Floats) -> Floats:
    """Return the mean of what standard normal noise is above a point: less the mean of the smaller of the two."""
    return _density(point) - point * _above(point)


def _spread(point: Floats, cells: Sum) -> Floats:
    """Return the variance of a sum of the smaller of standard normal noise and a point.

    The covariance of two such is the sum of c(r)**2 rho**r over r from 1 on, c(r) being the coefficients of the
    function in normed Hermite polynomials: c(1) = P(Z < point), c(r) = -density x h(r - 2) / sqrt(r (r - 1)).
    """
    density, above = _density(point), _above(point)
    alone = 1 - above - point * density + np.square(point) * above - np.square(_excess(point))
    total = cells.cells * alone
    if cells.coupled:
        before, now = np.zeros_like(point), np.ones_like(point)
        total += cells.coupled[0] * np.square(1 - above)
        for order, power in enumerate(cells.coupled[1:], start=2):
            total += power / (order * (order - 1)) * np.square(density * now)
            before, now = now, (point * now - math.sqrt(order - 2) * before) / math.sqrt(order - 1)
    return total
