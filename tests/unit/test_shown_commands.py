"""Commands that the portal shows to be copied: complete, by the command line's own account of what it demands."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperOption
from typer.main import get_command

from datalab.cli.main import build
from datalab.web.pages.deliver import register_command, seal_command

DAYS = {"FROM": "2024-01-01", "TO": "2024-12-31"}
"""What a person writes in place of the two days."""
SHOWN = (seal_command("incidents"), register_command("cas"))


def _words(shown: str) -> list[str]:
    """Return its words as a shell would; a line that ends in a backslash goes on (POSIX 2.2.1)."""
    return shlex.split(shown.replace("\\\n", " "))


def _read(shown: str) -> Any:  # a context of click, which typer has its own copy of
    """Read a shown command as the command line would, with every file that it names there."""
    program, group, name, *said = _words(shown)
    assert program == "datalab"
    words = [DAYS.get(word, word) for word in said]
    for word in words:
        if Path(word).suffix in {".csv", ".yaml", ".key", ".pub"}:
            Path(word).touch()
    commands: Any = get_command(build(group))
    return commands.commands[group].commands[name].make_context(name, words)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_shown_command_says_all_that_the_command_line_demands(
    shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read without a fault, and every option that is demanded stands in it by name."""
    monkeypatch.chdir(tmp_path)
    options = [one for one in _read(shown).command.params if one.required and isinstance(one, TyperOption)]
    assert options
    assert all(set(one.opts) & set(_words(shown)) for one in options)


def test_a_command_that_lacks_an_option_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the command without its signing key is refused by the same reading."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match="signing") as refused:
        _read(seal_command("incidents").replace("--signing-key SIGNING.key", ""))
    assert type(refused.value).__name__ == "MissingParameter"


def test_the_shown_command_names_the_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract of the custodian's own dataset, and the days as days."""
    monkeypatch.chdir(tmp_path)
    read = _read(seal_command("incidents")).params
    assert read["contract"] == Path("incidents.yaml")
    assert [f"{read[name]:%Y-%m-%d}" for name in ("first", "last")] == list(DAYS.values())
