"""The bounded aggregates as DuckDB statements; what they mean is written in `datalab.engine.reference.bounding`.

    rows of units that no bound can cut ----------------------------------------------> one row a cell
    the others -> one row a unit and cell -> cut to R where a unit has more in hash order -^

A cell is a whole number: its place among all cells of a grouping. Parts that are bounded at one grouping are a round.
Where rows are dear to make, by joins, they are made once for all rounds. Where they are few enough, they are made into
a table in which units are whole numbers: it may be kept for the next question, and units that a bound could cut are
then not bounded by DuckDB, but in arrays of words (`datalab.engine.embedded.arrays`), which takes half the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datalab.engine.counter import Filter, Total, counter_of, counters, filter_of, rounds, strides, total_of
from datalab.engine.embedded.arrays.numbered import NumberedRows, may_be_numbers
from datalab.engine.embedded.bounding import kept, kept_names, perhaps_beyond
from datalab.engine.embedded.coding import Coding, coded, labels
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
    statement: Statement | None
    """A row a cell: its place, then the amount of each part. Of UNIT_ROWS: a number of rows, and how many units.

    None where a bound could cut any unit, and `numbered` tells of all of them.
    """
    hash_cell: str
    """Name under which the statement calls the hash of a unit and a place."""
    numbered: NumberedRows | None
    """Rows of units that a bound could cut, of which the statement tells nothing; None where it tells of all units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """All statements of a plan, in order."""

    labels: Mapping[str, tuple[str, ...]]
    """Tables that the statements look groups up in, by name, with the groups in order."""
    base: tuple[Statement, ...]
    """Make the table `base` of coded rows that the rounds read; none where each round reads the files itself."""
    keepable: bool
    """Whether what `base` makes depends on its text and values and on the files alone: on no bound, rho or salt."""
    rounds: tuple[Round, ...]


def program(plan: Plan, files: Files, *, numbered: bool = False) -> Program:
    """Return the statements of a plan.

    Args:
        plan: what is counted.
        files: the Parquet files of each dataset.
        numbered: whether rows are coded into a table in which units are numbers, where they can be.
    """
    coding, parted = Coding.of(plan), rounds(plan)
    steps = RowSteps(plan, files)
    rows = coded(steps, coding)
    # Values that were found out differ from question to question by their noise: no other would read these rows.
    if numbered and plan.discovery is None and not (steps.dear or steps.hashes or plan.exact):
        return Program(
            labels=labels(coding),
            base=_base_of_numbers(steps, rows),
            rounds=tuple(
                _round(number, parts, coding, RowSteps(plan, files), "base", numbered=True)
                for number, parts in enumerate(parted)
            ),
            keepable=True,
        )
    if len(parted) == 1 or not steps.dear:
        # Reading a table's columns again costs less than keeping its rows.
        written = (_round_of_files(plan, files, number, parts, coding) for number, parts in enumerate(parted))
        return Program(labels=labels(coding), base=(), rounds=tuple(written), keepable=False)
    made = f"CREATE TEMP TABLE base AS {steps.statement(f'SELECT * FROM {rows}')}"
    return Program(
        labels=labels(coding),
        base=(Statement(text=made, values=steps.bound.values, hashes=steps.hashes),),
        rounds=tuple(
            _round(number, parts, coding, RowSteps(plan, files), "base") for number, parts in enumerate(parted)
        ),
        keepable=False,
    )


def _base_of_numbers(steps: RowSteps, rows: str) -> tuple[Statement, ...]:
    """Make the tables `units`, of each unit's number and text, and `base`, of coded rows with the unit's number."""
    distinct = f"SELECT DISTINCT unit AS text FROM {rows}"
    units = steps.statement(f"SELECT CAST(row_number() OVER () AS UINTEGER) AS unit, text FROM ({distinct})")
    # Rows without a unit are one unit's, which has a number too.
    same = "ON coded_rows.unit IS NOT DISTINCT FROM units.text"
    numbered = f"SELECT units.unit AS unit, coded_rows.* EXCLUDE (unit) FROM {rows} AS coded_rows JOIN units {same}"
    return tuple(
        Statement(text=f"CREATE TEMP TABLE {name} AS {query}", values=steps.bound.values, hashes={})
        for name, query in (("units", units), ("base", steps.statement(numbered)))
    )


def discovery(plan: Plan, wanted: Discovery, files: Files) -> Statement:
    """Return the query that counts units by value: a row a value."""
    steps = RowSteps(plan, files)
    rows, text = steps.rows(), as_text(*steps.names[wanted.column])
    steps.step("valued", f"SELECT DISTINCT unit, {text} AS text FROM {rows} WHERE {text} IS NOT NULL", stored=True)
    most = wanted.values_per_unit
    # Only units with more values than may count are put into order: of the others all count.
    steps.step("beyond", f"SELECT unit FROM valued GROUP BY unit HAVING count(*) > {most}", stored=True)
    same = "ON valued.unit IS NOT DISTINCT FROM beyond.unit"
    order = f"{steps.hash('hash_value', {'unit': 'VARCHAR', 'text': 'VARCHAR'})}, text"
    placed = f"row_number() OVER (PARTITION BY unit ORDER BY {order}) AS value_place"
    cut = f"SELECT text, {placed} FROM (SELECT valued.* FROM valued SEMI JOIN beyond {same})"
    query = (
        f"SELECT text, count(*) FROM (SELECT valued.text FROM valued ANTI JOIN beyond {same} "
        f"UNION ALL SELECT text FROM ({cut}) WHERE value_place <= {most}) GROUP BY text"
    )
    return Statement(text=steps.statement(query), values=steps.bound.values, hashes=steps.hashes)


def _round_of_files(plan: Plan, files: Files, number: int, parts: tuple[Part, ...], coding: Coding) -> Round:
    steps = RowSteps(plan, files)
    return _round(number, parts, coding, steps, coded(steps, coding))


def _round(
    number: int, parts: tuple[Part, ...], coding: Coding, steps: RowSteps, rows: str, *, numbered: bool = False
) -> Round:
    """Write one round over coded rows: a step or a table, in which units may be numbers."""
    hash_cell = f"{HASH_CELL}{number}"
    if numbered and may_be_numbers(parts, coding):
        return _numbered_round(
            parts, coding, NumberedRows(parts=parts, coding=coding, placed=_placed(parts, coding, rows))
        )
    placed = steps.step("placed", _placed(parts, coding, rows))
    if parts[0].kind is PartKind.UNIT_ROWS:
        steps.step("counted", _counted(parts, coding, placed), stored=True)
        query = _unit_rows([coding.counts[filter_of(part)] for part in parts])
    elif coding.exact:
        steps.step("counted", _counted(parts, coding, placed))
        query = _summed(parts, coding, "counted")
    else:
        beyond = perhaps_beyond(counters(parts), placed)
        some = placed
        if beyond is not None:
            steps.step("perhaps_beyond", beyond, stored=True)
            # Rows without a unit are one unit's, so a missing unit must match itself.
            same = "ON placed.unit IS NOT DISTINCT FROM perhaps_beyond.unit"
            steps.step("within", f"SELECT placed.* FROM placed ANTI JOIN perhaps_beyond {same}")
            some = steps.step("others", f"SELECT placed.* FROM placed SEMI JOIN perhaps_beyond {same}")
        steps.step("counted", _counted(parts, coding, some), stored=True)
        query = _summed(parts, coding, kept(parts, coding, steps, hash_cell, numbered=numbered))
        if beyond is not None:
            whole = ", ".join(["place", *(f"{_whole(part, coding)} AS p{i}" for i, part in enumerate(parts))])
            again = ", ".join(["place", *(f"sum(p{i})" for i in range(len(parts)))])
            quick = f"SELECT {whole} FROM within GROUP BY place"
            query = f"SELECT {again} FROM ({quick} UNION ALL {query}) GROUP BY place"
    return Round(
        parts=parts,
        grouping=parts[0].bounded_at,
        statement=Statement(text=steps.statement(query), values=steps.bound.values, hashes=steps.hashes),
        hash_cell=hash_cell,
        numbered=None,
    )


def _numbered_round(parts: tuple[Part, ...], coding: Coding, rows: NumberedRows) -> Round:
    whole = rows.whole({f"p{i}": _whole(part, coding) for i, part in enumerate(parts)})
    statement = None if whole is None else Statement(text=whole, values={}, hashes={})
    return Round(parts=parts, grouping=parts[0].bounded_at, statement=statement, hash_cell=HASH_CELL, numbered=rows)


def _whole(part: Part, coding: Coding) -> str:
    """Return what the rows of a cell add to a part where all of them count."""
    total = total_of(part)
    return _count(coding, filter_of(part)) if total is None else f"coalesce(sum({coding.totals[total]}), 0)"


def _summed(parts: tuple[Part, ...], coding: Coding, kept: str) -> str:
    amounts = [f"sum({_amount(part, parts, coding)}) AS p{i}" for i, part in enumerate(parts)]
    return f"SELECT {', '.join(['place', *amounts])} FROM {kept} GROUP BY place"


def _unit_rows(names: list[str]) -> str:
    """Return for each part, by its number, how many units have how many rows."""
    of_part = [
        f"SELECT {i} AS part, n, count(*) FROM (SELECT CAST(sum({name}) AS BIGINT) AS n FROM counted GROUP BY unit) "
        "WHERE n > 0 GROUP BY n"
        for i, name in enumerate(names)
    ]
    return " UNION ALL ".join(of_part)


def _placed(parts: tuple[Part, ...], coding: Coding, rows: str) -> str:
    """Return the rows that belong to the grouping, each with the place of its cell."""
    grouping = parts[0].bounded_at
    steps = zip(grouping, strides(grouping), strict=True)
    place = " + ".join(f"{coding.codes[key]} * {stride}::BIGINT" for key, stride in steps) or "0::BIGINT"
    return f"SELECT * FROM (SELECT *, {place} AS place FROM {rows}) WHERE place IS NOT NULL"


def _counted(parts: tuple[Part, ...], coding: Coding, placed: str) -> str:
    """Return one row a unit and cell: how many rows each filter passes, and the sum of each amount."""
    asked = dict.fromkeys(filter_of(part) for part in parts)
    amounts = [f"{_count(coding, one)} AS {coding.counts[one]}" for one in asked]
    for total in dict.fromkeys(total for part in parts if (total := total_of(part)) is not None):
        amounts.append(f"sum({coding.totals[total]}) AS {coding.totals[total]}")
    return f"SELECT {', '.join(['unit', 'place', *amounts])} FROM {placed} GROUP BY unit, place"


def _count(coding: Coding, one: Filter) -> str:
    return "count(*)" if one.open else f"count(*) FILTER (WHERE {coding.flags[one]})"


def _amount(part: Part, parts: tuple[Part, ...], coding: Coding) -> str:
    """Return what one unit and cell adds to a part."""
    count, total = coding.counts[filter_of(part)], total_of(part)
    if coding.exact:
        return count if total is None else _known_sum(total, coding)
    most = kept_names(parts)[counter_of(part)]
    if total is None:
        return most
    amount = f"{_known_sum(total, coding)}::HUGEINT"
    limit = f"({most} * {part.magnitude}::HUGEINT)"
    nearest = f"sign({amount}) * ((abs({amount}) * {most} + {count} // 2) // {count})"
    # Of most cells all rows are kept or none, and those need no division in 128 bits.
    share = f"CASE WHEN {most} = {count} THEN {amount} WHEN {most} > 0 THEN {nearest} ELSE 0 END"
    return f"least(greatest({share}, -{limit}), {limit})"


def _known_sum(total: Total, coding: Coding) -> str:
    return f"coalesce({coding.totals[total]}, 0)"
