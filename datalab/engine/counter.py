"""What is counted of each unit in each cell before it is bounded: shared by every engine, so that they agree."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datalab.contract.model import LogicalType
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.plan import Flag, Key, Part, PartKind, Plan
from datalab.query.model import ColumnRef, Predicate

Names = Mapping[ColumnRef, tuple[str, LogicalType]]
"""Under which name and type an engine holds each column of the question."""
Labels = tuple[str | None, ...]
"""The groups of a cell, in the order of its keys; None stands for a missing value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which of the question's rows are looked at."""

    where: Predicate | None
    """Rows that it keeps; None keeps every row."""
    column: ColumnRef | None
    """Rows that have a value here; None asks for none."""

    @property
    def open(self) -> bool:
        """Whether every row passes."""
        return self.where is None and self.column is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One notion of a row, bounded by itself at one grouping."""

    grouping: tuple[Key, ...]
    """What tells the cells apart."""
    filter: Filter
    """Which rows count."""
    cap: int
    """Most of them that count for one unit in one cell, all bins of a cell together."""
    limit: int
    """Most of them that count for one unit in all cells."""

    @property
    def together(self) -> int:
        """How many cells of the grouping, one after another, share the cap: the bins of a cell; else 1."""
        return math.prod(key.bin.count for key in self.grouping if key.bin is not None)

    @property
    def by_rows(self) -> bool:
        """Whether a unit's rows are drawn one by one: where cells have bins, whose shares of its rows must stay."""
        return any(key.bin is not None for key in self.grouping)

    @property
    def ordered(self) -> bool:
        """Whether a unit could reach the limit before it has filled every cell: only then does order matter."""
        return size_of(self.grouping) // self.together * self.cap > self.limit

    @property
    def capped(self) -> bool:
        """Whether the cap could keep a row out that the limit does not."""
        return self.cap < self.limit or not self.ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One notion of an amount: of the rows that pass, the sum of (value - centre), or of its square in steps."""

    filter: Filter
    of: ColumnRef | Predicate
    """The column whose values are summed; or the condition, a row that meets it being 1 and any other 0."""
    fixed: FixedPoint
    centre: int
    squared: bool
    step: int
    """How many squares make one; of what is not squared 1."""
    magnitude: int
    """Largest |amount| of one row."""


def filter_of(part: Part) -> Filter:
    """Return which rows a part looks at."""
    return Filter(where=part.where, column=part.column)


def counter_of(part: Part) -> Counter:
    """Return what bounds a part."""
    return Counter(grouping=part.bounded_at, filter=filter_of(part), cap=part.rows_per_cell, limit=part.rows_per_unit)


def total_of(part: Part) -> Total | None:
    """Return what a part sums, or None where it counts."""
    if part.value is None or part.kind in COUNTING:
        return None
    return Total(
        filter=filter_of(part),
        of=part.value.predicate if isinstance(part.value, Flag) else part.value.column,
        fixed=part.value.fixed,
        centre=0 if part.kind is PartKind.SUM else part.value.fixed.centre,
        squared=part.kind is PartKind.CENTRED_SQUARES,
        step=part.step,
        magnitude=part.magnitude,
    )


COUNTING = frozenset({PartKind.ROWS, PartKind.UNITS, PartKind.UNIT_ROWS})
"""Kinds of part that count and sum nothing."""


def rounds(plan: Plan) -> tuple[tuple[Part, ...], ...]:
    """Return the parts of a plan by what one aggregation over units and cells can count together, in plan order."""
    found: dict[tuple[tuple[Key, ...], bool], list[Part]] = {}
    for part in plan.parts:
        found.setdefault((part.bounded_at, part.kind is PartKind.UNIT_ROWS), []).append(part)
    return tuple(map(tuple, found.values()))


def counters(parts: Iterable[Part]) -> tuple[Counter, ...]:
    """Return every counter of these parts, each once, in their order."""
    return tuple(dict.fromkeys(counter_of(part) for part in parts))


def filters(parts: Iterable[Part]) -> tuple[Filter, ...]:
    """Return every filter of these parts, each once, in their order."""
    return tuple(dict.fromkeys(filter_of(part) for part in parts))


def totals(parts: Iterable[Part]) -> tuple[Total, ...]:
    """Return every amount that these parts sum, each once, in their order."""
    return tuple(dict.fromkeys(total for part in parts if (total := total_of(part)) is not None))


def keys_of(plan: Plan) -> tuple[Key, ...]:
    """Return every key by which a plan bounds, each once."""
    return tuple(dict.fromkeys(key for part in plan.parts for key in part.bounded_at))


def size_of(keys: tuple[Key, ...]) -> int:
    """Return how many cells a grouping has."""
    return math.prod(len(key.labels) for key in keys)


def groups_of(key: Key) -> Labels:
    """Return every group of a key; None, the last, stands for a missing value."""
    return (*key.values, None) if key.nullable else key.values


def cells_by(keys: tuple[Key, ...]) -> Iterator[Labels]:
    """Yield the groups of each cell in the order of a vector: the last key changes quickest."""
    return itertools.product(*(groups_of(key) for key in keys))


def strides(keys: tuple[Key, ...]) -> tuple[int, ...]:
    """Return by how much the place of a cell grows with the place of each key's group."""
    return tuple(size_of(keys[i + 1 :]) for i in range(len(keys)))


def names_of(plan: Plan) -> Names:
    """Give every column of the question a short name of its own, whatever the datasets call theirs."""
    names: dict[ColumnRef, tuple[str, LogicalType]] = {}
    for number, source in enumerate(plan.sources):
        for place, column in enumerate(source.columns):
            names[source.ref(column)] = (f"c{number}_{place}", column.logical_type)
        for place, derived in enumerate(source.derived):
            names[ColumnRef(name=derived.name, dataset=derived.dataset)] = (f"d{number}_{place}", derived.logical_type)
    for place, derived in enumerate(plan.derived):
        names[ColumnRef(name=derived.name, dataset=derived.dataset)] = (f"d_{place}", derived.logical_type)
    return names
