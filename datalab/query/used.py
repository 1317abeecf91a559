"""Which columns a query uses, wherever it does."""

from __future__ import annotations

from collections.abc import Iterator

from datalab.query.columns import columns_of, resolve
from datalab.query.model import (
    ColumnRef,
    CountRows,
    CountUnits,
    Deviation,
    Join,
    Mean,
    Measure,
    Quantile,
    Query,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)


def columns_used(query: Query) -> Iterator[ColumnRef]:
    """Yield every column that a query groups by, measures, compares or joins by; not those behind derived ones.

    Columns of the query's own dataset may come without it; those of others name theirs.
    """
    yield from query.group_by
    for table in query.tables:
        yield from table.by
    for measure in query.measures:
        yield from measured(measure)
    if query.where is not None:
        yield from columns_of(query.where)
    if query.first is not None:
        yield query.first.column
    for join in query.joins:
        yield from _joined(join)


def measured(measure: Measure) -> Iterator[ColumnRef]:
    """Yield the columns that a measure reads."""
    match measure:
        case Ratio(top=top, bottom=bottom):
            yield from measured(top)
            yield from measured(bottom)
            return
        case Sum() | Mean() | Variance() | Deviation() | Quantile():
            yield measure.column
        case CountRows() | CountUnits() | UnitRows():
            pass
    if not isinstance(measure, UnitRows) and measure.where is not None:
        yield from columns_of(measure.where)


def _joined(join: Join) -> Iterator[ColumnRef]:
    if join.within is not None:
        yield join.within.own
    yield from (on.own for on in join.on)
    yield from (resolve(ref, join.dataset) for ref in partner_columns(join))


def partner_columns(join: Join) -> Iterator[ColumnRef]:
    """Yield the columns of the joined dataset that a join reads, as the join names them."""
    yield from (on.other for on in join.on)
    if join.within is not None:
        yield join.within.other
    if join.first is not None:
        yield join.first.column
    if join.where is not None:
        yield from columns_of(join.where)
