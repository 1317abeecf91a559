"""The groups of an answer: one key for each grouping column, and one or several tables of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from datalab.privacy.compile.lowering import column_of
from datalab.privacy.plan import Key, PlanTable
from datalab.query.columns import resolve
from datalab.query.model import ColumnRef, Quantile, Query
from datalab.query.refusals.grouped import BINS_PER_CELL
from datalab.query.schema import ViewSchema

UNLISTED_GROUPS = 10**12
"""Groups that a column whose values nobody listed may have: so many that every bound can be reached."""
DISCOVERY_DELTA = Fraction(1, 10**9)
"""What finding out unlisted values costs of the approximate part: below one in as many people as there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Keys and tables of a question."""

    keys: tuple[Key, ...]
    tables: tuple[PlanTable, ...]
    unlisted: ColumnRef | None
    """The key whose values are still to be found out."""


def groups_of(query: Query, schemas: Mapping[str, ViewSchema]) -> Groups:
    """Lay out the groups of a query that `check` lets through."""
    unlisted = None if query.discover is None else resolve(query.discover, query.dataset)
    by_column = {}
    for ref in query.group_by:
        column = resolve(ref, query.dataset)
        public = column_of(schemas, column)
        values = () if column == unlisted else public.values or ()
        by_column[column] = Key(column=column, values=values, nullable=public.nullable)
    keys = tuple(by_column.values())
    tables = tuple(
        PlanTable(keys=tuple(by_column[resolve(ref, query.dataset)] for ref in table.by), weight=table.weight)
        for table in query.tables
    )
    return Groups(keys=keys, tables=tables or (PlanTable(keys=keys),), unlisted=unlisted)


def most_discovered(query: Query, groups: Groups, max_cells: int) -> int:
    """Return how many values may be found out, so that cells and bins stay within what any answer may have."""
    found = next(key for key in groups.keys if key.column == groups.unlisted)
    others = math.prod(len(key.labels) for key in groups.keys if key.column != groups.unlisted)
    bins = max((measure.bins for measure in query.measures if isinstance(measure, Quantile)), default=1)
    cells = min(max_cells, max_cells * BINS_PER_CELL // bins)
    return cells // others - found.nullable
