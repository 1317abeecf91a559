"""One door a library: each third-party package that matters is imported in one place of a package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("datalab", "anonymise", "ingest", "notebooks", "infra")

DOORS = {
    "aiohttp": ("infra/enclave/",),
    "opendp": ("datalab/engine/noise.py",),
    "pyspark": ("datalab/engine/spark/", "anonymise/spark/", "ingest/spark/", "notebooks/session.py"),
    "duckdb": ("datalab/engine/embedded/",),
    "sqlglot": ("datalab/query/sql/",),
    "presidio_analyzer": ("anonymise/prose/recognisers.py",),
    "spacy": tuple(f"anonymise/prose/model/{name}.py" for name in ("package", "reader", "lexemes")),
    "great_expectations": ("ingest/spark/quality.py",),
    "sqlalchemy": ("datalab/storage/", "infra/hub/stored.py"),
    "alembic": ("datalab/storage/",),
    "pyrage": ("ingest/",),
    "cryptography": ("anonymise/keys/keyring.py", "datalab/release/bundle/signing.py", "datalab/signin/", "ingest/"),
}


def imports_of(path: Path) -> set[str]:
    """Return the top-level packages that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(("library", "doors"), DOORS.items())
def test_a_library_enters_by_its_door(library: str, doors: tuple[str, ...]) -> None:
    """No file but its door imports the library."""
    elsewhere = [
        str(path.relative_to(REPOSITORY))
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*.py")
        if library in imports_of(path) and not str(path.relative_to(REPOSITORY)).startswith(doors)
    ]

    assert elsewhere == []


def test_the_environment_is_read_by_doors_only() -> None:
    """`os.environ` is touched where a process starts, and nowhere else."""
    servers = ("datalab/broker/server.py", "datalab/web/server.py", "notebooks/session.py", "notebooks/gate.py")
    allowed = (
        *servers,
        "datalab/cli/options.py",
        "datalab/engine/spark/session.py",
        "ingest/spark/quality.py",
        "infra/",
    )

    readers = [
        str(path.relative_to(REPOSITORY))
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*.py")
        if "os.environ" in path.read_text() or "getenv(" in path.read_text()
    ]

    assert [path for path in readers if not path.startswith(allowed)] == []
