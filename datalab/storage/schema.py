"""Schemas: which tables a database must have, and the migrations that bring it there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from datalab.errors import SettingsError
from datalab.storage.control.tables import CONTROL
from datalab.storage.engine import create_file, read_transaction, sqlite_file, write_transaction
from datalab.storage.release.tables import RELEASE
from datalab.storage.signin.tables import SIGN_IN

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_303_014
"""Number of the PostgreSQL advisory lock that lets one process migrate at a time; any number, always the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One database's tables."""

    name: str
    metadata: MetaData
    revision: str
    """The newest migration: what a database must stand at to be opened."""

    @property
    def scripts(self) -> Path:
        """Folder of its migrations."""
        return MIGRATIONS / self.name


CONTROL_SCHEMA = Schema(name="control", metadata=CONTROL, revision="control_0005")
RELEASE_SCHEMA = Schema(name="release", metadata=RELEASE, revision="release_0003")
SIGN_IN_SCHEMA = Schema(name="signin", metadata=SIGN_IN, revision="signin_0002")


def create_schema(engine: Engine, schema: Schema) -> None:
    """Create a database's tables, or bring them up to date, in one transaction.

    Raises:
        SettingsError: if the database holds something else, such as the lab's other database.
    """
    # Alembic is slow to import, and only creating and upgrading a lab needs it.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    create_file(engine)
    config = Config()
    config.set_main_option("script_location", str(schema.scripts).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with write_transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        found = _revision(connection)
        if found is not None and not found.startswith(schema.name):
            raise _other(schema, found)
        steps = EnvironmentContext(
            config,
            script,
            fn=lambda current, _: script._upgrade_revs(schema.revision, current),  # noqa: SLF001 - how Alembic's own command does it
        )
        with steps:
            steps.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
            steps.run_migrations()


def check_schema(engine: Engine, schema: Schema) -> None:
    """Refuse a database that was not created, or stands at another version of the lab; raises SettingsError."""
    if engine.dialect.name == "sqlite" and not sqlite_file(engine).is_file():
        raise _other(schema, None)
    with read_transaction(engine) as connection:
        found = _revision(connection)
    if found != schema.revision:
        raise _other(schema, found)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _other(schema: Schema, found: str | None) -> SettingsError:
    if found is None:
        return SettingsError(
            f"There is no {schema.name} database here.",
            why="The lab was not created, or its address is wrong.",
            remedy="Run `datalab lab create`, or correct the address in lab.toml.",
        )
    return SettingsError(
        f"The {schema.name} database stands at {found}, and this version of the lab needs {schema.revision}.",
        why="It was created by another version, or is another database.",
        remedy="Run `datalab lab upgrade` to bring it up to date, or install the version that it was made by.",
    )
