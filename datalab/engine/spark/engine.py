"""The Spark engine: declares the view's files as tables, runs one plan, returns integer vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from datalab.contract.model import UNIT_ID, PrivacyUnit
from datalab.engine.spark.aggregate import aggregate
from datalab.engine.spark.expressions import SPARK_TYPES
from datalab.engine.vectors import cannot_compute, cells_of
from datalab.privacy.plan import Cells, Plan
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
        try:
            with _frames(self._session, tables) as frames:
                rows = aggregate(plan, frames).collect()
        except Exception as error:  # noqa: BLE001 - whatever Spark raises may quote the data in its text
            kind = error.getCondition() if isinstance(error, PySparkException) else None
            raise cannot_compute(f"{type(error).__name__} {kind or ''}".strip()) from None
        return cells_of(plan, rows)


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
