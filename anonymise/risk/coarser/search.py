"""The search for treatments that reach k at the least loss, through the lattice of all combinations of steps."""

from __future__ import annotations

import heapq
from typing import Final

from anonymise.risk.coarser.loss import Loss
from anonymise.risk.coarser.table import Grouped, Levels

EFFORT: Final = 40_000_000
"""Combinations looked at, over all points of the lattice: some ten seconds on one core."""


def cheapest(table: Grouped, loss: Loss, *, k: int, allowed: float, most: int, effort: int = EFFORT) -> list[Levels]:
    """Return points of the lattice that reach k, by what they lose, the least first.

    Best first: points are looked at in the order of their loss, and loss grows upwards, so the first that reaches k
    loses least of all. What lies above one that reaches k reaches it too, and is left out (the predictive tagging of
    OLA, El Emam et al. 2009, doi:10.1197/jamia.M3144). Where the lattice is too large for the effort, one more point is
    found from the top down, a step at a time; it is minimal, and another may lose less.

    Args:
        table: the grouped table.
        loss: its loss.
        k: fewest units a class.
        allowed: largest share of units that may stand in smaller classes.
        most: how many points to return.
        effort: how many combinations may be looked at.
    """
    found: list[Levels] = []
    start = (0,) * len(table.steps)
    waiting, seen = [(0.0, start)], {start}
    spent = 0
    while waiting and len(found) < most and spent < effort:
        _, levels = heapq.heappop(waiting)
        if any(_above(levels, one) for one in found):
            continue
        spent += max(1, len(table.weights))
        if _reaches(table, levels, k, allowed):
            found.append(levels)
            continue
        for higher in _up(table, levels):
            if higher not in seen:
                seen.add(higher)
                heapq.heappush(waiting, (loss.of(higher), higher))
    if waiting and spent >= effort and not found:
        greedy = _from_top(table, loss, k, allowed)
        if greedy is not None:
            found.append(greedy)
    return found


def _reaches(table: Grouped, levels: Levels, k: int, allowed: float) -> bool:
    return table.below(levels, k) <= allowed * table.units


def _above(levels: Levels, other: Levels) -> bool:
    return all(one >= two for one, two in zip(levels, other, strict=True))


def _up(table: Grouped, levels: Levels) -> list[Levels]:
    return [
        (*levels[:place], level + 1, *levels[place + 1 :])
        for place, level in enumerate(levels)
        if level + 1 < len(table.steps[place])
    ]


def _from_top(table: Grouped, loss: Loss, k: int, allowed: float) -> Levels | None:
    levels: Levels = tuple(len(ladder) - 1 for ladder in table.steps)
    if not _reaches(table, levels, k, allowed):
        return None
    while True:
        lower = [(*levels[:place], level - 1, *levels[place + 1 :]) for place, level in enumerate(levels) if level > 0]
        good = [one for one in lower if _reaches(table, one, k, allowed)]
        if not good:
            return levels
        levels = min(good, key=loss.of)
