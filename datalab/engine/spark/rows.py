"""The question's rows on Spark: read, derived, kept, first of each unit, bounded, joined.

What they mean is written in `datalab.engine.reference.joins`. There is no Python on rows.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from datalab.contract.model import UNIT_ID
from datalab.engine.counter import Names
from datalab.engine.spark.derived import derived, within
from datalab.engine.spark.expressions import condition, known
from datalab.engine.spark.partners import Partners
from datalab.privacy.plan import DerivedColumn, Link, Plan, Source
from datalab.query.model import ColumnRef, First, Keep

UNIT = "unit"
_PARTNER = "partner"
_ROW = "row"
_HOW = {Keep.PAIRS: "inner", Keep.ANY: "left_semi", Keep.NONE: "left_anti"}


def rows_of(plan: Plan, tables: Mapping[str, DataFrame], names: Names) -> DataFrame:
    """Return the question's rows: `unit`, and each column by name."""
    first, *others = plan.sources
    rows = _side(plan, first, tables[first.dataset], names)
    for source in others:
        side = _side(plan, source, tables[source.dataset], names)
        rows = rows if source.link is None else _linked(plan, rows, side, source, names)
    rows = _with_derived(rows, plan.derived, names)
    return rows if plan.where is None else rows.filter(condition(plan.where, names))


def hash_order(plan: Plan, values: Iterable[Column]) -> Column:
    """Return `datalab.engine.order.order_hash` of columns."""
    hashed = list(values)
    gaps = [value.isNull() for value in hashed]
    mask = F.when(
        reduce(operator.or_, gaps), F.concat(*(F.when(gap, F.lit("1")).otherwise(F.lit("0")) for gap in gaps))
    )
    return F.xxhash64(F.lit(plan.salt).cast("bigint"), *hashed, mask)


def cell_order(plan: Plan, labels: Iterable[Column]) -> Column:
    """Return `datalab.engine.order.cell_hash` of the unit and labels: a missing one hashes to Spark's first seed."""
    return F.xxhash64(F.lit(plan.salt).cast("bigint"), F.col(UNIT), *map(F.xxhash64, labels))


def _side(plan: Plan, source: Source, table: DataFrame, names: Names) -> DataFrame:
    """Return the kept rows of one dataset, in the steps that a source lists."""
    columns = [F.col(UNIT_ID).alias(UNIT) if source.has_units else F.lit(None).cast("string").alias(UNIT)]
    read = []
    for column in source.columns:
        name, logical_type = names[source.ref(column)]
        columns.append(known(F.col(_quoted(column.name)), logical_type).alias(name))
        read.append(name)
    rows = _with_derived(table.select(*columns), source.derived, names)
    if source.where is not None:
        rows = rows.filter(condition(source.where, names))
    order = hash_order(plan, [F.col(name) for name in (UNIT, *read)])
    if source.first is not None:
        rows = _first(rows, source.first, order, names)
    return rows if source.rows_per_unit is None else _cut(rows, [order], source.rows_per_unit)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _with_derived(rows: DataFrame, columns: Iterable[DerivedColumn], names: Names) -> DataFrame:
    made = {names[ColumnRef(name=one.name, dataset=one.dataset)][0]: derived(one, names) for one in columns}
    return rows.withColumns(made) if made else rows


def _first(rows: DataFrame, first: First, order: Column, names: Names) -> DataFrame:
    """Return each unit's row with the least (or greatest) value; of those that tie, the first in hash order."""
    column = F.col(names[first.column][0])
    return _cut(rows.filter(column.isNotNull()), [column.desc() if first.last else column.asc(), order], 1)


def _cut(rows: DataFrame, order: list[Column], most: int) -> DataFrame:
    """Return at most so many rows of each unit, in an order."""
    window = Window.partitionBy(UNIT).orderBy(*order)
    return rows.withColumn(_ROW, F.row_number().over(window)).filter(F.col(_ROW) <= most).drop(_ROW)


def _linked(plan: Plan, rows: DataFrame, side: DataFrame, source: Source, names: Names) -> DataFrame:
    """Return the rows so far with their partners, or those that have one, or none."""
    link = source.link or Link(by_unit=True)
    if link.keep is not Keep.PAIRS and (link.within is not None or link.another):
        return Partners(source=source, link=link, own=plan.sources[0].name, names=names).kept(rows, side)
    meet = [F.col(UNIT) == F.col(_PARTNER)] if link.by_unit else []
    meet += [F.col(names[on.own][0]) == F.col(names[on.other][0]) for on in link.on]
    meet += [within(link.within, names)] if link.within is not None else []
    partners = side.withColumnRenamed(UNIT, _PARTNER)
    everyone = F.lit(True)  # noqa: FBT003 - a literal column
    return rows.join(partners, reduce(operator.and_, meet, everyone), _HOW[link.keep]).drop(_PARTNER)
