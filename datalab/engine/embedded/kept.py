"""The coded rows of the last question, kept for the next one over the same rows.

Questions that differ in bounds, rho and salt alone read the same coded rows. Which rows those are is told by the whole
text of the statements that make them, by what is bound to these, and by the files' paths, sizes and times of change:
where any of it differs, they are made anew. So what is kept changes how long an answer takes and nothing in it. One
question at a time uses it; another that comes meanwhile makes its own rows rather than wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import duckdb
from pyarrow import parquet

from datalab.engine.embedded.aggregate import Program
from datalab.engine.embedded.rows import Files

MOST_ROWS = 10_000_000
"""Files with more rows are read anew for each question, and their units are not numbered."""
MOST_BYTES = 512 * 2**20
"""Most memory of what is kept between questions; what needs more, or was spilled, goes with its question."""
Make = Callable[[], duckdb.DuckDBPyConnection]
"""Opens a connection and makes the coded rows on it."""


def may_be_kept(files: Files) -> bool:
    """Return whether these files' rows are few enough to be kept."""
    rows: int = sum(parquet.read_metadata(file).num_rows for those in files.values() for file in those)
    return rows <= MOST_ROWS


class KeptRows:
    """At most one connection with the coded rows of one question."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._lock = Lock()
        self._key = ""
        self._connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def connection(self, written: Program, files: Files, make: Make) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection with a program's coded rows, which no other question uses meanwhile.

        Args:
            written: whose coded rows are wanted.
            files: what they are read from.
            make: called where they are not kept.
        """
        if not self._lock.acquire(blocking=False):
            own = make()
            try:
                yield own
            finally:
                own.close()
            return
        try:
            # The files are looked at before they are read: a change meanwhile is then seen by the next question.
            key = _key(written, files)
            if self._connection is None or key != self._key:
                self._drop()
                self._connection = make()
                self._key = key
            try:
                yield self._connection
            except BaseException:
                self._drop()
                raise
            if _too_large(self._connection):
                self._drop()
        finally:
            self._lock.release()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _key(written: Program, files: Files) -> str:
    made = [(statement.text, sorted(statement.values.items())) for statement in written.base]
    seen = [(str(file), *_state(file.stat())) for those in files.values() for file in those]
    return repr((sorted(written.labels.items()), made, seen))


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _too_large(connection: duckdb.DuckDBPyConnection) -> bool:
    used = "SELECT coalesce(sum(memory_usage_bytes), 0), coalesce(sum(temporary_storage_bytes), 0) FROM duckdb_memory()"
    ((memory, spilled),) = connection.execute(used).fetchall()
    return bool(memory > MOST_BYTES or spilled > 0)
