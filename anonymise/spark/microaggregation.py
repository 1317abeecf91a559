"""Microaggregation on Spark: groups over a whole extract, before batches are treated.

What a number becomes depends on other people's rows, so this is no part of the differentially private promise, and
questions never read such a column (`datalab.contract.published.PublishedColumn.askable`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import DoubleType, StructField, StructType

from anonymise.spark.risk import cell
from anonymise.treatment.microaggregate import group_means
from datalab.contract.generalisation import Microaggregate
from datalab.contract.model import Column, Contract, LogicalType, PrivacyUnit

VALUES_A_TASK: Final = 100_000
"""Different values that one task makes groups of: what bounds its memory."""
_NOT_BLANK: Final = r"(?U)[^\s\x1c-\x1f]"
"""What `str.strip` leaves of a key, as treatment reads it."""
_VALUE, _ROWS, _MEAN = "_value", "_rows", "_mean"


def microaggregated(frame: DataFrame, contract: Contract) -> DataFrame:
    """Put group means in the columns that ask for them; other contracts' frames come back as they are.

    A group has as many rows as `size` units can have by the contract, so it holds `size` units at least. Values become
    missing where there are too few in all. Counting the values runs on Spark at once.

    Args:
        frame: typed rows, invalid cells blank.
        contract: the dataset's.
    """
    for column in contract.columns:
        if isinstance(column.generalisation, Microaggregate):
            fewest = column.generalisation.size * (contract.max_rows_per_unit or 1)
            frame = _replaced(frame, column, means(_owned(frame, contract), column.name, fewest))
    return frame


def _owned(frame: DataFrame, contract: Contract) -> DataFrame:
    """Return the rows that treatment keeps: those that say whose they are, where they have to."""
    key = contract.person_key
    if key is None or contract.privacy_unit is PrivacyUnit.RECORD:
        return frame
    return frame.where(cell(key.name).cast("string").rlike(_NOT_BLANK))


def means(frame: DataFrame, column: str, fewest: int, *, values_a_task: int = VALUES_A_TASK) -> DataFrame:
    """Return `_value` and the `_mean` that it becomes, in groups of `fewest` rows at least.

    Sorted values are cut into ranges, one a task; where that would leave a range with too few rows, into one. Numbers
    are doubles from here on: large whole ones that become the same double are one value, with one mean.
    """
    value = cell(column).cast("double")
    values = frame.where(value.isNotNull()).groupBy(value.alias(_VALUE)).agg(F.count("*").alias(_ROWS))
    ranges = max(1, ceil(values.count() / values_a_task))
    if ranges > 1:
        ordered = values.repartitionByRange(ranges, _VALUE).sortWithinPartitions(_VALUE)
        rows = ordered.groupBy(F.spark_partition_id().alias("_range")).agg(F.sum(_ROWS).alias(_ROWS))
        if rows.where(F.col(_ROWS) < fewest).isEmpty():
            return ordered.mapInArrow(_grouping(fewest), _SCHEMA)
    return values.coalesce(1).sortWithinPartitions(_VALUE).mapInArrow(_grouping(fewest), _SCHEMA)


_SCHEMA: Final = StructType([StructField(_VALUE, DoubleType()), StructField(_MEAN, DoubleType())])


class _grouping:  # noqa: N801 - a function that travels with its argument
    """Makes groups of one range of sorted values."""

    def __init__(self, fewest: int) -> None:
        self._fewest = fewest

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        values: list[float] = []
        counts: list[int] = []
        for batch in batches:
            values.extend(batch.column(_VALUE).to_pylist())
            counts.extend(batch.column(_ROWS).to_pylist())
        found = group_means(values, counts, self._fewest)
        if values and found is not None:
            yield pa.RecordBatch.from_arrays(
                [pa.array(values, pa.float64()), pa.array(found, pa.float64())], names=[_VALUE, _MEAN]
            )


def _replaced(frame: DataFrame, column: Column, found: DataFrame) -> DataFrame:
    mean = F.col(_MEAN)
    if column.logical_type is LogicalType.INTEGER:
        mean = F.bround(mean).cast("bigint")
    joined = frame.join(found, cell(column.name).cast("double") == F.col(_VALUE), "left")
    return joined.select(*(mean.alias(name) if name == column.name else cell(name) for name in frame.columns))
