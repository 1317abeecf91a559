"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from datalab.cli.main import GROUPS, build
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


def test_a_command_loads_its_own_group_alone() -> None:
    """`datalab person` waits for no other group, and has all of its own commands."""
    code = "import sys; from datalab.cli.main import build; build({!r}); print('datalab.cli.request' in sys.modules)"

    loaded = {
        asked: subprocess.run(
            [sys.executable, "-c", code.format(asked)], capture_output=True, text=True, check=True
        ).stdout.strip()
        for asked in ("person", "")
    }

    assert loaded == {"person": "False", "": "True"}


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_alone_has_the_same_commands(name: str) -> None:
    """What the core and the plugins add to a group is there when only that group is loaded."""
    whole, alone = (get_command(build(asked)).commands[name] for asked in ("", name))  # type: ignore[attr-defined]

    assert sorted(alone.commands) == sorted(whole.commands)
    assert alone.help == whole.help
