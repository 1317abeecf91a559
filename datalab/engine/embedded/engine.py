"""The embedded engine: opens a locked DuckDB in memory, runs a plan's statements over a view's files, returns vectors.

What DuckDB could do beyond that is taken away before it sees a statement: it reads the view's folders and its own
spill folder and no other file, loads and fetches no extension, and its settings cannot be changed back. Spill is not
encrypted (DuckDB 2.0 would need an extension for it): it holds rows of the view, which lie as plain Parquet in the
views zone, in a folder that only the release service's user can read, and is removed with the connection.

The coded rows of the last question are kept in memory for the next (`datalab.engine.embedded.kept`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np

from datalab.engine.embedded.aggregate import Program, Round, Statement, discovery, program
from datalab.engine.embedded.bounding import UNIT_HASH
from datalab.engine.embedded.hash_functions import add_cell_hash, add_nth_hash, add_row_hash, add_unit_hash
from datalab.engine.embedded.kept import KeptRows, may_be_kept
from datalab.engine.embedded.memory import memories
from datalab.engine.embedded.rows import Files
from datalab.engine.vectors import cannot_compute, cells_of
from datalab.privacy.plan import Cells, PartKind, Plan
from datalab.privacy.table import TableRef

FoundT = TypeVar("FoundT")
Amounts = tuple[str, Iterable[tuple[int, int]]]
"""A part's name, and pairs of a place and an amount."""


class EmbeddedEngine:
    """Computes cells in this process (port `datalab.privacy.plan.Engine` over Parquet folders)."""

    def __init__(self, *, scratch: Path, memory: str = "2GB", threads: int | None = None, keeps: bool = True) -> None:
        """Make an engine.

        Args:
            scratch: existing folder, readable by this process's user only; what does not fit in memory goes there.
            memory: most memory, such as `2GB`; beyond it, and over one dataset long before it, DuckDB spills.
            threads: threads of a statement; None means one a core.
            keeps: whether coded rows may be kept in memory for the next question.
        """
        self._scratch = scratch
        self._memory = memory
        self._threads = threads
        self._keeps = keeps
        self._kept = KeptRows()

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Return the bounded vectors of a plan.

        Raises:
            InternalError: if DuckDB fails; its own message is dropped, for it may quote the data.
        """
        return self.cells_in(plan, _files(tables))

    def cells_in(self, plan: Plan, files: Files) -> Cells:
        """Return the bounded vectors of a plan over the rows of some files.

        Args:
            plan: what is counted.
            files: of each dataset of the plan; of each unit all rows or none.

        Raises:
            InternalError: as `cells` does.
        """
        try:
            written = program(plan, files, numbered=may_be_kept(files))

            def answered(memory: str) -> Mapping[str, list[tuple[int, int]]]:
                with self._prepared(written, plan, files, memory) as connection:
                    return _answered(connection, written, plan)

            found = self._within_memory(plan, answered)
        except Exception as error:  # noqa: BLE001 - whatever DuckDB raises may quote the data in its text
            raise cannot_compute(type(error).__name__) from None
        return cells_of(plan, found)

    def counts(self, plan: Plan, tables: Mapping[str, TableRef]) -> Mapping[str, int]:
        """Return how many units have each value of the discovered column, each unit in a bounded number of values.

        Raises:
            InternalError: as `cells` does.
        """
        return self.counts_in(plan, _files(tables))

    def counts_in(self, plan: Plan, files: Files) -> Mapping[str, int]:
        """Return the same over the rows of some files.

        Args:
            plan: whose discovered column is looked at.
            files: as for `cells_in`.

        Raises:
            InternalError: as `cells` does.
        """
        if plan.discovery is None:
            return {}
        try:
            statement = discovery(plan, plan.discovery, files)

            def counted(memory: str) -> list[tuple[Any, ...]]:
                with self._connection(_folders(files), memory) as connection:
                    return _run(connection, plan, statement)

            return {str(value): int(units) for value, units in self._within_memory(plan, counted)}
        except Exception as error:  # noqa: BLE001 - as above
            raise cannot_compute(type(error).__name__) from None

    def _within_memory(self, plan: Plan, compute: Callable[[str], FoundT]) -> FoundT:
        """Compute under the least limit that is enough."""
        *first, most = memories(self._memory, self._threads, plan)
        for memory in first:
            with suppress(duckdb.OutOfMemoryException):
                return compute(memory)
        return compute(most)

    @contextmanager
    def _prepared(self, written: Program, plan: Plan, files: Files, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection on which what the rounds read lies ready: kept from before, or made now."""

        def make() -> duckdb.DuckDBPyConnection:
            connection = self._open(_folders(files), memory)
            try:
                _prepare(connection, written, plan)
            except BaseException:
                connection.close()
                raise
            return connection

        if written.keepable and self._keeps:
            with self._kept.connection(written, files, make) as connection:
                yield connection
            return
        connection = make()
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _connection(self, folders: Iterable[Path], memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._open(folders, memory)
        try:
            yield connection
        finally:
            connection.close()

    def _open(self, folders: Iterable[Path], memory: str) -> duckdb.DuckDBPyConnection:
        places = [str(folder) for folder in [*folders, self._scratch.resolve()]]
        connection = duckdb.connect(":memory:")
        try:
            if self._threads is not None:
                connection.execute(f"SET threads = {int(self._threads)}")
            for setting, value in (
                ("memory_limit", memory),
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
            add_nth_hash(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_setting(entry) for entry in value) + "]"
    return "'" + str(value).replace("'", "''") + "'"


def _folders(files: Files) -> list[Path]:
    return sorted({file.parent for those in files.values() for file in those})


def _files(tables: Mapping[str, TableRef]) -> Files:
    return {name: tuple(sorted(table.path.resolve().glob("*.parquet"))) for name, table in tables.items()}


def _prepare(connection: duckdb.DuckDBPyConnection, written: Program, plan: Plan) -> None:
    for name, labels in written.labels.items():
        each = "unnest(CAST($labels AS VARCHAR[])) AS label, unnest(range(len($labels))) AS place"
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {each}", {"labels": list(labels)})
    for statement in written.base:
        _run(connection, plan, statement)


def _answered(
    connection: duckdb.DuckDBPyConnection, written: Program, plan: Plan
) -> Mapping[str, list[tuple[int, int]]]:
    """Run all rounds; return places and amounts by part."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    add_unit_hash(connection, plan.salt)
    try:
        for one in written.rounds:
            answer = _answered_in_numbers if one.numbered is not None else _answered_by_statement
            for name, amounts in answer(connection, one, plan):
                found[name] += amounts
    finally:
        connection.remove_function(UNIT_HASH)
    return found


def _answered_by_statement(connection: duckdb.DuckDBPyConnection, one: Round, plan: Plan) -> Iterator[Amounts]:
    add_cell_hash(connection, one.hash_cell, one.grouping)
    try:
        if one.statement is not None:
            yield from _amounts(one, _run(connection, plan, one.statement))
    finally:
        # A kept connection is asked again with another salt and grouping, under the same names.
        connection.remove_function(one.hash_cell)


def _answered_in_numbers(connection: duckdb.DuckDBPyConnection, one: Round, plan: Plan) -> Iterator[Amounts]:
    if one.numbered is None:
        return
    one.numbered.find(connection)
    try:
        if one.statement is not None:
            yield from _amounts(one, _run(connection, plan, one.statement))
        for name, amounts in one.numbered.amounts(connection, plan.salt).items():
            places = np.flatnonzero(amounts)
            yield name, zip(places.tolist(), amounts[places].tolist(), strict=True)
    finally:
        one.numbered.forget(connection)


def _run(connection: duckdb.DuckDBPyConnection, plan: Plan, statement: Statement) -> list[tuple[Any, ...]]:
    for name, kind in statement.hashes.items():
        add_row_hash(connection, name, kind, plan.salt)
    return connection.execute(statement.text, dict(statement.values)).fetchall()


def _amounts(one: Round, rows: Sequence[Sequence[Any]]) -> Iterator[Amounts]:
    """Yield each part with places and amounts; by column, for cells may be many thousands."""
    if one.parts[0].kind is PartKind.UNIT_ROWS:
        for part, number, units in rows:
            yield one.parts[part].name, [(number, units)]
        return
    for column, part in enumerate(one.parts, start=1):
        yield part.name, ((row[0], int(row[column])) for row in rows)
