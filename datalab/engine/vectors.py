"""From an engine's amounts to integer vectors, and what is said where an engine fails: the same for every engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from datalab.engine.counter import groups_of, strides
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Key, Part, PartKind, Plan

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
    gained = dict(zip(part.keys, strides(part.keys), strict=True))
    places = [0]
    for fine in part.bounded_at:
        merged = next((key for key in part.keys if _same(fine, key)), None)
        offsets = [0] * len(groups_of(fine)) if merged is None else _offsets(fine, merged, gained[merged])
        places = [place + offset for place in places for offset in offsets]
    return tuple(places)


def _offsets(fine: Key, coarse: Key, stride: int) -> list[int]:
    """Return for each group of a fine key what it adds to the place of the cell of the coarse one that holds it."""
    at = {label: place * stride for place, label in enumerate(groups_of(coarse))}
    return [at[_group(label, fine, coarse)] for label in groups_of(fine)]


def _same(key: Key, coarse: Key) -> bool:
    """Whether both keys are groups of one column, of which the coarse one merges some."""
    return key.column == coarse.column and (key.bin is None) == (coarse.bin is None)


def _group(label: str | None, fine: Key, coarse: Key) -> str | None:
    """Return the group of a coarse key that holds a group of the fine one."""
    if label is None or fine.bin is None or coarse.bin is None:
        return label
    return str(int(label) * fine.bin.width // coarse.bin.width)


def cannot_compute(kind: str) -> InternalError:
    """Return the error of an engine that failed, by the kind of failure alone: its text may quote the data."""
    return InternalError(
        "The engine could not compute the answer.",
        why=f"{kind}; its text may quote the data and is not kept.",
        remedy="Ask the operator to check the project's view and the engine's installation.",
    )
