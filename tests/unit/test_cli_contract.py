"""`datalab contract`: faults and summaries reach the custodian."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from datalab.cli.contract import app
from datalab.errors import ContractError

CONTRACTS = Path(__file__).parents[1] / "contracts"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give tables room, so that no word is broken."""
    monkeypatch.setenv("COLUMNS", "200")


def test_check_shows_what_becomes_of_each_column() -> None:
    """A sound contract gives a row a column, and success."""
    result = CliRunner().invoke(app, ["check", str(CONTRACTS / "tagged_persons.yaml")])

    assert result.exit_code == 0
    for word in ("delius_id", "national_id", "pseudonymise", "4 public", "no fault"):
        assert word in result.output


def test_check_prints_every_fault_of_every_file(tmp_path: Path) -> None:
    """Several files are all checked, faults of each printed with lines, and the exit status is that of a contract."""
    sound = CONTRACTS / "tagged_persons.yaml"
    text = sound.read_text()
    (tmp_path / "one.yaml").write_text(text.replace("v3.2.0", "v1"))
    (tmp_path / "two.yaml").write_text(
        text.replace("value: pseudonymise", "value: keep").replace("name: toy", "name: ID")
    )

    result = CliRunner().invoke(app, ["check", str(tmp_path / "one.yaml"), str(sound), str(tmp_path / "two.yaml")])

    assert result.exit_code == ContractError.exit_code
    assert "one.yaml: 1 fault(s)" in result.output
    assert "two.yaml: 2 fault(s)" in result.output
    assert "line 4: The lab reads contracts of `apiVersion: v3.2.0` only." in result.output
    assert "tagged_persons.yaml: no fault." in result.output


def test_show_tells_the_whole_contract() -> None:
    """The head, the treatments and the view of researchers are shown."""
    result = CliRunner().invoke(app, ["show", str(CONTRACTS / "case_notes.yaml")])

    assert result.exit_code == 0
    for word in ("county_care", "Children Act 2004 s.10", "What researchers see", "7: 0-9, 10-19", "redact"):
        assert word in result.output
