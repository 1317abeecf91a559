"""Units whose rows a bound could cut, where units are numbers: which rows DuckDB hands out, and what is made of them.

DuckDB reads, codes and counts; of units that could have too many rows it hands out rows as words of 64 bits, a batch
of units at a time, and `unit_cells` bounds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from datalab.engine.counter import Filter, Total, counters, filters, groups_of, size_of, strides, total_of, totals
from datalab.engine.embedded.arrays.row_hash import CellHashes, row_hashes
from datalab.engine.embedded.arrays.runs import Truths, Whole
from datalab.engine.embedded.arrays.unit_cells import MOST_MAGNITUDE, UnitCells
from datalab.engine.embedded.bounding import perhaps_beyond
from datalab.engine.embedded.coding import Coding
from datalab.privacy.plan import Part, PartKind

BATCH = 1_000_000
"""About so many rows are handed out at once. Where one unit has more, DuckDB counts by cell first, and may spill."""
_LONG = "long_units"


def may_be_numbers(parts: tuple[Part, ...], coding: Coding) -> bool:
    """Return whether the rows of a round can be bounded here: they count, or sum amounts of 64 bits."""
    if coding.exact or parts[0].kind is PartKind.UNIT_ROWS:
        return False
    return all(part.magnitude < MOST_MAGNITUDE for part in parts if total_of(part) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedRows:
    """The rows of one round over the table `base`, in which units are numbers."""

    parts: tuple[Part, ...]
    coding: Coding
    placed: str
    """A query of the rows that belong to the grouping."""

    def whole(self, amounts: Mapping[str, str]) -> str | None:
        """Return a query of the places and amounts of units that no bound can cut, or None where any could be cut.

        Args:
            amounts: what the rows of a cell add to each part where all of them count.
        """
        if self._beyond is None:
            return None
        columns = ", ".join(["place", *(f"{amount} AS {name}" for name, amount in amounts.items())])
        return f"SELECT {columns} FROM ({self.placed}) ANTI JOIN {_LONG} USING (unit) GROUP BY place"

    @property
    def _beyond(self) -> str | None:
        return perhaps_beyond(counters(self.parts), f"({self.placed})")

    def find(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table of units that a bound could cut."""
        found = self._beyond or f"SELECT unit, count(*) AS n FROM ({self.placed}) GROUP BY unit"
        connection.execute(f"CREATE TEMP TABLE {_LONG} AS {found}")

    @staticmethod
    def forget(connection: duckdb.DuckDBPyConnection) -> None:
        """Remove that table: a kept connection is asked again with other bounds."""
        connection.execute(f"DROP TABLE IF EXISTS {_LONG}")

    def amounts(self, connection: duckdb.DuckDBPyConnection, salt: int) -> Mapping[str, Whole]:
        """Return what the units that were found add to each part, by place."""
        grouping = self.parts[0].bounded_at
        size = size_of(grouping)
        cells = CellHashes([groups_of(key) for key in grouping], strides(grouping))
        added = {part.name: np.zeros(size, np.int64) for part in self.parts}
        ((rows, longest),) = connection.execute(
            f"SELECT coalesce(sum(n), 0), coalesce(max(n), 0) FROM {_LONG}"
        ).fetchall()
        # Which unit is in which batch means nothing.
        of = -(-int(rows) // BATCH)
        for batch in range(of):
            counted = (self._counted if longest > BATCH else self._handed_out)(connection, size, batch, of)

            def turns(units: Whole, lengths: Whole, places: Whole, batch: int = batch, of: int = of) -> Whole:
                return cells.of(np.repeat(_begun(connection, salt, units, batch, of), lengths), places)

            for name, amounts in counted.amounts(self.parts, turns).items():
                np.add.at(added[name], counted.places, amounts)
        return added

    def _handed_out(self, connection: duckdb.DuckDBPyConnection, size: int, batch: int, of: int) -> UnitCells:
        """Count rows of a batch of units as they are handed out."""
        flags, sums = self._columns()
        asked = ", ".join([_word(size), *filter(None, flags.values()), *sums.values()])
        rows = connection.sql(f"SELECT {asked} FROM {self._rows(batch, of)}").to_arrow_table()
        return UnitCells.of(
            _numbers(rows["word"]),
            size,
            {one: None if name is None else _truths(rows[name]) for one, name in flags.items()},
            {one: _numbers(rows[name]) for one, name in sums.items()},
        )

    def _counted(self, connection: duckdb.DuckDBPyConnection, size: int, batch: int, of: int) -> UnitCells:
        """Have DuckDB count rows of a batch of units by cell."""
        flags, sums = self._columns()
        counts = {one: f"n{i}" for i, one in enumerate(flags)}
        passing = {
            one: "count(*)" if flag is None else f"count(*) FILTER (WHERE {flag})" for one, flag in flags.items()
        }
        asked = [_word(size), *(f"{passing[one]} AS {name}" for one, name in counts.items())]
        asked += [f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in sums.values()]
        rows = connection.sql(
            f"SELECT {', '.join(asked)} FROM {self._rows(batch, of)} GROUP BY word ORDER BY word"
        ).to_arrow_table()
        return UnitCells.counted(
            _numbers(rows["word"]),
            size,
            {one: _numbers(rows[name]) for one, name in counts.items()},
            {one: _numbers(rows[name]) for one, name in sums.items()},
        )

    def _columns(self) -> tuple[Mapping[Filter, str | None], Mapping[Total, str]]:
        """Return the columns of what each filter passes, None where it passes all, and of each amount."""
        flags = {one: self.coding.flags.get(one) for one in filters(self.parts)}
        return flags, {one: self.coding.totals[one] for one in totals(self.parts)}

    def _rows(self, batch: int, of: int) -> str:
        return f"({self.placed}) SEMI JOIN {_LONG} USING (unit) WHERE unit % {of} = {batch}"


def _word(size: int) -> str:
    return f"unit::BIGINT * {size} + place AS word"


def _begun(connection: duckdb.DuckDBPyConnection, salt: int, units: Whole, batch: int, of: int) -> Whole:
    """Return of each unit the hash of its text, with which those of its cells begin: a text is hashed once."""
    texts = connection.sql(
        f"SELECT unit::BIGINT AS unit, text FROM units SEMI JOIN {_LONG} USING (unit) WHERE unit % {of} = {batch}"
    ).to_arrow_table()
    number = _numbers(texts["unit"]) // of
    place = np.zeros(int(number.max()) + 1, np.int64)
    place[number] = np.arange(len(number))
    column = texts["text"].combine_chunks().take(pa.array(place[units // of]))
    return row_hashes(salt, [column], len(units))


def _numbers(column: pa.ChunkedArray) -> Whole:
    """Return whole numbers; of a missing one 0."""
    return np.asarray(column.cast(pa.int64()).fill_null(0))


def _truths(column: pa.ChunkedArray) -> Truths:
    return np.asarray(column.fill_null(False))  # noqa: FBT003 - Arrow's signature
