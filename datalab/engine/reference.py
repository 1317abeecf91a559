"""The reference engine: what a plan means, in memory, in readable Python. Spark must agree with it cell by cell.

For each unit and counter (any row, or rows with a value in a column):

1. rows that the conditions keep, and whose groups are all in the public list, are counted by cell: n
2. a cell keeps at most `rows_per_cell` of them
3. cells are taken in the order of a hash of (salt, unit, cell); when R rows are reached, the rest keep nothing: k
4. a sum over n rows of which k are kept counts as sum x k / n, towards zero: an average row, k times, so that a mean
   is not pulled to one side; it is then held within k x the largest value, which is what the sensitivity states
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from datalab.contract.model import UNIT_ID
from datalab.engine.condition import holds
from datalab.engine.counter import Counter, cell_numbers, centre_of, counter_of, counters, needs_order
from datalab.engine.order import row_hash
from datalab.privacy.bounds import FixedPoint
from datalab.privacy.plan import Cells, Part, PartKind, Plan, Source
from datalab.query.model import ColumnRef

Row = Mapping[ColumnRef, object]
"""One row, joined where the question joins; columns with their dataset named."""
Cell = tuple[str | None, ...]
"""The groups of a cell, in the order of the plan's keys; None stands for a missing value."""
Unit = str | None
"""Whose row it is; rows without a unit are bounded together, as if they were one unit's."""


class ReferenceEngine:
    """Computes cells in memory (port `datalab.privacy.plan.Engine` over lists of rows)."""

    def cells(self, plan: Plan, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Cells:
        """Return the bounded vectors of a plan; each table is a list of rows by column name, with `unit_id`."""
        places = cell_numbers(plan)
        by_unit: dict[Unit, dict[Cell, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for unit, row in _rows(plan, tables):
            cell = tuple(_label(row[key.column]) for key in plan.keys)
            if cell in places and (plan.where is None or holds(plan.where, row)):
                by_unit[unit][cell].append(row)
        vectors = {part.name: [0] * plan.size for part in plan.parts}
        for unit, by_cell in by_unit.items():
            for part, cell, amount in _contributions(plan, unit, by_cell):
                vectors[part.name][places[cell]] += amount
        return Cells(vectors={name: tuple(vector) for name, vector in vectors.items()})


def _rows(plan: Plan, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Iterator[tuple[Unit, Row]]:
    """Yield the rows of the first dataset, or every pair of rows of one unit where datasets are joined."""
    sides = [_side(plan, source, tables[source.dataset]) for source in plan.sources]
    if len(sides) == 1:
        for unit, rows in sides[0].items():
            yield from ((unit, row) for row in rows)
        return
    for unit in sides[0]:
        if unit is not None:
            for pair in itertools.product(*(side.get(unit, []) for side in sides)):
                yield unit, {ref: value for row in pair for ref, value in row.items()}


def _side(plan: Plan, source: Source, table: Iterable[Mapping[str, object]]) -> dict[Unit, list[Row]]:
    """Return the kept rows of one dataset by unit; before a join, at most R of each in hash order."""
    by_unit: dict[Unit, list[Row]] = defaultdict(list)
    for raw in table:
        row = {ColumnRef(name=c.name, dataset=source.dataset): _known(raw.get(c.name)) for c in source.columns}
        if source.where is None or holds(source.where, row):
            unit = None if plan.exact else raw.get(UNIT_ID)
            by_unit[unit if unit is None else str(unit)].append(row)
    if source.rows_per_unit is not None:
        for unit, rows in by_unit.items():
            rows.sort(key=lambda row, unit=unit: row_hash(plan.salt, (unit, *row.values())))  # type: ignore[misc]  # mypy cannot type a lambda's default
            del rows[source.rows_per_unit :]
    return by_unit


def _known(value: object) -> object:
    """Return the value, or None for numbers that are none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _label(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _contributions(plan: Plan, unit: Unit, by_cell: Mapping[Cell, Sequence[Row]]) -> Iterator[tuple[Part, Cell, int]]:
    """Yield (part, cell, amount): everything that one unit adds to the answer."""
    kept = {counter: _kept(plan, unit, counter, by_cell) for counter in counters(plan)}
    for part in plan.parts:
        for cell, (count, most) in kept[counter_of(part)].items():
            if part.kind in (PartKind.ROWS, PartKind.UNITS, PartKind.VALUES):
                yield part, cell, most
            elif part.value is not None and most > 0:
                values = _values(by_cell[cell], part.value.column, part.value.fixed)
                total = sum(value - centre_of(part) for value in values)
                yield part, cell, total if plan.exact else _share(total, count, most, part.magnitude)


def _kept(
    plan: Plan, unit: Unit, counter: Counter, by_cell: Mapping[Cell, Sequence[Row]]
) -> dict[Cell, tuple[int, int]]:
    """Return for each cell how many rows there are and how many of them are kept."""
    order = sorted(by_cell, key=lambda cell: row_hash(plan.salt, (unit, *cell)))
    left = plan.question.rows_per_unit
    kept: dict[Cell, tuple[int, int]] = {}
    for cell in order:
        count = sum(1 for row in by_cell[cell] if counter.column is None or row[counter.column] is not None)
        most = count if plan.exact else min(count, counter.cap)
        if not plan.exact and needs_order(plan, counter):
            most = min(most, left)
            left -= most
        kept[cell] = (count, most)
    return kept


def _values(rows: Iterable[Row], column: ColumnRef, fixed: FixedPoint) -> Iterator[int]:
    for row in rows:
        value = row[column]
        if isinstance(value, int | float):
            yield fixed.to_fixed(value)


def _share(total: int, count: int, most: int, magnitude: int) -> int:
    """Return total x most / count towards zero, held within most x magnitude."""
    share = abs(total) * most // count * (1 if total >= 0 else -1)
    return min(max(share, -most * magnitude), most * magnitude)
