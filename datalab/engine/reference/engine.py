"""The reference engine's door: lists of rows in, integer vectors out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from datalab.engine.order import order_hash
from datalab.engine.reference.bounding import amounts
from datalab.engine.reference.derived import label
from datalab.engine.reference.joins import Table, rows_by_unit
from datalab.engine.vectors import cells_of
from datalab.privacy.plan import Cells, Plan


class ReferenceEngine:
    """Computes cells in memory (port `datalab.privacy.plan.Engine` over lists of rows)."""

    def cells(self, plan: Plan, tables: Mapping[str, Table]) -> Cells:
        """Return the bounded vectors of a plan; each table is a list of rows by column name, with `unit_id`."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for unit, rows in rows_by_unit(plan, tables).items():
            for part in plan.parts:
                found[part.name] += amounts(plan, part, unit, rows)
        return cells_of(plan, found)

    def counts(self, plan: Plan, tables: Mapping[str, Table]) -> Mapping[str, int]:
        """Return how many units have each value of the discovered column, each unit in a bounded number of values."""
        if plan.discovery is None:
            return {}
        counted: Counter[str] = Counter()
        for unit, rows in rows_by_unit(plan, tables).items():
            values = {text for row in rows if (text := label(row[plan.discovery.column])) is not None}
            order = sorted(values, key=lambda value, unit=unit: (order_hash(plan.salt, (unit, value)), value))  # type: ignore[misc]  # mypy cannot type a lambda's default
            counted.update(order[: plan.discovery.values_per_unit])
        return dict(counted)
