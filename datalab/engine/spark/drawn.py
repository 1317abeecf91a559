"""Drawing a unit's rows one by one, on Spark: where cells have bins, and a unit has more rows than count.

What is drawn is written in `datalab.engine.reference.bounding`.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.engine.counter import Counter
from datalab.engine.spark.rows import UNIT

BLOCK = 65_536
"""Rows that are numbered at once, so that no array is as long as the rows that one unit may have."""
_TURN, _BLOCK, _NUMBER, _DRAW, _FULL, _CUT = "turn", "block", "number", "draw", "full", "cut"

Counted = Mapping[str, tuple[Counter, Column]]
"""Counters by the name under which what they keep is counted, each with how many rows it has."""


def drawn(
    counted: DataFrame, turn: Column, cell: Sequence[str], names: Counted, longest: int | None = None
) -> DataFrame:
    """Return rows by unit and bin with how many are kept; those of units that have too many are one row each.

    Args:
        counted: one row a unit and bin.
        turn: order of a unit's bins (`datalab.engine.order.cell_hash`).
        cell: columns of the unit and the cell, without its bins.
        names: what is kept of which rows.
        longest: most rows that any unit has, where that is known: where no unit has more than R, only cells are full.
    """
    within = longest is not None and longest <= min(one.limit for one, _ in names.values())
    marked = _marked(counted, cell, names, within=within)
    # Of others all rows count, and they are not told apart.
    most = F.when(F.col(_CUT), F.greatest(_whole(0), *(count for _, count in names.values()))).otherwise(_whole(1))
    first = F.sequence(_whole(0), F.greatest(most - 1, _whole(0)), _whole(BLOCK))
    blocks = marked.filter(most > 0).withColumns({_TURN: turn, _BLOCK: F.explode(first)})
    inside = F.sequence(_whole(1), F.least(most - F.col(_BLOCK), _whole(BLOCK)))
    rows = blocks.withColumn(_NUMBER, F.explode(inside)).withColumn(_NUMBER, F.col(_NUMBER) + F.col(_BLOCK))
    rows = rows.withColumn(_DRAW, F.xxhash64(_TURN, _NUMBER))
    in_cell, kept = {}, {}
    for name, (one, count) in names.items():
        counts = F.col(_NUMBER) <= count
        in_cell[name] = counts & _first(counts, cell, one.cap) if one.capped else counts
        cut = one.ordered and not within
        of_unit = F.col(name) & _first(F.col(name), [UNIT], one.limit) if cut else F.col(name)
        kept[name] = F.when(F.col(_CUT), of_unit.cast("bigint")).otherwise(count)
    return rows.withColumns(in_cell).withColumns(kept)


def _marked(counted: DataFrame, cell: Sequence[str], names: Counted, *, within: bool) -> DataFrame:
    """Add whether a unit has more rows than may count: in a cell, or in all; or this cell of it, where R cuts none."""
    of_cell, of_unit = Window.partitionBy(*cell), Window.partitionBy(UNIT)
    # No unit has more rows in a cell than in all, so a cap of R or more cuts none that R does not.
    full = [F.sum(count).over(of_cell) > one.cap for one, count in names.values() if one.cap < one.limit]
    counted = counted.withColumn(_FULL, reduce(operator.or_, full, F.lit(False)))  # noqa: FBT003 - a literal column
    if within:
        return counted.withColumn(_CUT, F.col(_FULL))
    beyond = [F.sum(count).over(of_unit) > one.limit for one, count in names.values()]
    return counted.withColumn(_CUT, reduce(operator.or_, beyond, F.max(_FULL).over(of_unit)))


def _first(condition: Column, by: Sequence[str], most: int) -> Column:
    """Return which of the rows of which a condition holds are the first so many."""
    return F.row_number().over(Window.partitionBy(*by, condition).orderBy(_DRAW)) <= most


def _whole(number: int) -> Column:
    return F.lit(number).cast("bigint")
