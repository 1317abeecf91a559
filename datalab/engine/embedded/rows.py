"""The question's rows as steps of a DuckDB statement: read, derived, kept, first of each unit, bounded, joined.

What they mean is written in `datalab.engine.reference.joins`. Only units that have too many rows are put into hash
order, so the order costs nothing where few are. Which units those are changes how long the statement takes, as it does
on every engine, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from datalab.contract.model import UNIT_ID
from datalab.engine.counter import Names, names_of
from datalab.engine.embedded.derived import derived, within
from datalab.engine.embedded.expressions import DUCKDB_TYPES, Bound, condition, known, quoted
from datalab.engine.embedded.partners import Partners
from datalab.privacy.plan import DerivedColumn, Link, Plan, Source
from datalab.query.model import ColumnRef, Keep

Files = Mapping[str, tuple[Path, ...]]
"""The Parquet files of each dataset."""


class RowSteps:
    """Writes the steps that end in the rows of a plan, each a named subquery."""

    def __init__(self, plan: Plan, files: Files) -> None:
        """Make a writer.

        Args:
            plan: whose rows are wanted.
            files: where they lie.
        """
        self.plan = plan
        self.names: Names = names_of(plan)
        self.bound = Bound()
        self.hashes: dict[str, str] = {}
        """Hash functions that the steps call, by name, with the DuckDB type of the structure that each hashes."""
        self._files = files
        self._steps: list[str] = []

    @property
    def dear(self) -> bool:
        """Whether the rows cost more to make again than to keep: those that joins made, or that are first of a unit."""
        return len(self.plan.sources) > 1 or self.plan.sources[0].first is not None

    def step(self, name: str, query: str, *, stored: bool = False) -> str:
        """Add a step and return its name; one that is read more than once, and is dear, is stored."""
        self._steps.append(f"{name} AS {'' if stored else 'NOT '}MATERIALIZED ({query})")
        return name

    def statement(self, query: str) -> str:
        """Return a query that may read every step so far."""
        return f"WITH {', '.join(self._steps)} {query}" if self._steps else query

    def rows(self) -> str:
        """Write the steps of the question's rows and return the name of the last: `unit`, and each column by name."""
        rows = ""
        columns: list[str] = ["unit"]
        for number, source in enumerate(self.plan.sources):
            side, own = self._side(number, source)
            rows = side if source.link is None else self._linked(number, rows, (side, own), columns, source)
            if source.link is None or source.link.keep is Keep.PAIRS:
                columns += own
        worked_out = self._with_derived(f"SELECT * FROM {rows}", self.plan.derived)
        where = self._where(condition(self.plan.where, self.names, self.bound) if self.plan.where is not None else "")
        return self.step("rows", f"SELECT * FROM ({worked_out}) {where}")

    @staticmethod
    def _where(*conditions: str) -> str:
        given = [one for one in conditions if one]
        return f"WHERE {' AND '.join(given)}" if given else ""

    def _with_derived(self, query: str, columns: Iterable[DerivedColumn]) -> str:
        made = [
            f"{derived(column, self.names, self.bound)} AS "
            f"{self.names[ColumnRef(name=column.name, dataset=column.dataset)][0]}"
            for column in columns
        ]
        return f"SELECT *, {', '.join(made)} FROM ({query})" if made else query

    def _side(self, number: int, source: Source) -> tuple[str, list[str]]:
        """Write the kept rows of one dataset; return the step's name and its columns beside the unit."""
        read = {name: kind for column in source.columns for name, kind in [self.names[source.ref(column)]]}
        types = {"unit": "VARCHAR"} | {name: DUCKDB_TYPES[kind] for name, kind in read.items()}
        query = self._reading(source, types)
        made = [self.names[ColumnRef(name=one.name, dataset=one.dataset)][0] for one in source.derived]
        query = self._with_derived(query, source.derived)
        where = self._where(condition(source.where, self.names, self.bound) if source.where is not None else "")
        cut = source.first is not None or source.rows_per_unit is not None
        side = self.step(f"side{number}", f"SELECT * FROM ({query}) {where}", stored=cut)
        if source.first is not None:
            column, best = self.names[source.first.column][0], "max" if source.first.last else "min"
            self.step(f"best{number}", f"SELECT unit, {best}({column}) AS best FROM {side} GROUP BY unit", stored=True)
            side = self.step(
                f"first{number}",
                f"SELECT s.* FROM {side} AS s SEMI JOIN best{number} AS b "
                f"ON s.unit IS NOT DISTINCT FROM b.unit AND s.{column} = b.best",
                stored=True,
            )
            side = self._cut(f"first{number}", side, 1, types)
        if source.rows_per_unit is not None:
            side = self._cut(f"side{number}", side, source.rows_per_unit, types)
        return side, [*read, *made]

    def _reading(self, source: Source, types: Mapping[str, str]) -> str:
        files = self._files[source.dataset]
        if not files:
            nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in types.items())
            return f"SELECT {nothing} WHERE false"
        columns = [f"CAST({UNIT_ID} AS VARCHAR) AS unit" if source.has_units else "NULL::VARCHAR AS unit"]
        for column in source.columns:
            name, logical_type = self.names[source.ref(column)]
            columns.append(f"{known(quoted(column.name), logical_type)} AS {name}")
        return f"SELECT {', '.join(columns)} FROM {_rows_of(files)}"

    def _cut(self, name: str, side: str, most: int, types: Mapping[str, str]) -> str:
        """Write at most so many rows of each unit, in the order of a hash of all that was read of them."""
        long = self.step(f"long_{name}", f"SELECT unit FROM {side} GROUP BY unit HAVING count(*) > {most}", stored=True)
        order = self.hash(f"hash_{name}", types)
        place = f"row_number() OVER (PARTITION BY unit ORDER BY {order}) AS place"
        # Rows without a unit are one unit's, so a missing unit must match itself.
        same = f"ON {side}.unit IS NOT DISTINCT FROM {long}.unit"
        return self.step(
            f"kept_{name}",
            f"SELECT {side}.* FROM {side} ANTI JOIN {long} {same} UNION ALL SELECT * EXCLUDE (place) FROM "
            f"(SELECT *, {place} FROM (SELECT {side}.* FROM {side} SEMI JOIN {long} {same})) WHERE place <= {most}",
        )

    def hash(self, name: str, columns: Mapping[str, str]) -> str:
        """Return a call of a hash of these columns, which the statement may then use."""
        self.hashes[name] = "STRUCT(" + ", ".join(f"{column} {kind}" for column, kind in columns.items()) + ")"
        return f"{name}(struct_pack({', '.join(f'{column} := {column}' for column in columns)}))"

    def _linked(self, number: int, rows: str, other: tuple[str, list[str]], columns: list[str], source: Source) -> str:
        """Write the rows so far with their partners, or those that have one, or none."""
        link, (side, own) = source.link or Link(by_unit=True), other
        if link.keep is not Keep.PAIRS and (link.within is not None or link.another):
            partners = Partners(source=source, link=link, own=self.plan.sources[0].name, names=self.names)
            groups = self.step(f"near{number}", partners.groups(side))
            return self.step(f"linked{number}", partners.kept(rows, columns, groups))
        meet = ["a.unit = b.unit"] if link.by_unit else []
        meet += [f"{self.names[on.own][0]} = {self.names[on.other][0]}" for on in link.on]
        meet += [within(link.within, self.names)] if link.within is not None else []
        join = {Keep.PAIRS: "JOIN", Keep.ANY: "SEMI JOIN", Keep.NONE: "ANTI JOIN"}[link.keep]
        shown = [f"a.{column}" for column in columns]
        shown += [f"b.{column}" for column in own] if link.keep is Keep.PAIRS else []
        return self.step(
            f"linked{number}",
            f"SELECT {', '.join(shown)} FROM {rows} AS a {join} {side} AS b ON {' AND '.join(meet) or 'true'}",
        )


def _rows_of(files: tuple[Path, ...]) -> str:
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"
