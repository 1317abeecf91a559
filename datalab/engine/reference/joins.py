"""Which rows a plan looks at, in memory: read, derived, kept, first of each unit, bounded, joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from datalab.contract.model import UNIT_ID
from datalab.engine.condition import holds
from datalab.engine.order import order_hash
from datalab.engine.reference.derived import Row, derived_value, known, utc_date
from datalab.privacy.plan import DerivedColumn, Link, Plan, Source
from datalab.query.model import ColumnRef, First, Keep, On, Window

Unit = str | None
"""Whose row it is; rows without a unit are bounded together, as if they were one unit's."""
Table = Sequence[Mapping[str, object]]
"""Rows by column name, with `unit_id`."""


def rows_by_unit(plan: Plan, tables: Mapping[str, Table]) -> dict[Unit, list[Row]]:
    """Return the question's rows by unit: sources joined in order, then derived columns and conditions across them."""
    by_unit: dict[Unit, list[Row]] = {}
    for source in plan.sources:
        side = _side(plan, source, tables[source.dataset])
        by_unit = side if source.link is None else _linked(by_unit, side, source.link, _itself(plan, source))
    return {
        unit: [row for row in _with_derived(plan.derived, rows) if plan.where is None or holds(plan.where, row)]
        for unit, rows in by_unit.items()
    }


def _side(plan: Plan, source: Source, table: Table) -> dict[Unit, list[Row]]:
    """Return the kept rows of one dataset by unit, in the steps that a source lists."""
    by_unit: dict[Unit, list[Row]] = defaultdict(list)
    for raw in table:
        read = {source.ref(c): known(raw.get(c.name)) for c in source.columns}
        (row,) = _with_derived(source.derived, [read])
        if source.where is None or holds(source.where, row):
            unit = raw.get(UNIT_ID) if source.has_units else None
            by_unit[unit if unit is None else str(unit)].append(row)
    for unit, rows in by_unit.items():
        if source.first is not None:
            rows[:] = _first(plan, source, source.first, unit, rows)
        if source.rows_per_unit is not None:
            rows[:] = _in_hash_order(plan, source, unit, rows)[: source.rows_per_unit]
    return by_unit


def _with_derived(columns: Iterable[DerivedColumn], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield {
            **row,
            **{ColumnRef(name=c.name, dataset=c.dataset): derived_value(c, row) for c in columns},
        }


def _in_hash_order(plan: Plan, source: Source, unit: Unit, rows: Iterable[Row]) -> list[Row]:
    """Return a unit's rows by a hash of all that was read of them."""
    refs = [source.ref(column) for column in source.columns]

    return sorted(rows, key=lambda row: order_hash(plan.salt, (unit, *(row[ref] for ref in refs))))


def _first(plan: Plan, source: Source, first: First, unit: Unit, rows: list[Row]) -> list[Row]:
    """Return the row with the least (or greatest) value in a column; of those that tie, the first in hash order."""
    values: list[Any] = [row[first.column] for row in rows if row[first.column] is not None]
    if not values:
        return []
    wanted = max(values) if first.last else min(values)
    return _in_hash_order(plan, source, unit, (row for row in rows if row[first.column] == wanted))[:1]


def _itself(plan: Plan, source: Source) -> tuple[On, ...] | None:
    """Return in which columns a partner is like the row itself; None where another dataset is joined."""
    if source.link is None or not source.link.another:
        return None
    own = plan.sources[0].name
    return tuple(On(own=replace(source.ref(c), dataset=own), other=source.ref(c)) for c in source.columns)


def _linked(
    by_unit: Mapping[Unit, list[Row]], side: Mapping[Unit, list[Row]], link: Link, itself: tuple[On, ...] | None
) -> dict[Unit, list[Row]]:
    """Return the rows so far with their partners, or those that have one, or none."""
    anyone = [row for rows in side.values() for row in rows]
    linked: dict[Unit, list[Row]] = {}
    for unit, rows in by_unit.items():
        candidates = anyone if not link.by_unit else [] if unit is None else side.get(unit, [])
        linked[unit] = [kept for row in rows for kept in _kept(row, candidates, link, itself)]
    return linked


def _kept(row: Row, candidates: Iterable[Row], link: Link, itself: tuple[On, ...] | None) -> list[Row]:
    pairs = [{**row, **other} for other in candidates]
    if itself is not None:
        alike = next((pair for pair in pairs if all(pair[on.own] == pair[on.other] for on in itself)), None)
        pairs = [pair for pair in pairs if pair is not alike]
    partners = [pair for pair in pairs if _meet(pair, link)]
    match link.keep:
        case Keep.PAIRS:
            return list(partners)
        case Keep.ANY:
            return [row] if partners else []
        case Keep.NONE:
            return [] if partners else [row]
        case _:
            assert_never(link.keep)


def _meet(pair: Row, link: Link) -> bool:
    """Whether two rows hold the same values and lie within the window; a missing value meets nothing."""
    same = all(pair[on.own] is not None and pair[on.own] == pair[on.other] for on in link.on)
    return same and (link.within is None or _within(pair, link.within))


def _within(pair: Row, window: Window) -> bool:
    own, other = pair[window.own], pair[window.other]
    least, most = timedelta(days=window.at_least), timedelta(days=window.at_most)
    if isinstance(own, datetime) and isinstance(other, datetime):
        return least <= other - own <= most
    first, last = utc_date(own), utc_date(other)
    return first is not None and last is not None and least <= last - first <= most
