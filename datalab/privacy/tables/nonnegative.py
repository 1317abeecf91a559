"""Counts that are not negative, and still agree: post-processing that is labelled, for it is no longer unbiased."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from datalab.privacy.tables.residual import Floats, Keys, Layout

ROUNDS = 50
"""Rounds of proportional fitting."""


def nonnegative_table(table: Floats) -> Floats:
    """Return the nearest table without negative cells that has the same total, or 0 where that is not above 0.

    The same amount is taken off every cell, and what would be negative is 0 ("norm-sub": Wang, Lopuhaä-Zwakenberg, Li,
    Skoric and Li 2020, "Locally differentially private frequency estimation with consistency", NDSS; it is the
    projection on a simplex, Held, Wolfe and Crowder 1974).
    """
    total = float(table.sum())
    if table.size == 0 or total <= 0:
        return np.zeros_like(table)
    falling = np.sort(table.ravel())[::-1]
    taken = (np.cumsum(falling) - total) / np.arange(1, falling.size + 1)
    kept = np.nonzero(falling > taken)[0]
    if kept.size == 0:  # the total is above 0 by less than the largest cell's last digit
        return np.zeros_like(table)
    return np.asarray(np.maximum(table - taken[kept[-1]], 0.0), dtype=np.float64)


def nonnegative(layout: Layout, tables: Mapping[Keys, Floats]) -> dict[Keys, Floats]:
    """Return tables that are not negative and agree, near to the given ones.

    Where one table holds all keys it is made non-negative and the others are its margins. Else a table by all keys is
    fitted to those that no other contains, each made non-negative, in proportion (Deming and Stephan 1940, Ann. Math.
    Stat. 11:427-444): whatever it fits, its margins are not negative and agree. Questions for which it
    would be too large are refused (`datalab.query.refusals.grouped.MAX_FITTED`).
    """
    clipped = {keys: nonnegative_table(tables[keys]) for keys in layout.largest}
    whole: Keys = frozenset().union(*clipped)
    if whole in clipped:
        return {keys: _margin(clipped[whole], whole, keys) for keys in tables}
    fitted = _fitted(layout, whole, clipped)
    return {keys: _margin(fitted, whole, keys) for keys in tables}


def _margin(table: Floats, keys: Keys, wanted: Keys) -> Floats:
    gone = tuple(place for place, key in enumerate(sorted(keys)) if key not in wanted)
    return np.asarray(table.sum(axis=gone), dtype=np.float64)


def _fitted(layout: Layout, whole: Keys, margins: Mapping[Keys, Floats]) -> Floats:
    places = sorted(whole)
    table = np.full([layout.sizes[key] for key in places], 1.0)
    for _ in range(ROUNDS):
        for keys, margin in margins.items():
            now = _margin(table, whole, keys)
            with np.errstate(divide="ignore", invalid="ignore"):
                factor = np.where(now > 0, margin / now, 0.0)
            table = table * factor.reshape([layout.sizes[key] if key in keys else 1 for key in places])
    return table
