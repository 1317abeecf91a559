"""What every kind of test may use: the third-party extracts, one Spark session, and empty databases.

`control_database` and `release_database` run a test on SQLite and on PostgreSQL; `control_url` and `release_url` are
their addresses, for tests that open them in other processes. A test that needs one kind only asks for
`sqlite_control_url` or `sqlite_release_url`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import pytest
from enclave_evidence import EnclaveEvidence
from evidence import Evidence
from hypothesis import settings
from pyspark.sql import SparkSession
from sqlalchemy import NullPool, create_engine, text

from datalab.control import ControlDatabase
from datalab.release.store import ReleaseDatabase
from datalab.storage.databases import create_control, create_release, open_control, open_release

REPOSITORY = Path(__file__).parents[1]

if not hasattr(sys.modules["__main__"], "__file__"):
    # A process of pytest-xdist has no main file: PySpark takes that for a run of doctests, and ends the process.
    sys.modules["__main__"].__file__ = __file__


settings.register_profile("unhurried", deadline=None)  # how fast an example runs says something of the machine alone
settings.load_profile("unhurried")

QUICK = "-XX:TieredStopAtLevel=1"
"""Java's first compiler alone: tests ask many small questions."""
EVIDENT_RELEASES = 1_000
"""Fewest releases that a share in the evidence rests on."""
EVIDENCE = pytest.StashKey[Evidence]()
LEFT_OUT = pytest.StashKey[set[str]]()
"""Test modules of which a run leaves out some tests."""
ESCAPES = EnclaveEvidence()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that has the measured figures written down."""
    parser.addoption("--evidence", type=Path, help="write what the attacks measured to this file")
    parser.addoption("--evidence-keep", action="store_true", help="and leave in it what was not measured again")
    parser.addoption("--enclave-evidence", type=Path, help="write what became of the escape attempts to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Make room for figures."""
    config.stash[EVIDENCE] = Evidence()
    config.stash[LEFT_OUT] = set()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Remember of which modules some tests do not run."""
    for item in items:
        if isinstance(item, pytest.Function):
            item.config.stash[LEFT_OUT].add(item.module.__name__.split(".")[-1])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what became of an escape attempt."""
    if report.when == "call" or report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        ESCAPES.add(report.nodeid, report.outcome, reason.removeprefix("Skipped: "))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the figures down where every test passed; fail where some chapter got none."""
    file = session.config.getoption("--evidence")
    if file is not None and exitstatus == 0:
        software = f"Python {python_version()}, opendp {version('opendp')}, duckdb {version('duckdb')}"
        evidence = session.config.stash[EVIDENCE]
        if session.config.getoption("--evidence-keep") and file.exists():
            ran = {item.module.__name__.split(".")[-1] for item in session.items if isinstance(item, pytest.Function)}
            some = any("::" in argument for argument in session.config.args)
            evidence.keep(file.read_text(), () if some else ran - session.config.stash[LEFT_OUT])
        try:
            evidence.write(file, f"{software}, pyspark {version('pyspark')}")
        except ValueError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)
    escapes = session.config.getoption("--enclave-evidence")
    if escapes is not None and exitstatus == 0 and not hasattr(session.config, "workerinput"):  # not in each of several
        escapes.write_text(ESCAPES.document())


@pytest.fixture(scope="session")
def releases(pytestconfig: pytest.Config) -> int:
    """How many releases a share rests on: a thousand for the evidence, fewer where the tests alone are run."""
    return EVIDENT_RELEASES if pytestconfig.getoption("--evidence") else 400


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Note a figure for the evidence: what it is of, what was found, what is allowed, whether it is a control."""

    def note(what: str, found: str, allowed: str, *, control: bool = False) -> None:
        request.config.stash[EVIDENCE].add(
            request.module.__name__.split(".")[-1], what, found, allowed, control=control
        )

    return note


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Folder of third-party extracts, or a skip that says it is absent."""
    folder = Path(os.environ.get("DATALAB_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("The third-party extracts are absent; set DATALAB_TEST_DATA to their folder.")
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One small Spark session for the whole run."""
    from datalab.engine.spark.session import open_session  # noqa: PLC0415 - only tests that ask for it pay for Java

    session = open_session(
        "tests", scratch=tmp_path_factory.mktemp("spark"), master="local[2]", memory="1500m", java_options=QUICK
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a throw-away PostgreSQL server on a socket of its own, or a skip that says why there is none."""
    binaries = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    initdb = next((Path(found).resolve() for found in binaries if found), None)
    if initdb is None:
        pytest.skip("The PostgreSQL server binaries are absent; install Debian's package `postgresql`.")
    folder = Path(tempfile.mkdtemp(prefix="datalab-pg-"))  # short: a socket's path has 107 bytes
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    data = folder / "data"
    initialise = [*as_user, str(initdb), "-D", str(data), "-U", "lab", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*initialise, "--no-locale"], check=True, capture_output=True, cwd="/")
    serve = [*as_user, str(initdb.parent / "postgres"), "-D", str(data), "-k", str(folder)]
    for option in ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=150"):
        serve += ["-c", option]
    with (folder / "log").open("w") as log, subprocess.Popen(serve, stdout=log, stderr=log, cwd="/") as server:
        while not (folder / ".s.PGSQL.5432").exists():
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        address = f"postgresql+psycopg://lab@/{{database}}?host={folder}"
        for template, create in (("control", create_control), ("release", create_release)):
            _create_postgres(address, template, create)
        yield address
        server.send_signal(signal.SIGINT)  # a fast shutdown
        server.wait(timeout=60)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A created, empty SQLite file of each kind, to copy: quicker than to migrate for each test."""
    folder = tmp_path_factory.mktemp("empty")
    files = {"control": folder / "control.sqlite", "release": folder / "release.sqlite"}
    create_control(f"sqlite:///{files['control']}")
    create_release(f"sqlite:///{files['release']}")
    return files


@pytest.fixture
def sqlite_control_url(tmp_path: Path, empty_databases: dict[str, Path]) -> str:
    """Address of an empty control database in SQLite."""
    return f"sqlite:///{shutil.copy(empty_databases['control'], tmp_path)}"


@pytest.fixture
def sqlite_release_url(tmp_path: Path, empty_databases: dict[str, Path]) -> str:
    """Address of an empty release database in SQLite."""
    return f"sqlite:///{shutil.copy(empty_databases['release'], tmp_path)}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def control_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty control database, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_control_url")
    else:
        yield from _postgres_copy(request.getfixturevalue("postgres_server"), "control")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def release_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty release database, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_release_url")
    else:
        yield from _postgres_copy(request.getfixturevalue("postgres_server"), "release")


@pytest.fixture
def control_database(control_url: str) -> ControlDatabase:
    """An empty control database, once of each kind."""
    return open_control(control_url)


@pytest.fixture
def release_database(release_url: str) -> ReleaseDatabase:
    """An empty release database, once of each kind."""
    return open_release(release_url)


def _create_postgres(server: str, name: str, create: Callable[[str], None]) -> None:
    admin = create_engine(server.format(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    create(server.format(database=name))


def _postgres_copy(server: str, template: str) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(server.format(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.format(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
