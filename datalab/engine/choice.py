"""Choosing an engine for a question: what fits one machine is computed in this process, the rest on Spark.

Both compute the same integers (`tests/property/test_engines_agree.py`), so the choice changes how long an answer takes
and nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from datalab.privacy.plan import Cells, Engine, Plan
from datalab.privacy.table import TableRef

Opening = Callable[[], Engine[TableRef]]
"""Opens an engine; it is called when the first question needs it."""


class ChosenEngine:
    """An engine that is one of two (port `datalab.privacy.plan.Engine` over Parquet folders)."""

    def __init__(self, *, embedded: Opening, spark: Opening, most_rows: int) -> None:
        """Make a choice between two engines.

        Args:
            embedded: opens the engine for small tables.
            spark: opens the engine for large ones, and for those whose size is not known.
            most_rows: most rows of all tables together that are small.
        """
        self._open_embedded = embedded
        self._open_spark = spark
        self._most_rows = most_rows

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Return the bounded vectors of a plan.

        Raises:
            InternalError: as the chosen engine does.
        """
        return self._engine_for(tables).cells(plan, tables)

    def counts(self, plan: Plan, tables: Mapping[str, TableRef]) -> Mapping[str, int]:
        """Return how many units have each value of the plan's discovered column.

        Raises:
            InternalError: as the chosen engine does.
        """
        return self._engine_for(tables).counts(plan, tables)

    def _engine_for(self, tables: Mapping[str, TableRef]) -> Engine[TableRef]:
        known = [table.rows for table in tables.values() if table.rows is not None]
        small = len(known) == len(tables) and sum(known) <= self._most_rows
        return self._embedded if small else self._spark

    @cached_property
    def _embedded(self) -> Engine[TableRef]:
        return self._open_embedded()

    @cached_property
    def _spark(self) -> Engine[TableRef]:
        return self._open_spark()
