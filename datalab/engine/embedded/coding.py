"""Rows as numbers: a key's group as its place in the public list, a filter as a truth, an amount as an integer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datalab.engine.counter import Filter, Total, filters, keys_of, totals
from datalab.engine.embedded.expressions import as_text, condition, to_fixed
from datalab.engine.embedded.rows import RowSteps
from datalab.privacy.plan import Key, Plan
from datalab.query.model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What the columns of coded rows are called."""

    codes: Mapping[Key, str]
    """A group's place in its key; missing where the row's group is not listed."""
    flags: Mapping[Filter, str]
    """Whether the row passes; filters that every row passes have none."""
    counts: Mapping[Filter, str]
    """How many rows pass, once they are counted."""
    totals: Mapping[Total, str]
    """A row's amount, and the sum of amounts; missing where the row does not pass or has no value."""
    needed: tuple[str, ...]
    """Codes that no counted row lacks."""
    exact: bool
    """Whether nothing is bounded."""

    @classmethod
    def of(cls, plan: Plan) -> Coding:
        """Name the columns of a plan's rows."""
        codes = {key: f"e{i}" for i, key in enumerate(keys_of(plan))}
        asked = filters(plan.parts)
        return cls(
            codes=codes,
            flags={one: f"f{i}" for i, one in enumerate(asked) if not one.open},
            counts={one: f"n{i}" for i, one in enumerate(asked)},
            totals={one: f"x{i}" for i, one in enumerate(totals(plan.parts))},
            needed=tuple(code for key, code in codes.items() if all(key in part.bounded_at for part in plan.parts)),
            exact=plan.exact,
        )


def labels(coding: Coding) -> Mapping[str, tuple[str, ...]]:
    """Return the listed groups, in order, of each table of `label` and `place` that coded rows are joined to."""
    return {_table(code): key.values for key, code in coding.codes.items() if key.bin is None}


def _table(code: str) -> str:
    return f"labels_{code}"


def coded(steps: RowSteps, coding: Coding) -> str:
    """Write the coded rows as a step, without those that no part can count, and return its name."""
    rows = steps.rows()
    columns, looked_up = ["unit"], ""
    for key, code in coding.codes.items():
        name, logical_type = steps.names[key.column]
        if key.bin is not None:
            from_lower = f"{to_fixed(name, logical_type, key.bin.fixed)} - ({key.bin.fixed.lower})::BIGINT"
            columns.append(f"({from_lower}) // {key.bin.width} AS {code}")
            continue
        # A cast to an enumeration looks up listed texts as quickly, but takes 100 times longer over one that fails.
        table = _table(code)
        looked_up += f" LEFT JOIN {table} ON {as_text(name, logical_type)} = {table}.label"
        place = f"{table}.place"
        with_missing = f"CASE WHEN {name} IS NULL THEN {len(key.values)} ELSE {place} END"
        columns.append(f"{with_missing if key.nullable else place} AS {code}")
    columns += [f"{_passes(one, steps)} AS {name}" for one, name in coding.flags.items()]
    columns += [f"{_amount(total, steps)} AS {name}" for total, name in coding.totals.items()]
    listed_only = " AND ".join(f"{code} IS NOT NULL" for code in coding.needed) or "true"
    inner = f"SELECT {', '.join(columns)} FROM {rows}{looked_up}"
    return steps.step("coded", f"SELECT * FROM ({inner}) WHERE {listed_only}", stored=steps.dear)


def _passes(one: Filter, steps: RowSteps) -> str:
    terms = [condition(one.where, steps.names, steps.bound)] if one.where is not None else []
    terms += [f"({steps.names[one.column][0]} IS NOT NULL)"] if one.column is not None else []
    return " AND ".join(terms)


def _amount(total: Total, steps: RowSteps) -> str:
    distance = f"({_value(total, steps)} - ({total.centre})::BIGINT)"
    amount = distance
    if total.squared:
        amount = f"(({distance} * {distance} + {total.step // 2}::BIGINT) // {total.step}::BIGINT)"
    return amount if total.filter.open else f"CASE WHEN {_passes(total.filter, steps)} THEN {amount} END"


def _value(total: Total, steps: RowSteps) -> str:
    """Return what one row is worth before the centre is taken off."""
    if isinstance(total.of, ColumnRef):
        return to_fixed(*steps.names[total.of], total.fixed)
    met = condition(total.of, steps.names, steps.bound)
    return f"CASE WHEN {met} THEN {total.fixed.upper}::BIGINT ELSE {total.fixed.lower}::BIGINT END"
