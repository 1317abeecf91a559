"""The bounded aggregates as DuckDB statements; what they mean is written in `datalab.engine.reference.bounding`.

    rows -> one row a unit and cell -> cut to R where a unit has more -> one row a cell

A cell is a whole number: its place among all cells of a grouping. Where parts are bounded at several groupings, the
files are read once, into one row a unit and combination of all groups, and every grouping adds that up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datalab.engine.counter import Counter, Filter, Total, counter_of, counters, filter_of, rounds, strides, total_of
from datalab.engine.embedded.coding import Coding, coded
from datalab.engine.embedded.expressions import as_text
from datalab.engine.embedded.rows import Files, RowSteps
from datalab.privacy.plan import Discovery, Key, Part, PartKind, Plan

HASH_CELL = "hash_cell"
"""Hash function of a unit and a place; each round has its own, of its grouping's labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A query and what is bound to it."""

    text: str
    values: Mapping[str, Any]
    hashes: Mapping[str, str]
    """Hash functions of rows that it calls, by name, with the DuckDB type of the structure that each hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One aggregation: parts that are bounded at one grouping."""

    parts: tuple[Part, ...]
    grouping: tuple[Key, ...]
    statement: Statement
    """A row a cell: its place, then the amount of each part. Of UNIT_ROWS: a number of rows, and how many units."""
    hash_cell: str
    """Name under which the statement calls the hash of a unit and a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """All statements of a plan, in order."""

    base: Statement | None
    """Makes the table `base` that the rounds read; None where the only round reads the files itself."""
    rounds: tuple[Round, ...]


def program(plan: Plan, files: Files) -> Program:
    """Return the statements of a plan.

    Args:
        plan: what is counted.
        files: the Parquet files of each dataset.
    """
    coding, parted = Coding.of(plan), rounds(plan)
    steps = RowSteps(plan, files)
    rows = coded(steps, coding)
    if len(parted) == 1:
        return Program(base=None, rounds=(_round(0, parted[0], coding, steps, rows),))
    made = f"CREATE TEMP TABLE base AS {steps.statement(_base(coding, rows))}"
    return Program(
        base=Statement(text=made, values=steps.bound.values, hashes=steps.hashes),
        rounds=tuple(_round(number, parts, coding, RowSteps(plan, files), None) for number, parts in enumerate(parted)),
    )


def discovery(plan: Plan, wanted: Discovery, files: Files) -> Statement:
    """Return the query that counts units by value: a row a value."""
    steps = RowSteps(plan, files)
    rows, text = steps.rows(), as_text(*steps.names[wanted.column])
    steps.step("valued", f"SELECT DISTINCT unit, {text} AS text FROM {rows} WHERE {text} IS NOT NULL", stored=True)
    order = f"{steps.hash('hash_value', {'unit': 'VARCHAR', 'text': 'VARCHAR'})}, text"
    placed = f"SELECT text, row_number() OVER (PARTITION BY unit ORDER BY {order}) AS place FROM valued"
    query = f"SELECT text, count(*) FROM ({placed}) WHERE place <= {wanted.values_per_unit} GROUP BY text"
    return Statement(text=steps.statement(query), values=steps.bound.values, hashes=steps.hashes)


def _base(coding: Coding, rows: str) -> str:
    """Return one row a unit and combination of all groups: how many rows each filter passes, each amount's sum."""
    amounts = [f"{_count(coding, one)} AS {name}" for one, name in coding.counts.items()]
    amounts += [f"sum({name}) AS {name}" for name in coding.totals.values()]
    by = ", ".join(["unit", *coding.codes.values()])
    return f"SELECT {', '.join([by, *amounts])} FROM {rows} GROUP BY {by}"


def _round(number: int, parts: tuple[Part, ...], coding: Coding, steps: RowSteps, rows: str | None) -> Round:
    """Write one round, over rows or, where there are none, over the table `base`."""
    grouping = parts[0].bounded_at
    steps.step("counted", _counted(parts, coding, rows), stored=True)
    hash_cell = f"{HASH_CELL}{number}"
    if parts[0].kind is PartKind.UNIT_ROWS:
        names = [coding.counts[filter_of(part)] for part in parts]
        query = _unit_rows(names)
    else:
        kept = steps.step("kept", "SELECT * FROM counted") if coding.exact else _kept(parts, coding, steps, hash_cell)
        amounts = [f"sum({_amount(part, parts, coding)}) AS p{i}" for i, part in enumerate(parts)]
        query = f"SELECT {', '.join(['place', *amounts])} FROM {kept} GROUP BY place"
    return Round(
        parts=parts,
        grouping=grouping,
        statement=Statement(text=steps.statement(query), values=steps.bound.values, hashes=steps.hashes),
        hash_cell=hash_cell,
    )


def _unit_rows(names: list[str]) -> str:
    """Return for each part, by its number, how many units have how many rows."""
    of_part = [
        f"SELECT {i} AS part, n, count(*) FROM (SELECT CAST(sum({name}) AS BIGINT) AS n FROM counted GROUP BY unit) "
        "WHERE n > 0 GROUP BY n"
        for i, name in enumerate(names)
    ]
    return " UNION ALL ".join(of_part)


def _counted(parts: tuple[Part, ...], coding: Coding, rows: str | None) -> str:
    """Return one row a unit and cell: how many rows each filter passes, and the sum of each amount."""
    counted = dict.fromkeys(filter_of(part) for part in parts)
    summed = dict.fromkeys(total for part in parts if (total := total_of(part)) is not None)
    amounts = [
        f"{_count(coding, one) if rows is not None else f'CAST(sum({coding.counts[one]}) AS BIGINT)'} "
        f"AS {coding.counts[one]}"
        for one in counted
    ]
    amounts += [f"sum({coding.totals[one]}) AS {coding.totals[one]}" for one in summed]
    grouping = parts[0].bounded_at
    steps = zip(grouping, strides(grouping), strict=True)
    place = " + ".join(f"{coding.codes[key]} * {stride}::BIGINT" for key, stride in steps) or "0::BIGINT"
    return (
        f"SELECT {', '.join(['unit', 'place', *amounts])} FROM (SELECT *, {place} AS place FROM {rows or 'base'}) "
        "WHERE place IS NOT NULL GROUP BY unit, place"
    )


def _count(coding: Coding, one: Filter) -> str:
    return "count(*)" if one.open else f"count(*) FILTER (WHERE {coding.flags[one]})"


def _kept(parts: tuple[Part, ...], coding: Coding, steps: RowSteps, hash_cell: str) -> str:
    """Add for each counter how many of its rows are kept: at most its cap a cell and R a unit, in hash order."""
    most = {name: f"least({coding.counts[one.filter]}, {one.cap})" for one, name in _kept_names(parts).items()}
    ordered = {name: one.limit for one, name in _kept_names(parts).items() if one.ordered}
    whole = ", ".join(["*", *(f"{amount} AS {name}" for name, amount in most.items())])
    if not ordered:
        return steps.step("kept", f"SELECT {whole} FROM counted")
    beyond = " OR ".join(f"sum({most[name]}) > {limit}" for name, limit in ordered.items())
    steps.step("beyond", f"SELECT unit FROM counted GROUP BY unit HAVING {beyond}")
    window = f"PARTITION BY unit ORDER BY {hash_cell}(unit, place) ROWS UNBOUNDED PRECEDING"
    cut = {
        name: f"greatest(0, least({amount}, {ordered[name]} - (sum({amount}) OVER ({window}) - {amount})))"
        if name in ordered
        else amount
        for name, amount in most.items()
    }
    # Rows without a unit are one unit's, so a missing unit must match itself.
    same = "ON counted.unit IS NOT DISTINCT FROM beyond.unit"
    return steps.step(
        "kept",
        f"SELECT {whole} FROM counted ANTI JOIN beyond {same} UNION ALL "
        f"SELECT {', '.join(['*', *(f'{amount} AS {name}' for name, amount in cut.items())])} "
        f"FROM (SELECT counted.* FROM counted SEMI JOIN beyond {same})",
    )


def _kept_names(parts: tuple[Part, ...]) -> Mapping[Counter, str]:
    return {one: f"k{i}" for i, one in enumerate(counters(parts))}


def _amount(part: Part, parts: tuple[Part, ...], coding: Coding) -> str:
    """Return what one unit and cell adds to a part."""
    count, total = coding.counts[filter_of(part)], total_of(part)
    if coding.exact:
        return count if total is None else _known_sum(total, coding)
    most = _kept_names(parts)[counter_of(part)]
    if total is None:
        return most
    amount = f"{_known_sum(total, coding)}::HUGEINT"
    limit = f"({most} * {part.magnitude}::HUGEINT)"
    share = f"least(greatest({amount} * {most} // {count}, -{limit}), {limit})"
    return f"CASE WHEN {most} > 0 THEN {share} ELSE 0 END"


def _known_sum(total: Total, coding: Coding) -> str:
    return f"coalesce({coding.totals[total]}, 0)"
