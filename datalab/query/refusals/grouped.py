"""What is wrong with a question's groups, its tables, and what is done with its cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date

from datalab.contract.model import Bounds, LogicalType
from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.model import ColumnRef, CountRows, CountUnits, Quantile, Sum
from datalab.query.refusals.derived import NUMERIC, TIMES
from datalab.query.refusals.scope import Scope

GROUPABLE = frozenset({LogicalType.STRING, LogicalType.INTEGER, LogicalType.BOOLEAN, LogicalType.DATE})
"""Types whose values have one way to be written, so that they can be groups."""
DISCOVERABLE = frozenset({LogicalType.STRING, LogicalType.INTEGER, LogicalType.DATE})
"""Types of which unlisted values can be found out."""
MAX_TABLES = 64
"""Most tables of one question: all margins of six columns."""
MAX_WEIGHT = 1_000
"""Largest weight of a table."""
MAX_FITTED = 10**6
"""Most combinations of all groups of several tables that are made to agree without a negative cell."""
BINS_PER_CELL = 64
"""A quantile may hold so many bins for each cell that the lab allows an answer."""


def group_refusals(scope: Scope, max_cells: int) -> Iterator[str]:
    """Yield what is wrong with the groups and with what is done with their cells."""
    query = scope.query
    sizes: dict[ColumnRef, int] = {}
    for ref, times in Counter(resolve(ref, query.dataset) for ref in query.group_by).items():
        if times > 1:
            yield f"The question groups {times} times by {ref.name}. Group once by each column."
    discovered = None if query.discover is None else resolve(query.discover, query.dataset)
    for ref in query.group_by:
        resolved, column = resolve(ref, query.dataset), scope.find(ref)
        if isinstance(column, str):
            yield column
        elif resolved == discovered:
            sizes[resolved] = 1 + column.nullable
        elif column.values is None or column.logical_type not in GROUPABLE:
            yield (
                f"The values of {ref} are not public, so its groups would give away what is in the data. "
                f"{_nearest(ref, column, scope)}"
            )
        else:
            sizes[resolved] = len(column.values) + column.nullable
    yield from _discovery_refusals(scope)
    yield from _table_refusals(scope)
    tables = [table.by for table in query.tables] or [query.group_by]
    cells = sum(math.prod(sizes.get(resolve(ref, query.dataset), 1) for ref in by) for by in tables)
    if cells > max_cells:
        yield f"The answer would have {cells} cells; the lab allows {max_cells}. Group by fewer or coarser columns."
    for measure in query.measures:
        if isinstance(measure, Quantile) and cells * measure.bins > max_cells * BINS_PER_CELL:
            yield (
                f"{measure.name} would need {cells * measure.bins} bins in {cells} cells; the lab allows "
                f"{max_cells * BINS_PER_CELL}. Divide the range into fewer bins, or group by fewer columns."
            )
    yield from _top_refusals(scope, cells)
    yield from _nonnegative_refusals(scope, math.prod(sizes.values()))


def _nearest(ref: ColumnRef, column: PublishedColumn, scope: Scope) -> str:
    """Return the nearest that works in place of a group whose values nobody lists, in both languages."""
    ways = []
    if column.bounds is not None and column.logical_type in TIMES:
        ways.append(f"periods of it, such as month(\"{ref}\"), in SQL DATE_TRUNC('month', {ref})")
    elif column.bounds is not None and column.logical_type in NUMERIC:
        edge = _edge(column.bounds)
        ways.append(f'bands of it, such as band("{ref}", {edge}), in SQL band({ref}, {edge})')
    if column.logical_type in DISCOVERABLE and not (scope.public or scope.query.tables or scope.query.discover):
        ways.append(
            f'those of its values that enough units have, by discover("{ref}"), in SQL GROUP BY unlisted({ref})'
        )
    ways.append("a column for which the contract lists categories or bands")
    return f"Group by {'; or by '.join(ways)}."


def _edge(bounds: Bounds) -> str:
    """Return a number between bounds at which a column can be cut, whole where one is."""
    lower, upper = (0.0 if isinstance(bound, date) else float(bound) for bound in (bounds.lower, bounds.upper))
    middle = lower + (upper - lower) / 2
    return str(int(middle)) if lower < int(middle) <= upper else repr(middle)


def _discovery_refusals(scope: Scope) -> Iterator[str]:
    query = scope.query
    if query.discover is None:
        return
    ref = query.discover
    if resolve(ref, query.dataset) not in {resolve(one, query.dataset) for one in query.group_by}:
        yield f"{ref} is to be discovered and is not grouped by. Group by it too."
    if scope.public:
        yield f"{query.dataset} is public reference data, and nothing of it needs to be discovered. Read it instead."
    if query.tables:
        yield f"The values of {ref} cannot be discovered for several tables. Ask for one table."
    column = scope.find_stated(ref)
    if isinstance(column, str):
        yield column
    elif column.values is not None:
        yield f"The contract lists the values of {ref}, so nothing is to be discovered. Only group by it."
    elif column.logical_type not in DISCOVERABLE:
        yield (
            f"{ref} holds {column.logical_type} values, and hardly two are alike. "
            "Discover a text, a whole number or a date; cut numbers into bands."
        )


def _table_refusals(scope: Scope) -> Iterator[str]:
    query = scope.query
    if not query.tables:
        return
    if len(query.tables) > MAX_TABLES:
        yield f"The question has {len(query.tables)} tables; {MAX_TABLES} are allowed. Ask for fewer."
    groups = {resolve(ref, query.dataset) for ref in query.group_by}
    tables = [[resolve(ref, query.dataset) for ref in table.by] for table in query.tables]
    for refs in tables:
        if len(set(refs)) < len(refs):
            yield "A table groups twice by one column. Group once by each."
    if {ref for refs in tables for ref in refs} != groups:
        yield "The tables are not by the columns that the question groups by. Group by every column of a table."
    if len(set(map(frozenset, tables))) < len(tables):
        yield "Two tables are by the same columns. Ask for each table once; a weight makes it count for more."
    if any(not 1 <= table.weight <= MAX_WEIGHT for table in query.tables):
        yield f"The weight of a table is a whole number from 1 to {MAX_WEIGHT}. Choose one."
    for measure in query.measures:
        if not isinstance(measure, CountRows | CountUnits | Sum):
            yield (
                f"{measure.name} cannot be asked for in several tables at once. "
                "Count rows or units there, or take sums."
            )


def _top_refusals(scope: Scope, cells: int) -> Iterator[str]:
    query = scope.query
    if query.top is None:
        return
    if query.tables:
        yield "The largest cells cannot be chosen of several tables. Ask for one table."
    if query.measures and not isinstance(query.measures[0], CountRows | CountUnits | Sum):
        yield (
            f"The largest cells are chosen by the first figure, and {query.measures[0].name} is no count and no sum. "
            "Put one first."
        )
    if not query.group_by:
        yield "The largest cells of one cell are none to choose from. Group by a column."
    elif not 1 <= query.top <= cells and (query.discover is None or query.top < 1):
        yield f"The question asks for the largest {query.top} of {cells} cells. Choose a number from 1 to {cells}."


def _nonnegative_refusals(scope: Scope, cells: int) -> Iterator[str]:
    query = scope.query
    if not query.nonnegative:
        return
    if query.tables and cells > MAX_FITTED:
        yield (
            f"Tables that are to agree and not be negative are fitted together, in at most {MAX_FITTED:,} "
            f"combinations of groups; these have {cells:,}. Leave nonnegative out, or use fewer columns."
        )
    for measure in query.measures:
        if not isinstance(measure, CountRows | CountUnits | Sum):
            yield f"{measure.name} is no count and no sum, and cannot be held above 0. Ask for it in another question."
        elif isinstance(measure, Sum):
            column = scope.find(measure.column)
            bounds = None if isinstance(column, str) else column.bounds
            if bounds is not None and not isinstance(bounds.lower, date) and bounds.lower < 0:
                yield f"{measure.column} can be below 0, and so can its sum. Leave nonnegative out."
