"""`datalab --version`."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest

from datalab.cli.main import main


@pytest.mark.parametrize("words", [["--version"], ["--version", "no such command"]])
def test_the_version_is_told(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version of the installed package is printed, whatever is asked beside it, and the command ends well."""
    monkeypatch.setattr(sys, "argv", ["datalab", *words])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"datalab {version('datalab')}\n"


def test_no_version_is_told_where_none_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control: without the option an unknown command is still refused."""
    monkeypatch.setattr(sys, "argv", ["datalab", "no such command"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert version("datalab") not in capsys.readouterr().out
