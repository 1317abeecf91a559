"""The bounded aggregate as one Spark plan; what it means is written in `datalab.engine.reference`.

    rows -> groupBy(unit, groups), combined before any shuffle -> window by unit in hash order -> groupBy(groups)

There is no window over raw rows and no Python in the plan. Where the tables are bucketed and sorted by unit, only the
last step shuffles, and it moves one row a cell and task.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import UNIT_ID
from datalab.engine.counter import (
    Counter,
    Names,
    centre_of,
    counter_of,
    counters,
    names_of,
    needs_order,
    sum_name,
    sums,
)
from datalab.engine.spark.expressions import condition, known, to_fixed
from datalab.privacy.plan import Part, PartKind, Plan, Source
from datalab.query.model import ColumnRef

UNIT = "unit"
_HASH = "hash"
_ROW = "row"


def aggregate(plan: Plan, tables: Mapping[str, DataFrame]) -> DataFrame:
    """Return one row a cell that holds rows: its groups as text, then the amount of each part, in plan order."""
    names = names_of(plan)
    sides = [_side(plan, source, tables[source.dataset], names) for source in plan.sources]
    rows = reduce(lambda left, right: left.join(right, UNIT), sides)
    if plan.where is not None:
        rows = rows.filter(condition(plan.where, names))
    rows = _grouped(plan, rows, names)
    groups = _groups(plan)
    if plan.exact:
        return rows.groupBy(*groups).agg(*(_exact(part, names).alias(f"p{i}") for i, part in enumerate(plan.parts)))
    counted = _counted(plan, rows, names)
    bounded = _kept(plan, counted)
    return bounded.groupBy(*groups).agg(
        *(F.sum(_amount(plan, part)).alias(f"p{i}") for i, part in enumerate(plan.parts))
    )


def _side(plan: Plan, source: Source, table: DataFrame, names: Names) -> DataFrame:
    """Return the kept rows of one dataset; before a join, at most R of each unit in hash order."""
    columns = [F.lit("").alias(UNIT) if plan.exact else F.col(UNIT_ID).alias(UNIT)]
    for column in source.columns:
        name, logical_type = names[ColumnRef(name=column.name, dataset=source.dataset)]
        columns.append(known(F.col(_quoted(column.name)), logical_type).alias(name))
    rows = table.select(*columns)
    if source.where is not None:
        rows = rows.filter(condition(source.where, names))
    if source.rows_per_unit is None:
        return rows
    order = Window.partitionBy(UNIT).orderBy(F.xxhash64(_salt(plan), *(F.col(name) for name in rows.columns)))
    return rows.withColumn(_ROW, F.row_number().over(order)).filter(F.col(_ROW) <= source.rows_per_unit).drop(_ROW)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _salt(plan: Plan) -> Column:
    return F.lit(plan.salt).cast("bigint")


def _groups(plan: Plan) -> list[str]:
    return [f"g{i}" for i in range(len(plan.keys))]


def _grouped(plan: Plan, rows: DataFrame, names: Names) -> DataFrame:
    """Add each key as text; rows whose groups are not in the public list are left out before anything is bounded."""
    labels = {
        group: F.col(names[key.column][0]).cast("string") for group, key in zip(_groups(plan), plan.keys, strict=True)
    }
    rows = rows.withColumns(labels) if labels else rows
    for group, key in zip(labels, plan.keys, strict=True):
        listed = F.col(group).isin(list(key.values))
        rows = rows.filter(listed | F.col(group).isNull() if key.nullable else listed)
    return rows


def _counted(plan: Plan, rows: DataFrame, names: Names) -> DataFrame:
    """Return one row a unit and cell: how many rows each counter sees, and the sum of each column."""
    counts = [_count(counter, names).alias(f"n{i}") for i, counter in enumerate(counters(plan))]
    totals = [F.sum(_fixed(part, names)).alias(name) for name, part in sums(plan).items()]
    return rows.groupBy(UNIT, *_groups(plan)).agg(*counts, *totals)


def _count(counter: Counter, names: Names) -> Column:
    return F.count(F.lit(1)) if counter.column is None else F.count(F.col(names[counter.column][0]))


def _fixed(part: Part, names: Names) -> Column:
    if part.value is None:
        message = "Only a column can be summed."
        raise AssertionError(message)
    name, logical_type = names[part.value.column]
    return to_fixed(F.col(name), logical_type, part.value.fixed)


def _kept(plan: Plan, counted: DataFrame) -> DataFrame:
    """Add for each counter how many of its rows are kept: at most its cap a cell and R a unit, in hash order."""
    order = (
        Window.partitionBy(UNIT)
        .orderBy(F.xxhash64(_salt(plan), F.col(UNIT), *(F.col(group) for group in _groups(plan))))
        .rowsBetween(Window.unboundedPreceding, Window.currentRow)
    )
    limit = F.lit(plan.question.rows_per_unit).cast("bigint")
    kept: dict[str, Column] = {}
    for i, counter in enumerate(counters(plan)):
        most = F.least(F.col(f"n{i}"), F.lit(counter.cap).cast("bigint"))
        if needs_order(plan, counter):
            before = F.sum(most).over(order) - most
            most = F.greatest(F.lit(0).cast("bigint"), F.least(most, limit - before))
        kept[f"k{i}"] = most
    return counted.withColumns(kept)


def _amount(plan: Plan, part: Part) -> Column:
    """Return what one unit and cell adds to a part."""
    place = counters(plan).index(counter_of(part))
    most = F.col(f"k{place}")
    if part.kind in (PartKind.ROWS, PartKind.UNITS, PartKind.VALUES):
        return most
    total = F.col(sum_name(plan, part)) - F.lit(centre_of(part)).cast("bigint") * F.col(f"n{place}")
    share = F.call_function("div", total * most, F.col(f"n{place}"))
    limit = most * F.lit(part.magnitude).cast("bigint")
    return F.when(most > 0, F.least(F.greatest(share, -limit), limit)).otherwise(F.lit(0).cast("bigint"))


def _exact(part: Part, names: Names) -> Column:
    """Return a part of public data, where nothing is bounded."""
    if part.kind in (PartKind.ROWS, PartKind.UNITS):
        return F.count(F.lit(1))
    if part.kind is PartKind.VALUES:
        return _count(counter_of(part), names)
    return F.coalesce(F.sum(_fixed(part, names) - F.lit(centre_of(part)).cast("bigint")), F.lit(0).cast("bigint"))
