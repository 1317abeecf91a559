"""Which rows have a partner in a window, or another row of their unit, found with one look for each row, on Spark.

Possible partners are put into groups of one key and time, each with how many rows it has, what one of them holds and
the time of the key's next group. Rows and groups are then put into one order, and each row sees the first group from
its window's begin; where the row itself is all of that group, the next one decides. No pairs are looked at: a unit
with very many rows would else hold up the answer, and so be noticed. What is meant is written in
`datalab.engine.reference.joins`; the embedded engine does the same with an as-of join.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.engine.partner_columns import PartnerColumns
from datalab.engine.spark.derived import reach
from datalab.query.model import Keep

_AT = "near_at"
_ROWS = "near_rows"
_NEXT = "near_next"
_GROUP = "near_group"
_ROW = "near_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners(PartnerColumns):
    """Tells the rows that are kept by the groups of their possible partners."""

    def kept(self, rows: DataFrame, side: DataFrame) -> DataFrame:
        """Return the rows so far that have a partner among a source's rows, or that have none."""
        looked_up = self._looked_up(rows, self._groups(side))
        has_one = F.coalesce(self._has_one, _no())
        return looked_up.filter(has_one if self.link.keep is Keep.ANY else ~has_one).select(*rows.columns)

    def _groups(self, side: DataFrame) -> DataFrame:
        """Return the groups of a source's rows by key, and by time where there is a window; each as one structure."""
        by = {key: F.col(theirs) for key, (_, theirs) in self.keys.items()}
        if self.link.within is not None:
            by[_AT] = reach(self.link.within, self.names)[0]
        # What has no key or no time meets nothing.
        known = reduce(operator.and_, (column.isNotNull() for column in by.values()))
        alike = {like: F.col(theirs) for like, (_, theirs) in self.alike.items()}
        made = side.filter(known).select(*(column.alias(name) for name, column in {**by, **alike}.items()))
        held = [F.first(like).alias(like) for like in alike]
        groups = made.groupBy(*by).agg(F.count(F.lit(1)).alias(_ROWS), *held)
        told = [_ROWS, *alike]
        if self.link.within is not None:
            told.append(_AT)
        if self.link.within is not None and self.link.another:
            groups = groups.withColumn(_NEXT, F.lead(_AT).over(Window.partitionBy(*self.keys).orderBy(_AT)))
            told.append(_NEXT)
        return groups.select(*by, F.struct(*told).alias(_GROUP))

    def _looked_up(self, rows: DataFrame, groups: DataFrame) -> DataFrame:
        """Return the rows so far, each with the first group from its window's begin, or of its key."""
        keys = {key: F.col(mine) for key, (mine, _) in self.keys.items()}
        if self.link.within is None:
            return rows.withColumns(keys).join(groups, list(keys), "left")
        _, earliest, _ = reach(self.link.within, self.names)
        asked = rows.select(
            *(column.alias(key) for key, column in keys.items()),
            earliest.alias(_AT),
            F.struct(*rows.columns).alias(_ROW),
        )
        # Backwards in time, so that the last group seen is the first from a time on; at one time groups come before
        # the rows that look for them.
        backwards = (
            Window.partitionBy(*keys)
            .orderBy(F.col(_AT).desc(), F.col(_ROW).isNotNull())
            .rowsBetween(Window.unboundedPreceding, Window.currentRow)
        )
        in_order = asked.unionByName(groups, allowMissingColumns=True)
        seen = in_order.withColumn(_GROUP, F.last(_GROUP, ignorenulls=True).over(backwards))
        return seen.filter(F.col(_ROW).isNotNull()).select(f"{_ROW}.*", _GROUP)

    @property
    def _has_one(self) -> Column:
        """Return the condition that a row has a partner, missing where nothing is near."""
        group = F.col(_GROUP)
        in_window, next_in_window = group.isNotNull(), _no()
        if self.link.within is not None:
            _, _, latest = reach(self.link.within, self.names)
            in_window = group[_AT] <= latest
            next_in_window = F.coalesce(group[_NEXT] <= latest, _no()) if self.link.another else _no()
        if not self.link.another:
            return in_window
        same = (F.col(mine).eqNullSafe(group[like]) for like, (mine, _) in self.alike.items())
        itself = reduce(operator.and_, same, group[_ROWS] == 1)
        return in_window & (~itself | next_in_window)


def _no() -> Column:
    return F.lit(False)  # noqa: FBT003 - a literal column
