"""Units whose rows a bound could cut, where units are numbers: which rows DuckDB hands out, and what is made of them.

DuckDB reads, codes and counts; of units that could have too many rows it hands out rows as words of 64 bits, a batch
of units at a time, and `unit_cells` bounds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from datalab.engine.counter import Total, counters, filters, groups_of, size_of, strides, total_of, totals
from datalab.engine.embedded.arrays.row_hash import CellHashes, row_hashes
from datalab.engine.embedded.arrays.runs import Truths, Whole
from datalab.engine.embedded.arrays.unit_cells import MOST_MAGNITUDE, UnitCells
from datalab.engine.embedded.bounding import perhaps_beyond
from datalab.engine.embedded.coding import Coding
from datalab.privacy.plan import Part, PartKind

BATCH = 1_000_000
"""About so many rows are handed out at once; more where one unit has more."""
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
        for batch, of in self._batches(connection):
            counted = self._counted(connection, size, batch, of)

            def turns(units: Whole, lengths: Whole, places: Whole, batch: int = batch, of: int = of) -> Whole:
                return cells.of(np.repeat(_begun(connection, salt, units, batch, of), lengths), places)

            for name, amounts in counted.amounts(self.parts, turns).items():
                np.add.at(added[name], counted.places, amounts)
        return added

    @staticmethod
    def _batches(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
        """Yield pairs of a batch's number and how many there are: which unit is in which means nothing."""
        ((rows,),) = connection.execute(f"SELECT coalesce(sum(n), 0) FROM {_LONG}").fetchall()
        of = -(-int(rows) // BATCH)
        for batch in range(of):
            yield batch, of

    def _counted(self, connection: duckdb.DuckDBPyConnection, size: int, batch: int, of: int) -> UnitCells:
        names = self.coding
        flags = {one: names.flags.get(one) for one in filters(self.parts)}
        sums: dict[Total, str] = {one: names.totals[one] for one in totals(self.parts)}
        columns = [f"unit::BIGINT * {size} + place AS word", *filter(None, flags.values()), *sums.values()]
        rows = connection.sql(
            f"SELECT {', '.join(columns)} FROM ({self.placed}) SEMI JOIN {_LONG} USING (unit) "
            f"WHERE unit % {of} = {batch}"
        ).to_arrow_table()
        return UnitCells.of(
            _numbers(rows["word"]),
            size,
            {one: None if name is None else _truths(rows[name]) for one, name in flags.items()},
            {one: _numbers(rows[name]) for one, name in sums.items()},
        )


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
