"""How several tables share a budget: so that the weighted mean variance of their cells is as small as can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from datalab.privacy.tables.residual import Keys, Layout

STEPS = 2_000
"""Most steps of the solver."""
CLOSE = 1e-9
"""A step that makes things better by less than this share is the last."""
FLOOR = Fraction(1, 100)
"""Part of the budget that is shared equally whatever the solver finds: every table has a price."""
PARTS = 10**9
"""Shares are whole billionths."""


def table_shares(
    sizes: Sequence[int],
    members: Sequence[frozenset[int]],
    weights: Sequence[int],
    l2_squared: Sequence[int],
) -> tuple[Fraction, ...]:
    """Return the share of the budget of each table: exact fractions above 0 whose sum is never above 1.

    A table with share s has noise of variance proportional to l2_squared / s, and all tables are made to agree
    afterwards (`datalab.privacy.tables.residual`), so a table that others already tell needs little of its own. The
    weighted mean variance is convex in the shares; it is minimised by the multiplicative steps of optimal design, s <-
    s sqrt(gain), which never make it worse (Silvey, Titterington and Torsney 1978, Commun. Stat. A 7:1379-1389; Yu
    2010, Ann. Stat. 38:1593-1606). Only operations that IEEE 754 rounds exactly are used, so every machine finds the
    same shares.

    A table that was not asked is never measured: for all tables by two of three or four keys the best share for one by
    all keys lowers the mean variance by 0.2 % where every key has two labels, and by nothing where they have more; and
    it would put a vector into the plan that nobody asked for.

    Args:
        sizes: number of labels of each key; 0 where they are still to be found out, which counts as 1.
        members: the places of the keys of each table.
        weights: how much each table matters; above 0.
        l2_squared: squared L2 sensitivity of each table; above 0.
    """
    layout = Layout(sizes=tuple(max(size, 1) for size in sizes), members=tuple(members))
    gains = [
        (
            math.fsum(weight * layout.share_of(residual, table) for table, weight in enumerate(weights)),
            _precisions(layout, residual, l2_squared),
        )
        for residual in layout.residuals
    ]
    found = _solve(gains, len(members))
    equal = FLOOR / len(members)
    return tuple(Fraction(math.floor((equal + (1 - FLOOR) * Fraction(share)) * PARTS), PARTS) for share in found)


def separate_shares(weights: Sequence[int], l2_squared: Sequence[int]) -> tuple[Fraction, ...]:
    """Return the share of the budget of each table where none tells anything of another: exact, and above 0.

    The weighted sum of variances, weight x l2_squared / share, is least where shares are as the roots of weight x
    l2_squared (by the inequality of Cauchy and Schwarz). Arguments are those of `table_shares`.
    """
    roots = [math.sqrt(weight * square) for weight, square in zip(weights, l2_squared, strict=True)]
    whole = math.fsum(roots)
    return tuple(Fraction(math.floor(root / whole * (1 - 1e-12) * PARTS), PARTS) for root in roots)


def _precisions(layout: Layout, residual: Keys, l2_squared: Sequence[int]) -> list[tuple[int, float]]:
    """Return, for each table that has the residual, how precisely it measures it with the whole budget."""
    return [
        (table, 1 / (float(square) * layout.cells(keys - residual)))
        for table, (keys, square) in enumerate(zip(layout.members, l2_squared, strict=True))
        if residual <= keys
    ]


def _solve(gains: Sequence[tuple[float, list[tuple[int, float]]]], tables: int) -> list[float]:
    shares = [1 / tables] * tables
    before = math.inf
    for _ in range(STEPS):
        slopes, now = [0.0] * tables, 0.0
        for weight, precisions in gains:
            precision = math.fsum(shares[table] * each for table, each in precisions)
            now += weight / precision
            for table, each in precisions:
                slopes[table] += weight * each / (precision * precision)
        if now >= before * (1 - CLOSE):
            break
        before = now
        stepped = [share * math.sqrt(slope) for share, slope in zip(shares, slopes, strict=True)]
        whole = math.fsum(stepped)
        shares = [max(share / whole, 1e-30) for share in stepped]
    whole = math.fsum(shares)
    # `sum` adds floats in another way from Python 3.12 on; `fsum` is the same on all.
    # A hair below 1, so that rounding in the sum above cannot pass it.
    return [share / whole * (1 - 1e-12) for share in shares]
