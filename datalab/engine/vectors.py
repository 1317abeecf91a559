"""From an engine's rows to integer vectors, and what is said where an engine fails: the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from datalab.engine.counter import cell_numbers
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Plan


def cells_of(plan: Plan, rows: Iterable[Sequence[Any]]) -> Cells:
    """Put rows into the plan's order; a cell without a row is 0.

    Args:
        plan: what was counted.
        rows: a cell each: its groups as text (None where missing), then the amount of each part.
    """
    vectors = {part.name: [0] * plan.size for part in plan.parts}
    places, keys = cell_numbers(plan), len(plan.keys)
    for row in rows:
        for part, amount in zip(plan.parts, row[keys:], strict=True):
            # Without keys there is one row even of nothing, whose sums are missing.
            vectors[part.name][places[tuple(row[:keys])]] = int(amount or 0)
    return Cells(vectors={name: tuple(vector) for name, vector in vectors.items()})


def cannot_compute(kind: str) -> InternalError:
    """Return the error of an engine that failed, by the kind of failure alone: its text may quote the data."""
    return InternalError(
        "The engine could not compute the answer.",
        why=f"{kind}; its text may quote the data and is not kept.",
        remedy="Ask the operator to check the project's view and the engine's installation.",
    )
