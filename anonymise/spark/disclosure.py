"""Disclosure risk of one treated extract on Spark: counts, suggestions, and the report of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import StringType, StructField, StructType

from anonymise.risk.classes import Classes
from anonymise.risk.coarser.hierarchy import Step
from anonymise.risk.coarser.suggestion import DEFAULT_K, suggest
from anonymise.risk.coarser.table import Grouped, Levels, coarser
from anonymise.risk.measured import Measured, Wanted
from anonymise.risk.report import risk_report
from anonymise.spark.risk import UNIT, classes_of, combinations, keys, measure
from datalab.contract.model import Contract

MOST_COMBINATIONS: Final = 200_000
"""Combinations that the search works on, at most."""
_WEIGHT: Final = "_weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An extract's risk."""

    measured: Measured
    report: dict[str, Any]
    """For the custodian; holds small counts and public words, no value of a row."""


def assess(rows: DataFrame, contract: Contract) -> Assessed | None:
    """Measure the risk of treated rows, and search for coarser treatments where it is too high.

    Args:
        rows: `unit_ref` and the published columns.
        contract: the dataset's.

    Returns:
        None where nobody could be found by the table: public data, or no quasi-identifier in it.
    """
    wanted = Wanted.of(contract)
    if wanted is None:
        return None
    held = combinations(rows, wanted.quasi_identifiers).persist(StorageLevel.DISK_ONLY)
    try:
        measured = measure(rows, wanted, held=held)
        suggestions = _suggestions(held, contract, measured.classes)
    finally:
        held.unpersist()
    return Assessed(measured=measured, report=risk_report(contract, measured, suggestions))


def _suggestions(held: DataFrame, contract: Contract, classes: Classes) -> list[dict[str, Any]]:
    k = contract.min_k or DEFAULT_K
    if classes.below(k) <= contract.max_below_k * classes.units:
        return []
    table = grouped(held, contract, classes)

    def count(levels: Levels) -> Classes:
        if table.owners is not None:
            return table.counted(levels)
        return classes_of(relabelled(held, [table.steps[place][level] for place, level in enumerate(levels)]), names)

    names = keys(table.columns)
    return suggest(contract, table, count)


def grouped(held: DataFrame, contract: Contract, classes: Classes, *, most: int = MOST_COMBINATIONS) -> Grouped:
    """Bring combinations to this process: some `most`, so that memory does not grow with the extract.

    Those of every unit where they are few enough; else each distinct one with how many units have it; and where those
    are too many, of a sample of units, which are not multiplied by what they stand for: a combination that one unit of
    the sample has would pass for shared, and nothing would be suggested. So many as share one in the sample share it in
    the extract at least; what is suggested may be coarser than it had to be.
    """
    names = keys(contract.quasi_identifiers)
    if classes.memberships <= most:
        table = held.toArrow()
        owners = np.unique(table.column(UNIT).to_numpy(), return_inverse=True)[1].astype(np.int64)
        weights = np.ones(table.num_rows, np.int64)
    else:
        one_in = max(1, ceil(classes.combinations / most))
        sample = held if one_in == 1 else held.where(F.pmod(F.col(UNIT), F.lit(one_in)) == 0)
        table = sample.groupBy(*names).agg(F.count("*").alias(_WEIGHT)).toArrow()
        owners, weights = None, np.asarray(table.column(_WEIGHT).to_numpy(), np.int64)
    values = tuple(table.column(name).to_pylist() for name in names)
    return Grouped(columns=contract.quasi_identifiers, values=values, weights=weights, owners=owners)


def relabelled(held: DataFrame, steps: Sequence[Step]) -> DataFrame:
    """Return the combinations that steps make, each unit once with each; every value as text."""
    names = keys(steps)
    chosen = list(steps)

    def relabel(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = [_coarser(batch.column(name), step) for name, step in zip(names, chosen, strict=True)]
            yield pa.RecordBatch.from_arrays([batch.column(UNIT), *columns], names=[UNIT, *names])

    schema = StructType([held.schema[UNIT], *(StructField(name, StringType()) for name in names)])
    return held.mapInArrow(relabel, schema).distinct()


def _coarser(values: pa.Array, step: Step) -> pa.Array:
    if step.change is None:
        return values.cast(pa.string())
    encoded = values.dictionary_encode()
    labels = [coarser(step, value) for value in encoded.dictionary.to_pylist()]
    texts = pa.array([None if label is None else str(label) for label in labels], pa.string())
    return texts.take(encoded.indices)
