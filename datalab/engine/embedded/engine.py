"""The embedded engine: opens a locked DuckDB in memory, runs one statement over a view's files, returns vectors.

What DuckDB could do beyond that is taken away before it sees a statement: it reads the view's folders and its own
spill folder and no other file, loads and fetches no extension, and its settings cannot be changed back. Spill is not
encrypted (DuckDB 2.0 would need an extension for it): it holds rows of the view, which lie as plain Parquet in the
views zone, in a folder that only the release service's user can read, and is removed with the connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from datalab.engine.embedded.aggregate import statement
from datalab.engine.embedded.row_hash import row_hashes
from datalab.engine.vectors import cannot_compute, cells_of
from datalab.privacy.plan import Cells, Plan
from datalab.privacy.table import TableRef


class EmbeddedEngine:
    """Computes cells in this process (port `datalab.privacy.plan.Engine` over Parquet folders)."""

    def __init__(self, *, scratch: Path, memory: str = "2GB", threads: int | None = None) -> None:
        """Make an engine.

        Args:
            scratch: existing folder, readable by this process's user only; what does not fit in memory goes there.
            memory: most memory, such as `2GB`; beyond it DuckDB spills.
            threads: threads of a statement; None means one a core.
        """
        self._scratch = scratch
        self._memory = memory
        self._threads = threads

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Return the bounded vectors of a plan.

        Raises:
            InternalError: if DuckDB fails; its own message is dropped, for it may quote the data.
        """
        try:
            folders = {dataset: table.path.resolve() for dataset, table in tables.items()}
            asked = statement(plan, {name: tuple(sorted(path.glob("*.parquet"))) for name, path in folders.items()})
            with self._connection(folders.values()) as connection:
                for name, kind in asked.hashes.items():
                    _add_hash(connection, name, kind, plan.salt)
                rows = connection.execute(asked.text, dict(asked.values)).fetchall()
        except Exception as error:  # noqa: BLE001 - whatever DuckDB raises may quote the data in its text
            raise cannot_compute(type(error).__name__) from None
        return cells_of(plan, rows)

    @contextmanager
    def _connection(self, folders: Iterable[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
        places = [str(folder) for folder in [*folders, self._scratch.resolve()]]
        connection = duckdb.connect(":memory:")
        try:
            if self._threads is not None:
                connection.execute(f"SET threads = {int(self._threads)}")
            for setting, value in (
                ("memory_limit", self._memory),
                ("temp_directory", str(self._scratch.resolve())),
                ("TimeZone", "UTC"),
                ("preserve_insertion_order", False),
                ("enable_progress_bar", False),
                ("autoinstall_known_extensions", False),
                ("autoload_known_extensions", False),
                ("allow_community_extensions", False),
                ("allowed_directories", places),
                ("enable_external_access", False),
                ("lock_configuration", True),
            ):
                connection.execute(f"SET {setting} = {_setting(value)}")
            yield connection
        finally:
            connection.close()


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_setting(entry) for entry in value) + "]"
    return "'" + str(value).replace("'", "''") + "'"


def _add_hash(connection: duckdb.DuckDBPyConnection, name: str, kind: str, salt: int) -> None:
    """Add the hash order of a unit's rows or cells, as a function of a structure of columns."""

    def hashed(structure: pa.ChunkedArray | pa.Array) -> pa.Array:
        whole = structure.combine_chunks() if isinstance(structure, pa.ChunkedArray) else structure
        return pa.array(row_hashes(salt, whole.flatten(), len(whole)))

    connection.create_function(
        name,
        hashed,
        [duckdb.sqltype(kind)],
        duckdb.sqltype("BIGINT"),
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
