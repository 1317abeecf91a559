"""What of a unit's rows counts in a part, in memory.

For each unit and part:

1. rows that belong to the part's grouping and that it looks at are counted by cell: n
2. a cell keeps at most `rows_per_cell` of them
3. cells are taken in the order of a hash of (salt, unit, cell); when R rows are reached, the rest keep nothing: k
4. a sum over n rows of which k are kept counts as sum x k / n, to the nearest step and from the middle of two away
   from zero: an average row, k times, so that a mean is not pulled to one side. Steps are fine, of whole numbers too
   (`datalab.privacy.bounds.fixed_point`), for every unit is rounded. It is then held within k x the largest value,
   which is what the sensitivity states

Where cells have bins, of which a quantile is told, rows are drawn instead of 2 and 3: the n rows of a bin are numbered
from 1, all rows of the unit are put in the order of a hash of (salt, unit, cell, bin, number), and each is kept as long
as fewer than `rows_per_cell` are kept of its cell and fewer than R in all. So each row of a cell is kept as often as
any other, and no bin counts for more than its share of the unit's rows. A bin with more rows than can be kept is
numbered to its end: what is kept of it depends on how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from datalab.engine.condition import holds
from datalab.engine.counter import Counter, Filter, Labels, cells_by, counter_of, total_of
from datalab.engine.order import cell_hash, nth_hash
from datalab.engine.reference.derived import Row, label
from datalab.engine.reference.joins import Unit
from datalab.privacy.bounds import in_steps
from datalab.privacy.plan import Key, Part, PartKind, Plan
from datalab.query.model import ColumnRef

ByCell = Mapping[Labels, Sequence[Row]]


def amounts(plan: Plan, part: Part, unit: Unit, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield (place in the part's grouping, amount): everything that one unit adds to a part.

    Of UNIT_ROWS: how many rows the unit has, and 1.
    """
    counter = counter_of(part)
    by_cell = _by_cell(counter, rows)
    if part.kind is PartKind.UNIT_ROWS:
        if by_cell:
            yield sum(len(seen) for seen in by_cell.values()), 1
        return
    places = {labels: place for place, labels in enumerate(cells_by(counter.grouping))}
    for cell, most in _kept(plan, unit, counter, by_cell).items():
        yield places[cell], _amount(plan, part, by_cell[cell], most)


def _by_cell(counter: Counter, rows: Sequence[Row]) -> ByCell:
    """Return the rows that the counter looks at by cell; those of no listed cell are left out."""
    listed = set(cells_by(counter.grouping))
    by_cell: dict[Labels, list[Row]] = defaultdict(list)
    for row in rows:
        cell = tuple(_group(key, row) for key in counter.grouping)
        if cell in listed and _passes(counter.filter, row):
            by_cell[cell].append(row)
    return by_cell


def _group(key: Key, row: Row) -> str | None:
    value = row[key.column]
    if key.bin is None or not isinstance(value, int | float):
        return label(value)
    return str((key.bin.fixed.to_fixed(value) - key.bin.fixed.lower) // key.bin.width)


def _passes(asked: Filter, row: Row) -> bool:
    has_value = asked.column is None or row[asked.column] is not None
    return has_value and (asked.where is None or holds(asked.where, row))


def _kept(plan: Plan, unit: Unit, counter: Counter, by_cell: ByCell) -> dict[Labels, int]:
    """Return for each cell how many of its rows are kept."""
    if plan.exact:
        return {cell: len(rows) for cell, rows in by_cell.items()}
    if counter.by_rows:
        return _drawn(plan, unit, counter, by_cell)
    order = sorted(by_cell, key=lambda cell: cell_hash(plan.salt, unit, cell))
    left, kept = counter.limit, {}
    for cell in order:
        kept[cell] = min(len(by_cell[cell]), counter.cap, left)
        left -= kept[cell]
    return kept


def _drawn(plan: Plan, unit: Unit, counter: Counter, by_cell: ByCell) -> dict[Labels, int]:
    """Return for each bin how many of its rows are kept where rows are drawn one by one."""
    turns = {cell: cell_hash(plan.salt, unit, cell) for cell in by_cell}
    numbered = ((cell, number) for cell, rows in by_cell.items() for number in range(1, len(rows) + 1))
    left, kept = counter.limit, dict.fromkeys(by_cell, 0)
    free: dict[Labels, int] = defaultdict(lambda: counter.cap)
    for cell, _ in sorted(numbered, key=lambda row: nth_hash(turns[row[0]], row[1])):
        whole = _whole_cell(counter, cell)
        if left and free[whole]:
            kept[cell] += 1
            free[whole] -= 1
            left -= 1
    return kept


def _whole_cell(counter: Counter, cell: Labels) -> Labels:
    """Return the cell that a bin belongs to; of other groupings the cell itself."""
    return tuple(label for key, label in zip(counter.grouping, cell, strict=True) if key.bin is None)


def _amount(plan: Plan, part: Part, rows: Sequence[Row], most: int) -> int:
    asked = total_of(part)
    if asked is None or most == 0:
        return most
    total = 0
    for row in rows:
        value = row[asked.of] if isinstance(asked.of, ColumnRef) else int(holds(asked.of, row))
        if isinstance(value, int | float):
            distance = asked.fixed.to_fixed(value) - asked.centre
            total += in_steps(distance**2, asked.step) if asked.squared else distance
    return total if plan.exact else _share(total, len(rows), most, part.magnitude)


def _share(total: int, count: int, most: int, magnitude: int) -> int:
    """Return total x most / count to the nearest whole, ties away from zero, held within most x magnitude."""
    share = (abs(total) * most + count // 2) // count * (1 if total >= 0 else -1)
    return min(max(share, -most * magnitude), most * magnitude)
