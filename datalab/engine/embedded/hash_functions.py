"""The hashes by which rows and cells are put in order, as functions that a DuckDB statement calls on whole columns."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from datalab.engine.counter import groups_of, strides
from datalab.engine.embedded.arrays.row_hash import CellHashes, nth_hashes, order_hashes, row_hashes
from datalab.engine.embedded.bounding import NTH_HASH, UNIT_HASH
from datalab.privacy.plan import Key


def add_row_hash(connection: duckdb.DuckDBPyConnection, name: str, kind: str, salt: int) -> None:
    """Add the hash order of a unit's rows, as a function of a structure of columns."""

    def hashed(structure: pa.ChunkedArray | pa.Array) -> pa.Array:
        whole = _whole(structure)
        return pa.array(order_hashes(salt, whole.flatten(), len(whole)))

    _add_function(connection, name, hashed, [kind])


def add_unit_hash(connection: duckdb.DuckDBPyConnection, salt: int) -> None:
    """Add the hash of a unit's text, with which those of its cells begin."""

    def hashed(units: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(row_hashes(salt, [_whole(units)], len(units)))

    _add_function(connection, UNIT_HASH, hashed, ["VARCHAR"])


def add_cell_hash(connection: duckdb.DuckDBPyConnection, name: str, grouping: tuple[Key, ...]) -> None:
    """Add the hash order of a unit's cells, as a function of the unit's hash and a place."""
    cells = CellHashes([groups_of(key) for key in grouping], strides(grouping))

    def hashed(begun: pa.ChunkedArray | pa.Array, places: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(cells.of(*(np.asarray(_whole(column)) for column in (begun, places))))

    _add_function(connection, name, hashed, ["BIGINT", "BIGINT"])


def add_nth_hash(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the hash order of rows that are drawn one by one."""

    def hashed(turns: pa.ChunkedArray | pa.Array, numbers: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(nth_hashes(*(np.asarray(_whole(column)) for column in (turns, numbers))))

    _add_function(connection, NTH_HASH, hashed, ["BIGINT", "BIGINT"])


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _add_function(
    connection: duckdb.DuckDBPyConnection, name: str, function: Callable[..., pa.Array], kinds: list[str]
) -> None:
    connection.create_function(
        name,
        function,
        [duckdb.sqltype(kind) for kind in kinds],
        duckdb.sqltype("BIGINT"),
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
