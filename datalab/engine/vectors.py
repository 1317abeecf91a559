"""From an engine's amounts to integer vectors, and what is said where an engine fails: the same for every engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from datalab.engine.counter import cells_by
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Part, PartKind, Plan

Amounts = Iterable[tuple[int, int]]
"""Pairs of a place and an amount; places may come twice. Of UNIT_ROWS: a number of rows, and units that have it."""


def cells_of(plan: Plan, amounts: Mapping[str, Amounts]) -> Cells:
    """Put amounts into the plan's vectors; a cell without an amount is 0.

    Args:
        plan: what was counted.
        amounts: of each part by name, by place in its grouping `bounded_at`.
    """
    return Cells(vectors={part.name: _vector(part, amounts.get(part.name, ())) for part in plan.parts})


def _vector(part: Part, amounts: Amounts) -> tuple[int, ...]:
    """Add up to the part's own keys what was bounded at finer ones."""
    vector = [0] * part.size
    places = None if part.kind is PartKind.UNIT_ROWS else coarser_places(part)
    for place, amount in amounts:
        vector[bisect_right(part.edges, place) - 1 if places is None else places[place]] += amount
    return tuple(vector)


def coarser_places(part: Part) -> tuple[int, ...]:
    """Return for each cell of `bounded_at` in which cell of `keys` it lies."""
    at = [part.bounded_at.index(key) for key in part.keys]
    places = {labels: place for place, labels in enumerate(cells_by(part.keys))}
    return tuple(places[tuple(labels[i] for i in at)] for labels in cells_by(part.bounded_at))


def cannot_compute(kind: str) -> InternalError:
    """Return the error of an engine that failed, by the kind of failure alone: its text may quote the data."""
    return InternalError(
        "The engine could not compute the answer.",
        why=f"{kind}; its text may quote the data and is not kept.",
        remedy="Ask the operator to check the project's view and the engine's installation.",
    )
