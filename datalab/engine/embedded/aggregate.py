"""The bounded aggregate as one DuckDB statement; what it means is written in `datalab.engine.reference`.

    rows -> one row a unit and cell -> cut to R where a unit has more -> one row a cell

Only units beyond R are put into hash order, so the order costs nothing where few are. Which units those are changes how
long the statement takes, as it does on every engine, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datalab.contract.model import UNIT_ID, LogicalType
from datalab.engine.counter import (
    Counter,
    Names,
    centre_of,
    counter_of,
    counters,
    names_of,
    needs_order,
    sum_name,
    sums,
)
from datalab.engine.embedded.expressions import DUCKDB_TYPES, Bound, condition, known, quoted, to_fixed
from datalab.privacy.plan import Part, PartKind, Plan, Source
from datalab.query.model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A query and what is bound to it."""

    text: str
    values: Mapping[str, Any]
    hashes: Mapping[str, str]
    """Hash functions that it calls, by name, with the DuckDB type of the structure that each hashes."""


def statement(plan: Plan, files: Mapping[str, tuple[Path, ...]]) -> Statement:
    """Return the query of a plan: a row a cell that holds rows, its groups as text, then the amount of each part.

    Args:
        plan: what is counted.
        files: the Parquet files of each dataset.
    """
    return _Writer(plan, files).write()


class _Writer:
    """Writes one statement, step by step, each a named subquery."""

    def __init__(self, plan: Plan, files: Mapping[str, tuple[Path, ...]]) -> None:
        self._plan = plan
        self._files = files
        self._names: Names = names_of(plan)
        self._bound = Bound()
        self._hashes: dict[str, str] = {}
        self._steps: list[str] = []
        self._groups = [f"g{i}" for i in range(len(plan.keys))]

    def write(self) -> Statement:
        plan = self._plan
        sides = [self._side(number, source) for number, source in enumerate(plan.sources)]
        self._step("rows", self._grouped(sides))
        if plan.exact:
            amounts, source = [_exact(part, self._names) for part in plan.parts], "rows"
        else:
            self._step("counted", self._counted(), stored=True)
            amounts, source = [f"sum({_amount(plan, part)})" for part in plan.parts], self._kept()
        shown = ", ".join([*self._groups, *(f"{amount} AS p{i}" for i, amount in enumerate(amounts))])
        text = f"WITH {', '.join(self._steps)} SELECT {shown} FROM {source} {self._by(self._groups)}"
        return Statement(text=text, values=self._bound.values, hashes=self._hashes)

    def _step(self, name: str, query: str, *, stored: bool = False) -> str:
        self._steps.append(f"{name} AS {'MATERIALIZED ' if stored else ''}({query})")
        return name

    @staticmethod
    def _by(columns: list[str]) -> str:
        return f"GROUP BY {', '.join(columns)}" if columns else ""

    def _hash(self, name: str, columns: Mapping[str, str]) -> str:
        self._hashes[name] = "STRUCT(" + ", ".join(f"{column} {kind}" for column, kind in columns.items()) + ")"
        return f"{name}(struct_pack({', '.join(f'{column} := {column}' for column in columns)}))"

    def _side(self, number: int, source: Source) -> str:
        """Add the kept rows of one dataset; before a join, at most R of each unit in hash order."""
        unit = "''" if self._plan.exact else f"CAST({UNIT_ID} AS VARCHAR)"
        types = {"unit": "VARCHAR"}
        columns = [f"{unit} AS unit"]
        for column in source.columns:
            name, logical_type = self._names[ColumnRef(name=column.name, dataset=source.dataset)]
            types[name] = DUCKDB_TYPES[logical_type]
            columns.append(f"{known(quoted(column.name), logical_type)} AS {name}")
        files = self._files[source.dataset]
        joined = source.rows_per_unit is not None
        conditions = [condition(source.where, self._names, self._bound)] if source.where is not None else []
        conditions += ["unit IS NOT NULL"] if joined else []
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        side = self._step(
            f"side{number}",
            f"SELECT * FROM (SELECT {', '.join(columns)} FROM {_rows_of(files)}) {where}"
            if files
            else f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in types.items())} WHERE false",
            stored=joined,
        )
        if not joined:
            return side
        most = source.rows_per_unit
        long = self._step(f"long{number}", f"SELECT unit FROM {side} GROUP BY unit HAVING count(*) > {most}")
        shown, order = ", ".join(types), self._hash(f"hash_side{number}", types)
        place = f"row_number() OVER (PARTITION BY unit ORDER BY {order})"
        return self._step(
            f"kept_side{number}",
            f"SELECT {shown} FROM {side} ANTI JOIN {long} USING (unit) UNION ALL SELECT {shown} FROM "
            f"(SELECT *, {place} AS place FROM {side} SEMI JOIN {long} USING (unit)) WHERE place <= {most}",
        )

    def _grouped(self, sides: list[str]) -> str:
        """Return the joined rows with each key as text; rows whose groups are not in the public list are left out."""
        plan, names = self._plan, self._names
        conditions = [condition(plan.where, names, self._bound)] if plan.where is not None else []
        labels = []
        for group, key in zip(self._groups, plan.keys, strict=True):
            name, logical_type = names[key.column]
            text = name if logical_type is LogicalType.STRING else f"CAST({name} AS VARCHAR)"
            labels.append(f"{text} AS {group}")
            listed = f"coalesce({group} IN ({self._bound.all(key.values)}), false)"
            conditions.append(f"({listed} OR {group} IS NULL)" if key.nullable else listed)
        joined = " JOIN ".join(side if i == 0 else f"{side} USING (unit)" for i, side in enumerate(sides))
        inner = f"SELECT {', '.join(['*', *labels])} FROM {joined}"
        return f"SELECT * FROM ({inner}) WHERE {' AND '.join(conditions)}" if conditions else inner

    def _counted(self) -> str:
        """Return one row a unit and cell: how many rows each counter sees, and the sum of each column."""
        plan = self._plan
        amounts = [f"{_count(counter, self._names)} AS n{i}" for i, counter in enumerate(counters(plan))]
        amounts += [f"sum({_fixed(part, self._names)}) AS {name}" for name, part in sums(plan).items()]
        by = ["unit", *self._groups]
        return f"SELECT {', '.join([*by, *amounts])} FROM rows {self._by(by)}"

    def _kept(self) -> str:
        """Add for each counter how many of its rows are kept: at most its cap a cell and R a unit, in hash order."""
        plan = self._plan
        most = {f"k{i}": f"least(n{i}, {counter.cap})" for i, counter in enumerate(counters(plan))}
        ordered = [f"k{i}" for i, counter in enumerate(counters(plan)) if needs_order(plan, counter)]
        whole = ", ".join(["*", *(f"{amount} AS {name}" for name, amount in most.items())])
        if not ordered:
            return self._step("kept", f"SELECT {whole} FROM counted")
        limit = plan.question.rows_per_unit
        beyond = " OR ".join(f"sum({most[name]}) > {limit}" for name in ordered)
        self._step("beyond", f"SELECT unit FROM counted GROUP BY unit HAVING {beyond}")
        order = self._hash("hash_cell", dict.fromkeys(["unit", *self._groups], "VARCHAR"))
        window = f"PARTITION BY unit ORDER BY {order} ROWS UNBOUNDED PRECEDING"
        cut = {
            name: f"greatest(0, least({amount}, {limit} - (sum({amount}) OVER ({window}) - {amount})))"
            if name in ordered
            else amount
            for name, amount in most.items()
        }
        # Rows without a unit are one unit's, so a missing unit must match itself.
        same = "ON counted.unit IS NOT DISTINCT FROM beyond.unit"
        return self._step(
            "kept",
            f"SELECT {whole} FROM counted ANTI JOIN beyond {same} UNION ALL "
            f"SELECT {', '.join(['*', *(f'{amount} AS {name}' for name, amount in cut.items())])} "
            f"FROM (SELECT counted.* FROM counted SEMI JOIN beyond {same})",
        )


def _rows_of(files: tuple[Path, ...]) -> str:
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def _count(counter: Counter, names: Names) -> str:
    return "count(*)" if counter.column is None else f"count({names[counter.column][0]})"


def _fixed(part: Part, names: Names) -> str:
    if part.value is None:
        message = "Only a column can be summed."
        raise AssertionError(message)
    name, logical_type = names[part.value.column]
    return to_fixed(name, logical_type, part.value.fixed)


def _amount(plan: Plan, part: Part) -> str:
    """Return what one unit and cell adds to a part."""
    place = counters(plan).index(counter_of(part))
    most = f"k{place}"
    if part.kind in (PartKind.ROWS, PartKind.UNITS, PartKind.VALUES):
        return most
    total = f"({sum_name(plan, part)} - {centre_of(part)}::HUGEINT * n{place})"
    share = f"({total} * {most} // n{place})"
    limit = f"({most} * {part.magnitude}::HUGEINT)"
    return f"CASE WHEN {most} > 0 THEN least(greatest({share}, -{limit}), {limit}) ELSE 0 END"


def _exact(part: Part, names: Names) -> str:
    """Return a part of public data, where nothing is bounded."""
    if part.kind in (PartKind.ROWS, PartKind.UNITS):
        return "count(*)"
    if part.kind is PartKind.VALUES:
        return _count(counter_of(part), names)
    return f"coalesce(sum({_fixed(part, names)} - {centre_of(part)}), 0)"
