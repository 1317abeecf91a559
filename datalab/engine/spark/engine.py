"""The Spark engine: returns a plan's integer vectors.

Where all tables lie in the same number of buckets, the embedded engine counts in each (`by_bucket`); otherwise the
view's files are declared as tables, and the plan runs as Spark's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import uuid4

from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from datalab.contract.model import UNIT_ID, PrivacyUnit
from datalab.engine.counter import cells_by, names_of, rounds
from datalab.engine.spark.aggregate import Aggregates
from datalab.engine.spark.by_bucket import cells_by_bucket, counts_by_bucket, hands_out
from datalab.engine.spark.expressions import SPARK_TYPES
from datalab.engine.spark.rows import rows_of
from datalab.engine.vectors import cannot_compute, cells_of
from datalab.errors import InternalError
from datalab.privacy.plan import Cells, Part, PartKind, Plan
from datalab.privacy.table import TableRef


class SparkEngine:
    """Computes cells on Spark (port `datalab.privacy.plan.Engine` over Parquet folders)."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Return the bounded vectors of a plan.

        Raises:
            InternalError: if Spark fails; its own message is dropped, for it may quote the data.
        """
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        try:
            if buckets := hands_out(plan, tables):
                return cells_by_bucket(self._session, plan, tables, buckets)
            with _frames(self._session, tables) as frames:
                names, parted = names_of(plan), rounds(plan)
                aggregates = Aggregates(plan=plan, names=names)
                rows = rows_of(plan, frames, names)
                several = len(parted) > 1
                with _stored(aggregates.base(rows)) if several else nullcontext(rows) as base:
                    for parts in parted:
                        longest = None if several or plan.exact else _longest(aggregates, parts, base)
                        cells = aggregates.of(parts, base, again=several, longest=longest)
                        for name, place, amount in _amounts(parts, cells.collect()):
                            found[name].append((place, amount))
        except Exception as error:  # noqa: BLE001 - whatever Spark raises may quote the data in its text
            raise _failed(error) from None
        return cells_of(plan, found)

    def counts(self, plan: Plan, tables: Mapping[str, TableRef]) -> Mapping[str, int]:
        """Return how many units have each value of the discovered column, each unit in a bounded number of values.

        Raises:
            InternalError: as `cells` does.
        """
        if plan.discovery is None:
            return {}
        try:
            if buckets := hands_out(plan, tables):
                return counts_by_bucket(self._session, plan, tables, buckets)
            with _frames(self._session, tables) as frames:
                names = names_of(plan)
                rows = rows_of(plan, frames, names)
                counted = Aggregates(plan=plan, names=names).discovered(plan.discovery, rows).collect()
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed(error) from None
        return {str(value): int(units) for value, units in counted}


def _failed(error: Exception) -> InternalError:
    kind = error.getCondition() if isinstance(error, PySparkException) else None
    return cannot_compute(f"{type(error).__name__} {kind or ''}".strip())


def _longest(aggregates: Aggregates, parts: tuple[Part, ...], rows: DataFrame) -> int | None:
    if len(aggregates.plan.sources) > 1 or parts[0].kind is PartKind.UNIT_ROWS:
        return None  # joined rows are dearer to make twice than to put in order
    return int(aggregates.longest(parts, rows).collect()[0][0] or 0)


def _amounts(parts: tuple[Part, ...], rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, int, int]]:
    """Yield part, place and amount."""
    grouping = parts[0].bounded_at
    places = {labels: place for place, labels in enumerate(cells_by(grouping))}
    for row in rows:
        if parts[0].kind is PartKind.UNIT_ROWS:
            part, number, units = row
            yield parts[part].name, number, units
        else:
            place = places[tuple(row[: len(grouping)])]
            for part, amount in zip(parts, row[len(grouping) :], strict=True):
                # Without keys there is one row even of nothing, whose sums are missing.
                yield part.name, place, int(amount or 0)


@contextmanager
def _stored(frame: DataFrame) -> Iterator[DataFrame]:
    """Keep a frame for as long as it is read: in memory, and encrypted on disk where that is full."""
    frame.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        yield frame
    finally:
        frame.unpersist()


@contextmanager
def _frames(session: SparkSession, tables: Mapping[str, TableRef]) -> Iterator[dict[str, DataFrame]]:
    """Declare every table for the length of one question."""
    declared: list[str] = []
    frames: dict[str, DataFrame] = {}
    try:
        for dataset, table in tables.items():
            if table.buckets:
                name = f"view_{uuid4().hex}"
                session.sql(declaration(name, table))
                declared.append(name)
                frames[dataset] = session.table(name)
            else:
                frame = session.read.schema(", ".join(_columns(table))).parquet(str(table.path))
                public = table.schema.privacy_unit is PrivacyUnit.PUBLIC
                # Without a layout, one shuffle by unit serves the grouping and the window after it.
                frames[dataset] = frame if public else frame.repartition(UNIT_ID)
        yield frames
    finally:
        for name in declared:
            session.sql(f"DROP TABLE IF EXISTS {name}")


def declaration(name: str, table: TableRef) -> str:
    """Return the statement that tells Spark how a folder is laid out.

    Bucketed files keep their bucket numbers in their names: declared with the writer's columns, order and number of
    buckets, they are read without a shuffle by unit.
    """
    path = str(table.path).replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"CREATE TABLE {name} ({', '.join(_columns(table))}) USING parquet "
        f"CLUSTERED BY ({UNIT_ID}) SORTED BY ({UNIT_ID}) INTO {table.buckets} BUCKETS LOCATION '{path}'"
    )


def _columns(table: TableRef) -> Iterator[str]:
    if table.schema.privacy_unit is not PrivacyUnit.PUBLIC:
        yield f"{UNIT_ID} string"
    for column in table.schema.columns:
        quoted = column.name.replace("`", "``")
        yield f"`{quoted}` {SPARK_TYPES[column.logical_type]}"
