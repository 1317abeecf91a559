"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.main import get_command

from datalab.cli.main import build
from datalab.cli.reference import reference

REPOSITORY = Path(__file__).parents[2]
HEAVY = ("pyspark", "presidio_analyzer", "spacy", "great_expectations", "opendp", "pandas", "sqlalchemy")


def test_the_command_reference_is_current() -> None:
    """docs/commands.md says what the commands say."""
    assert (REPOSITORY / "docs" / "commands.md").read_text() == reference()


def test_every_command_says_what_it_does() -> None:
    """Each command has a sentence of help."""
    for group in get_command(build()).commands.values():  # type: ignore[attr-defined]  # a group at run time
        for command in group.commands.values():
            assert command.help, f"{group.name} {command.name} has no help"


def test_the_command_line_starts_without_heavy_libraries() -> None:
    """Listing commands loads no Spark, no Presidio, no database."""
    code = (
        "import sys; from datalab.cli.main import build; build();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    assert loaded == "[]"
