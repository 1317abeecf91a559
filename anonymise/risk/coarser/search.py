"""The search for treatments that reach k at the least loss, through the lattice of all combinations of steps."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from anonymise.risk.coarser.loss import Loss
from anonymise.risk.coarser.table import Grouped, Levels

EFFORT: Final = 40_000_000
"""Combinations looked at, over all points of the lattice: some ten seconds on one core."""
ASKED: Final = 8
"""Points that are counted on the whole extract before one way up is searched by halves."""


def cheapest(
    table: Grouped,
    loss: Loss,
    *,
    k: int,
    allowed: float,
    most: int,
    holds: Callable[[Levels], bool] = lambda _: True,
    asked: int = ASKED,
    effort: int = EFFORT,
) -> list[Levels]:
    """Return points of the lattice that reach k, by what they lose, the least first.

    Best first: points are looked at in the order of their loss, and loss grows upwards, so the first that reaches k
    loses least of all. What lies above one that reaches k reaches it too, and is left out (the predictive tagging of
    OLA, El Emam et al. 2009, doi:10.1197/jamia.M3144). Where the lattice is too large for the effort, one more point is
    found from the top down, a step at a time; it is minimal, and another may lose less. Where the whole extract refuses
    what the table says, as often as it may be asked, one way up is searched by halves.

    Args:
        table: the grouped table.
        loss: its loss.
        k: fewest units a class.
        allowed: largest share of units that may stand in smaller classes.
        most: how many points to return.
        holds: says of a point that reaches k in the table whether it does in the whole extract; where it does not,
            what lies above is looked at.
        asked: how often that is asked of points in their order.
        effort: how many combinations may be looked at.
    """
    found: list[Levels] = []
    start = (0,) * len(table.steps)
    waiting, seen = [(0.0, start)], {start}
    spent = 0
    refused: Levels | None = None
    while waiting and len(found) < most and spent < effort and asked:
        _, levels = heapq.heappop(waiting)
        if any(_above(levels, one) for one in found):
            continue
        spent += max(1, len(table.weights))
        if _reaches(table, levels, k, allowed):
            asked -= 1
            if holds(levels):
                found.append(levels)
                continue
            refused = levels
        for higher in _up(table, levels):
            if higher not in seen:
                seen.add(higher)
                heapq.heappush(waiting, (loss.of(higher), higher))
    if waiting and spent >= effort and not found:
        refused = _from_top(table, loss, k, allowed)
        if refused is not None and holds(refused):
            return [refused]
    if refused is not None and not found:
        climbed = _climbed(table, loss, holds, refused)
        return [] if climbed is None else [climbed]
    return found


def _climbed(table: Grouped, loss: Loss, holds: Callable[[Levels], bool], levels: Levels) -> Levels | None:
    """Return the lowest point that holds on one way up, by the cheapest step each time; None if the top does not."""
    way = []
    while higher := _up(table, levels):
        levels = min(higher, key=loss.of)
        way.append(levels)
    place = bisect_left(way, True, key=holds)  # noqa: FBT003 - what is above one that holds, holds
    return way[place] if place < len(way) else None


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
