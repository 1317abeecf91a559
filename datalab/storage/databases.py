"""The databases: opened, created, and offered as transactions over their ports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from datalab.audit.event import AuditEvent
from datalab.storage.audit import SqlAuditLog
from datalab.storage.control.catalogue import SqlCatalogue
from datalab.storage.control.governance import SqlGovernance
from datalab.storage.control.jobs import SqlJobs
from datalab.storage.control.tables import CONTROL_AUDIT
from datalab.storage.control.uploads import SqlUploads
from datalab.storage.engine import open_engine, read_transaction, write_transaction
from datalab.storage.release.ledger import SqlLedger
from datalab.storage.release.requests import SqlRequests
from datalab.storage.release.tables import RELEASE_AUDIT
from datalab.storage.schema import CONTROL_SCHEMA, RELEASE_SCHEMA, SIGN_IN_SCHEMA, check_schema, create_schema
from datalab.storage.signin.accounts import SqlAccounts
from datalab.storage.signin.tables import SIGN_IN_AUDIT


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlControlTransaction:
    """One transaction on the control database."""

    catalogue: SqlCatalogue
    governance: SqlGovernance
    jobs: SqlJobs
    uploads: SqlUploads
    audit: SqlAuditLog

    def record(self, *, event: AuditEvent) -> None:
        """Write down what happened outside this database."""
        self.audit.append(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlReleaseTransaction:
    """One transaction on the release database."""

    ledger: SqlLedger
    requests: SqlRequests
    audit: SqlAuditLog

    def record(self, *, event: AuditEvent) -> None:
        """Write down what happened outside this database."""
        self.audit.append(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSignInTransaction:
    """One transaction on the sign-in database."""

    accounts: SqlAccounts
    audit: SqlAuditLog

    def record(self, *, event: AuditEvent) -> None:
        """Write down what changed nothing here."""
        self.audit.append(event)


class SqlControlDatabase:
    """The control database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[SqlControlTransaction]:
        """Open a transaction that may write; writers are serialised, so keep it short."""
        with write_transaction(self._engine) as connection:
            transaction = _control(connection)
            transaction.audit.hold()
            yield transaction

    @contextmanager
    def read(self) -> Iterator[SqlControlTransaction]:
        """Open a transaction that only reads, from one consistent state."""
        with read_transaction(self._engine) as connection:
            yield _control(connection)


class SqlReleaseDatabase:
    """The release database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[SqlReleaseTransaction]:
        """Open a transaction that may write; writers are serialised, so keep it short."""
        with write_transaction(self._engine) as connection:
            transaction = _release(connection)
            transaction.audit.hold()
            yield transaction

    @contextmanager
    def read(self) -> Iterator[SqlReleaseTransaction]:
        """Open a transaction that only reads, from one consistent state."""
        with read_transaction(self._engine) as connection:
            yield _release(connection)


class SqlSignInDatabase:
    """The sign-in database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[SqlSignInTransaction]:
        """Open a transaction that may write; writers are serialised, so keep it short."""
        with write_transaction(self._engine) as connection:
            transaction = _sign_in(connection)
            transaction.audit.hold()
            yield transaction

    @contextmanager
    def read(self) -> Iterator[SqlSignInTransaction]:
        """Open a transaction that only reads, from one consistent state."""
        with read_transaction(self._engine) as connection:
            yield _sign_in(connection)


def create_control(address: str) -> None:
    """Create the control database, or bring its tables up to date."""
    create_schema(open_engine(address), CONTROL_SCHEMA)


def create_release(address: str) -> None:
    """Create the release database, or bring its tables up to date."""
    create_schema(open_engine(address), RELEASE_SCHEMA)


def create_sign_in(address: str) -> None:
    """Create the sign-in database, or bring its tables up to date."""
    create_schema(open_engine(address), SIGN_IN_SCHEMA)


def open_control(address: str) -> SqlControlDatabase:
    """Open the control database; raises SettingsError if it was not created, or by another version of the lab."""
    engine = open_engine(address)
    check_schema(engine, CONTROL_SCHEMA)
    return SqlControlDatabase(engine)


def open_release(address: str) -> SqlReleaseDatabase:
    """Open the release database; raises SettingsError if it was not created, or by another version of the lab."""
    engine = open_engine(address)
    check_schema(engine, RELEASE_SCHEMA)
    return SqlReleaseDatabase(engine)


def open_sign_in(address: str) -> SqlSignInDatabase:
    """Open the sign-in database; raises SettingsError if it was not created, or by another version of the lab."""
    engine = open_engine(address)
    check_schema(engine, SIGN_IN_SCHEMA)
    return SqlSignInDatabase(engine)


def _control(connection: Connection) -> SqlControlTransaction:
    audit = SqlAuditLog(connection, CONTROL_AUDIT)
    return SqlControlTransaction(
        catalogue=SqlCatalogue(connection, audit),
        governance=SqlGovernance(connection, audit),
        jobs=SqlJobs(connection, audit),
        uploads=SqlUploads(connection, audit),
        audit=audit,
    )


def _release(connection: Connection) -> SqlReleaseTransaction:
    audit = SqlAuditLog(connection, RELEASE_AUDIT)
    return SqlReleaseTransaction(
        ledger=SqlLedger(connection, audit), requests=SqlRequests(connection, audit), audit=audit
    )


def _sign_in(connection: Connection) -> SqlSignInTransaction:
    audit = SqlAuditLog(connection, SIGN_IN_AUDIT)
    return SqlSignInTransaction(accounts=SqlAccounts(connection, audit), audit=audit)
