"""The tables that the migrations make are those that the code expects, on either database."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase
from datalab.errors import SettingsError
from datalab.storage.databases import create_control, create_release, create_sign_in, open_control, open_release
from datalab.storage.engine import open_engine, read_transaction, sqlite_file, write_transaction
from datalab.storage.schema import CONTROL_SCHEMA, RELEASE_SCHEMA, SIGN_IN_SCHEMA, Schema

VERSION_TABLE = "alembic_version"


def test_control_migrations_make_the_control_tables(control_url: str) -> None:
    """Migrating the control database leaves nothing for a migration to do."""
    _expect_equal(open_engine(control_url), CONTROL_SCHEMA)


def test_release_migrations_make_the_release_tables(release_url: str) -> None:
    """Migrating the release database leaves nothing for a migration to do."""
    _expect_equal(open_engine(release_url), RELEASE_SCHEMA)


def test_sign_in_migrations_make_the_sign_in_tables(tmp_path: Path) -> None:
    """Migrating the sign-in database, which is the hub's own file, leaves nothing for a migration to do."""
    address = f"sqlite:///{tmp_path}/signin.sqlite"
    create_sign_in(address)
    _expect_equal(open_engine(address), SIGN_IN_SCHEMA)


@pytest.mark.parametrize("schema", [CONTROL_SCHEMA, RELEASE_SCHEMA, SIGN_IN_SCHEMA], ids=lambda schema: schema.name)
def test_the_expected_revision_is_the_newest_script(schema: Schema) -> None:
    """A migration that is added without raising the expected revision is found."""
    assert ScriptDirectory(str(schema.scripts)).get_heads() == [schema.revision]


def test_creating_twice_changes_nothing(control_url: str, release_url: str) -> None:
    """Bringing a database up to date that is up to date is safe."""
    create_control(control_url)
    create_release(release_url)
    open_control(control_url)
    open_release(release_url)


def test_one_database_is_not_taken_for_the_other(sqlite_control_url: str, sqlite_release_url: str) -> None:
    """Addresses that are swapped by mistake are refused before anything is written."""
    for call, address in (
        (open_control, sqlite_release_url),
        (open_release, sqlite_control_url),
        (create_control, sqlite_release_url),
        (create_release, sqlite_control_url),
    ):
        with pytest.raises(SettingsError, match="stands at"):
            call(address)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_a_database_that_cannot_keep_records_is_refused(address: str) -> None:
    """Only SQLite files and PostgreSQL are durable stores the lab knows."""
    with pytest.raises(SettingsError, match="cannot keep"):
        create_control(address)


def test_a_database_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    """A wrong address must not become an empty ledger."""
    with pytest.raises(SettingsError, match="no release database"):
        open_release(f"sqlite:///{tmp_path}/nowhere.sqlite")
    assert not list(tmp_path.iterdir())


def test_sqlite_files_are_private_and_durable(tmp_path: Path) -> None:
    """The file is its owner's only, and each connection is set up as the promises need."""
    address = f"sqlite:///{tmp_path}/new/release.sqlite"
    create_release(address)
    engine = open_engine(address)
    assert stat.S_IMODE(sqlite_file(engine).stat().st_mode) == 0o600
    assert stat.S_IMODE(sqlite_file(engine).parent.stat().st_mode) == 0o700
    wanted = {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "secure_delete": 1, "query_only": 0}
    with write_transaction(engine) as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted} == wanted


def test_the_database_refuses_to_write_in_a_reading_transaction(control_database: ControlDatabase) -> None:
    """Reading cannot change anything, even if the code tries."""
    event = AuditEvent(action=Action.LAB_CREATED, actor="tester", subject="lab", at=datetime.now(UTC))
    with pytest.raises(DBAPIError), control_database.read() as transaction:
        transaction.record(event=event)
    with control_database.read() as transaction:
        assert transaction.audit.head().size == 0


def test_a_database_error_does_not_show_its_parameters(release_url: str) -> None:
    """What a statement was about to store never reaches a traceback."""
    engine = open_engine(release_url)
    with pytest.raises(DBAPIError) as caught, read_transaction(engine) as connection:
        connection.execute(text("INSERT INTO account VALUES (:name, 1, 0)"), {"name": "marker-of-a-value"})
    assert "marker-of-a-value" not in str(caught.value)


def _expect_equal(migrated: Engine, schema: Schema) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
    built = _described(migrated)
    with migrated.begin() as connection:  # Alembic does not compare CHECKs: build the tables anew and compare those
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {table} {'CASCADE' if migrated.name == 'postgresql' else ''}"))
        schema.metadata.create_all(connection)
    assert built == _described(migrated)


def _described(engine: Engine) -> dict[str, Any]:
    found = inspect(engine)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
            "checks": sorted((c["name"] or "", c["sqltext"]) for c in found.get_check_constraints(table)),
            "unique": sorted((c["name"] or "", c["column_names"]) for c in found.get_unique_constraints(table)),
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (c["name"] or "", c["constrained_columns"], c["referred_table"], c["referred_columns"])
                for c in found.get_foreign_keys(table)
            ),
            "indexes": sorted(  # names differ, so the options are never compared
                (i["name"] or "", i["column_names"], i["unique"], {k: str(v) for k, v in i["dialect_options"].items()})
                for i in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != VERSION_TABLE
    }
