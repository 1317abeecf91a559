"""What is counted of each unit in each cell before it is bounded: shared by every engine, so that they agree."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from datalab.contract.model import LogicalType
from datalab.privacy.plan import Part, PartKind, Plan
from datalab.query.model import ColumnRef

Names = Mapping[ColumnRef, tuple[str, LogicalType]]
"""Under which name and type an engine holds each column of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One notion of a row, bounded by itself: any row, or a row with a value in a column."""

    column: ColumnRef | None
    """Rows count that have a value here; None counts every row."""
    cap: int
    """Most of them that count for one unit in one cell."""


def counter_of(part: Part) -> Counter:
    """Return what bounds a part."""
    return Counter(column=part.value.column if part.value else None, cap=part.rows_per_cell)


def counters(plan: Plan) -> tuple[Counter, ...]:
    """Return every counter of a plan, each once, in the order of its parts."""
    return tuple(dict.fromkeys(counter_of(part) for part in plan.parts))


def needs_order(plan: Plan, counter: Counter) -> bool:
    """Whether a unit could reach R before it has filled every cell: only then does the order of cells matter."""
    return plan.size * counter.cap > plan.question.rows_per_unit


def centre_of(part: Part) -> int:
    """Return what is subtracted from each value before it is summed."""
    return part.value.fixed.centre if part.value and part.kind is PartKind.CENTRED_SUM else 0


def cell_numbers(plan: Plan) -> Mapping[tuple[str | None, ...], int]:
    """Return the place in every vector of each combination of groups; None stands for a missing value.

    What is not listed here is not in the answer.
    """
    groups = ((*key.values, None) if key.nullable else key.values for key in plan.keys)
    return {labels: place for place, labels in enumerate(itertools.product(*groups))}


def names_of(plan: Plan) -> Names:
    """Give every column of the question a short name of its own, whatever the datasets call theirs."""
    return {
        ColumnRef(name=column.name, dataset=source.dataset): (f"c{number}_{place}", column.logical_type)
        for number, source in enumerate(plan.sources)
        for place, column in enumerate(source.columns)
    }


def sums(plan: Plan) -> Mapping[str, Part]:
    """Return a name for the sum of each summed column, and a part that sums it."""
    parts: dict[ColumnRef, Part] = {}
    for part in plan.parts:
        if part.value is not None and part.kind is not PartKind.VALUES:
            parts.setdefault(part.value.column, part)
    return {f"s{i}": part for i, part in enumerate(parts.values())}


def sum_name(plan: Plan, part: Part) -> str:
    """Return the name of the sum that a part takes its share of."""
    wanted = part.value.column if part.value else None
    return next(name for name, other in sums(plan).items() if other.value and other.value.column == wanted)
