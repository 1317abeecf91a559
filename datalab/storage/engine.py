"""Connections: how SQLite and PostgreSQL are made to keep the same promises.

- A commit is on the disk when it returns (law 2). SQLite: `synchronous = EXTRA`, which also syncs the folder after the
  journal is removed; with FULL a power cut can bring a journal back and undo a commit.
- Writers are serialised: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by the row of the audit head
  (`datalab.storage.audit.SqlAuditLog.hold`).
- SQLite keeps a rollback journal: its write-ahead log can corrupt a database in versions before 3.51.3.
- No pool: a connection never outlives its transaction, so forked and long-lived processes are safe.
- A database error never shows the parameters of its statement (law 1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine import URL

from datalab.errors import SettingsError

BUSY_SECONDS = 120
"""How long a writer waits for its turn before it gives up."""
PRAGMAS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
)
POSTGRES_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "synchronous_commit=on",
        f"lock_timeout={BUSY_SECONDS}s",
        f"idle_in_transaction_session_timeout={BUSY_SECONDS}s",
        "timezone=UTC",
    )
)


def open_engine(address: str) -> Engine:
    """Open a database by its SQLAlchemy address.

    Raises:
        SettingsError: if the address is neither a SQLite file nor a PostgreSQL database.
    """
    url = make_url(address)
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:":
            return _sqlite(url)
        case "postgresql":
            return create_engine(
                url.set(drivername="postgresql+psycopg"),
                poolclass=NullPool,
                hide_parameters=True,
                connect_args={"options": POSTGRES_OPTIONS},
            )
        case other:
            raise SettingsError(
                f"The lab cannot keep its records in {other}.",
                why="It knows SQLite files and PostgreSQL.",
                remedy="Correct control_url or release_url in lab.toml.",
            )


def create_file(engine: Engine) -> None:
    """Make the empty file of a SQLite database, readable by its owner only; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite":
        return
    path = sqlite_file(engine)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def sqlite_file(engine: Engine) -> Path:
    """Return the file of a SQLite database."""
    return Path(str(engine.url.database))


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write, committed on leaving and rolled back on an error."""
    with engine.connect().execution_options(datalab_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        yield connection


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one consistent state and in which the database itself refuses to write."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {"datalab_begin": "BEGIN", "datalab_query_only": True}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # None stops the driver from opening transactions by itself: it would open them deferred.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("datalab_query_only"):
            connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql(options.get("datalab_begin", "BEGIN IMMEDIATE"))

    return engine
