"""The values that an author wrote in a question, wherever they stand, and the columns that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Any

from datalab.contract.published import PublishedColumn
from datalab.query.columns import resolve
from datalab.query.model import DEFAULT_BINS, ColumnRef, Compare, IsIn, Not, Operator, Query, Recode
from datalab.query.schema import ViewSchema

_NO_VALUES = frozenset({"name", "dataset", "title", "rho", "rows_per_unit", "rows_per_cell", "last", "nonnegative"})
_ENDS = frozenset({"above", "below"})
"""Whether an end of a window is left out: as much a choice of an operator as `<` and `<=`."""
_UNSAID = frozenset({("per", 1), ("weight", 1), ("bins", DEFAULT_BINS), ("constant", 0), ("level", Fraction(1, 2))})
"""Values that are what they are where an author says nothing, and the median."""


def stated_values(query: Query, schemas: Mapping[str, ViewSchema]) -> Iterator[tuple[Any, PublishedColumn | None]]:
    """Yield every value in a query, with the column that it is compared with; None where it is of no known one.

    Args:
        query: any that was read.
        schemas: of what it asks, by dataset; with derived columns, where values of those are to be known.
    """
    for value, ref, dataset in _values(query, query.dataset):
        resolved = None if ref is None else resolve(ref, dataset)
        schema = None if resolved is None else schemas.get(resolved.dataset or dataset)
        yield value, None if resolved is None or schema is None else schema.column(resolved.name)


def held_values(
    nodes: tuple[Any, ...], dataset: str, schemas: Mapping[str, ViewSchema]
) -> Iterator[tuple[Any, PublishedColumn]]:
    """Yield the values that rows hold where some conditions are met, with the column that each is of.

    A value that a condition excludes (`<>`, `NOT`), or that is an end of a range, is none.

    Args:
        nodes: conditions, joins with theirs, and expressions of derived columns.
        dataset: that a column is of where it names none.
        schemas: as for `stated_values`.
    """
    for value, ref, of in _values(_holding(nodes), dataset):
        resolved = None if ref is None else resolve(ref, of)
        schema = None if resolved is None else schemas.get(resolved.dataset or of)
        column = None if resolved is None or schema is None else schema.column(resolved.name)
        if column is not None:
            yield value, column


def _holding(node: Any) -> Any:  # noqa: ANN401 - any node or value
    """Return a node without conditions that exclude."""
    if isinstance(node, Not) or (isinstance(node, Compare) and node.operator is not Operator.EQ):
        return None
    if isinstance(node, tuple):
        return tuple(map(_holding, node))
    if is_dataclass(node) and not isinstance(node, type | ColumnRef):
        return replace(node, **{field.name: _holding(getattr(node, field.name)) for field in fields(node)})
    return node


def _values(node: Any, dataset: str) -> Iterator[tuple[Any, ColumnRef | None, str]]:  # noqa: ANN401 - any node or value
    """Yield every value in a question, with the column and dataset that it is of; found without knowing the nodes."""
    if isinstance(node, Compare):
        yield node.value, node.column, dataset
    elif isinstance(node, IsIn):
        yield from ((value, node.column, dataset) for value in node.values)
    elif isinstance(node, Recode):
        yield from ((value, node.column, dataset) for group in node.groups for value in group)
    elif isinstance(node, tuple):
        for one in node:
            yield from _values(one, dataset)
    elif is_dataclass(node) and not isinstance(node, ColumnRef):
        inner = getattr(node, "dataset", dataset)
        for field in fields(node):
            value = getattr(node, field.name)
            if field.name in _NO_VALUES | _ENDS or (
                isinstance(value, int | Fraction) and (field.name, value) in _UNSAID
            ):
                continue
            yield from _values(value, inner)
    elif not isinstance(node, ColumnRef | Enum) and node is not None:
        yield node, None, dataset
