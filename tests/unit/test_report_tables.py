"""What the command line's report says of redaction says no more than is known."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from ingest.commands.tables import show_report

CANARIES = {"planted": 100, "missed": 4, "share": 0.04, "low": 0.0157, "high": 0.0984, "kinds": {}}
READ = {
    "name": "notes", "texts": 50, "of": 397, "identifiers": 150, "missed": 3, "share": 0.02, "low": 0.007,
    "high": 0.069, "doubtful": {"texts": 0, "identifiers": 0, "missed": 0, "wrong": 0}, "kinds": {},
}  # fmt: skip


def report(*read: dict[str, Any]) -> dict[str, Any]:
    """Return a report of one redacted column, with what custodians read."""
    column = {"name": "notes", "role": "free_text", "treatment": "redact", "done": {}, "canaries": CANARIES}
    treated = {"columns": [column], "rows_without_unit": 0}
    return {"verdict": "accepted", "de_identification": treated, "review": {"columns": list(read)}}


def said(shown: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is printed of a report."""
    show_report(shown, Console(width=400))
    return capsys.readouterr().out


def test_a_column_that_nobody_read_is_said_to_be_read_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """A planted identifier tells of planted ones; the command that reads the others is named."""
    printed = said(report(), capsys)

    assert "notes: of 100 identifiers planted in copies of its texts 4 were missed: 4.0% (1.6% to 9.8%)." in printed
    assert "how redaction does on what is planted" in printed
    assert "notes: not read by anybody" in printed
    assert "datalab extract review" in printed


def test_a_sample_that_was_read_is_shown_instead(capsys: pytest.CaptureFixture[str]) -> None:
    """Where a custodian read texts, what they found stands in the report, and nobody is told to read; none is none."""
    read, empty = said(report(READ), capsys), said(report(READ | {"texts": 0}), capsys)

    assert "not read by anybody" not in read
    assert "50 texts drawn from 397" in read
    assert "not read by anybody" in empty
