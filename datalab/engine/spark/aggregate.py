"""The bounded aggregates as Spark plans; what they mean is written in `datalab.engine.reference.bounding`.

    rows -> groupBy(unit, groups), combined before any shuffle -> window by unit in hash order -> groupBy(groups)

The window is left out where no unit has more than R rows, and the first step where none has more than fit into a cell.

There is no window over raw rows and no Python in the plan. Where the tables are bucketed and sorted by unit, only the
last step shuffles, and it moves one row a cell and task. Where parts are bounded at several groupings, the files are
read once, into one row a unit and combination of all groups, and every grouping adds that up.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.engine.counter import (
    Counter,
    Filter,
    Names,
    Total,
    counter_of,
    counters,
    filter_of,
    filters,
    keys_of,
    total_of,
    totals,
)
from datalab.engine.spark.drawn import drawn
from datalab.engine.spark.expressions import as_text, condition, to_fixed
from datalab.engine.spark.rows import UNIT, cell_order, hash_order
from datalab.privacy.plan import Discovery, Key, Part, PartKind, Plan
from datalab.query.model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """The aggregates of one plan over its rows."""

    plan: Plan
    names: Names

    def base(self, rows: DataFrame) -> DataFrame:
        """Return one row a unit and combination of all groups: rows by filter, sums by amount."""
        common = [key for key in self._groups if all(key in part.bounded_at for part in self.plan.parts)]
        return self._counted(self._grouped(rows), tuple(self._groups), tuple(common), self.plan.parts, again=False)

    def longest(self, parts: tuple[Part, ...], rows: DataFrame) -> DataFrame:
        """Return how many rows the unit with most of them has in a round: one row, without a shuffle of rows."""
        kept = reduce(lambda frame, key: frame.filter(self._listed(key)), parts[0].bounded_at, self._grouped(rows))
        return kept.groupBy(UNIT).agg(F.count(F.lit(1)).alias("n")).agg(F.max("n"))

    def of(self, parts: tuple[Part, ...], rows: DataFrame, *, again: bool, longest: int | None = None) -> DataFrame:
        """Return one row a cell: its groups as text, then the amount of each part.

        Of UNIT_ROWS: one row for each part and number of rows, and how many units have it.

        Args:
            parts: parts of one round.
            rows: the question's rows, or what `base` made of them.
            again: whether it is what `base` made.
            longest: most rows that any unit has, where that is known. It decides how much work is needed and changes
                nothing in the result: where no bound can cut, all rows count.
        """
        if longest is not None and longest <= min(min(part.rows_per_cell, part.rows_per_unit) for part in parts):
            return self._whole(parts, rows)
        grouping = parts[0].bounded_at
        grouped = rows if again else self._grouped(rows)
        counted = self._counted(grouped, grouping, grouping, parts, again=again)
        if parts[0].kind is PartKind.UNIT_ROWS:
            return self._unit_rows(counted, parts)
        kept = counted if self.plan.exact else self._kept(counted, parts, longest)
        amounts = [F.sum(self._amount(part, parts)).alias(f"p{i}") for i, part in enumerate(parts)]
        return self._by_cell(kept, grouping, amounts)

    def _whole(self, parts: tuple[Part, ...], rows: DataFrame) -> DataFrame:
        """Return the cells where all rows of every unit count."""
        grouping = parts[0].bounded_at
        kept = reduce(lambda frame, key: frame.filter(self._listed(key)), grouping, self._grouped(rows))
        amounts = []
        for i, part in enumerate(parts):
            total = total_of(part)
            amount = self._count(filter_of(part)) if total is None else F.sum(self._of_row(total))
            amounts.append(F.coalesce(amount, _whole(0)).alias(f"p{i}"))
        return self._by_cell(kept, grouping, amounts)

    def _by_cell(self, rows: DataFrame, grouping: tuple[Key, ...], amounts: list[Column]) -> DataFrame:
        shown = [self._text(key).alias(self._groups[key]) for key in grouping]
        grouped = rows.groupBy(*(self._groups[key] for key in grouping)).agg(*amounts)
        return grouped.select(*shown, *(f"p{i}" for i in range(len(amounts))))

    def discovered(self, wanted: Discovery, rows: DataFrame) -> DataFrame:
        """Return how many units have each value, each unit in a bounded number of values."""
        text = as_text(*self.names[wanted.column])
        valued = rows.select(UNIT, text.alias("text")).filter(F.col("text").isNotNull()).distinct()
        order = Window.partitionBy(UNIT).orderBy(hash_order(self.plan, [F.col(UNIT), F.col("text")]), F.col("text"))
        placed = valued.withColumn("place", F.row_number().over(order))
        return placed.filter(F.col("place") <= wanted.values_per_unit).groupBy("text").count()

    @property
    def _groups(self) -> Mapping[Key, str]:
        return {key: f"g{i}" for i, key in enumerate(keys_of(self.plan))}

    @property
    def _counts(self) -> Mapping[Filter, str]:
        return {one: f"n{i}" for i, one in enumerate(filters(self.plan.parts))}

    @property
    def _sums(self) -> Mapping[Total, str]:
        return {one: f"x{i}" for i, one in enumerate(totals(self.plan.parts))}

    def _grouped(self, rows: DataFrame) -> DataFrame:
        """Add the group of each key: as text, or as the number of a bin."""
        groups = {}
        for key, group in self._groups.items():
            name, logical_type = self.names[key.column]
            groups[group] = as_text(name, logical_type)
            if key.bin is not None:
                from_lower = to_fixed(F.col(name), logical_type, key.bin.fixed) - _whole(key.bin.fixed.lower)
                groups[group] = F.call_function("div", from_lower, _whole(key.bin.width))
        return rows.withColumns(groups) if groups else rows

    def _text(self, key: Key) -> Column:
        group = F.col(self._groups[key])
        return group if key.bin is None else group.cast("string")

    def _listed(self, key: Key) -> Column:
        group = F.col(self._groups[key])
        if key.bin is not None:
            return group.isNotNull()
        listed = group.isin(list(key.values)) if key.values else F.lit(False)  # noqa: FBT003 - a literal column
        return listed | group.isNull() if key.nullable else listed

    def _counted(
        self,
        rows: DataFrame,
        by: tuple[Key, ...],
        listed: tuple[Key, ...],
        parts: tuple[Part, ...],
        *,
        again: bool,
    ) -> DataFrame:
        """Return one row a unit and cell: how many rows pass each filter, and the sum of each amount.

        Rows whose groups are not in the public list are left out before anything is bounded.
        """
        counted = dict.fromkeys(filter_of(part) for part in parts)
        summed = dict.fromkeys(total for part in parts if (total := total_of(part)) is not None)
        amounts = [
            (F.sum(self._counts[one]) if again else self._count(one)).alias(self._counts[one]) for one in counted
        ]
        amounts += [F.sum(self._sums[one] if again else self._of_row(one)).alias(self._sums[one]) for one in summed]
        kept = reduce(lambda frame, key: frame.filter(self._listed(key)), listed, rows)
        return kept.groupBy(UNIT, *(self._groups[key] for key in by)).agg(*amounts)

    def _passes(self, one: Filter) -> Column:
        terms = [condition(one.where, self.names)] if one.where is not None else []
        terms += [F.col(self.names[one.column][0]).isNotNull()] if one.column is not None else []
        return reduce(operator.and_, terms)

    def _count(self, one: Filter) -> Column:
        return F.count(F.lit(1)) if one.open else F.count(F.when(self._passes(one), F.lit(1)))

    def _of_row(self, total: Total) -> Column:
        distance = self._value(total) - _whole(total.centre)
        amount = distance
        if total.squared:
            amount = F.call_function("div", distance * distance + _whole(total.step // 2), _whole(total.step))
        return amount if total.filter.open else F.when(self._passes(total.filter), amount)

    def _value(self, total: Total) -> Column:
        """Return what one row is worth before the centre is taken off."""
        if isinstance(total.of, ColumnRef):
            name, logical_type = self.names[total.of]
            return to_fixed(F.col(name), logical_type, total.fixed)
        met = condition(total.of, self.names)
        return F.when(met, _whole(total.fixed.upper)).otherwise(_whole(total.fixed.lower))

    def _unit_rows(self, counted: DataFrame, parts: tuple[Part, ...]) -> DataFrame:
        of_part = []
        for i, part in enumerate(parts):
            numbers = counted.groupBy(UNIT).agg(F.sum(self._counts[filter_of(part)]).alias("number"))
            numbers = numbers.filter(F.col("number") > 0).groupBy("number").count()
            of_part.append(numbers.select(F.lit(i).alias("part"), "number", "count"))
        return reduce(DataFrame.unionAll, of_part)

    def _kept(self, counted: DataFrame, parts: tuple[Part, ...], longest: int | None) -> DataFrame:
        """Add for each counter how many of its rows are kept: at most its cap a cell and R a unit, in hash order."""
        labels = [self._text(key) for key in parts[0].bounded_at]
        turn = cell_order(self.plan, labels)
        names = {name: (one, F.col(self._counts[one.filter])) for one, name in _kept_names(parts).items()}
        if counters(parts)[0].by_rows:
            cell = [UNIT, *(self._groups[key] for key in parts[0].bounded_at if key.bin is None)]
            return drawn(counted, turn, cell, names, longest)
        order = Window.partitionBy(UNIT).orderBy(turn).rowsBetween(Window.unboundedPreceding, Window.currentRow)
        filled = {name: F.least(count, _whole(one.cap)) for name, (one, count) in names.items()}
        counted, kept = counted.withColumns(filled), {}
        for name, (one, _) in names.items():
            most = F.col(name)
            if one.ordered and (longest is None or longest > one.limit):
                before = F.sum(most).over(order) - most
                most = F.greatest(_whole(0), F.least(most, _whole(one.limit) - before))
            kept[name] = most
        return counted.withColumns(kept)

    def _amount(self, part: Part, parts: tuple[Part, ...]) -> Column:
        """Return what one unit and cell adds to a part."""
        count, total = F.col(self._counts[filter_of(part)]), total_of(part)
        if total is None:
            return count if self.plan.exact else F.col(_kept_names(parts)[counter_of(part)])
        amount = F.coalesce(F.col(self._sums[total]), _whole(0))
        if self.plan.exact:
            return amount
        most = F.col(_kept_names(parts)[counter_of(part)])
        # At most 2**62 + 2**32 (`datalab.privacy.bounds.MAX_CELL_CONTRIBUTION`).
        nearest = F.call_function("div", F.abs(amount) * most + F.call_function("div", count, _whole(2)), count)
        share = F.when(amount < 0, -nearest).otherwise(nearest)
        limit = most * _whole(part.magnitude)
        return F.when(most > 0, F.least(F.greatest(share, -limit), limit)).otherwise(_whole(0))


def _kept_names(parts: tuple[Part, ...]) -> Mapping[Counter, str]:
    return {one: f"k{i}" for i, one in enumerate(counters(parts))}


def _whole(number: int) -> Column:
    return F.lit(number).cast("bigint")
