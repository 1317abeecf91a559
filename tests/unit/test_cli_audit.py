"""`datalab audit`: what the command prints and refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import GENESIS
from datalab.cli.audit import app
from datalab.errors import IntegrityError, UserError
from datalab.settings import Settings
from datalab.storage.engine import open_engine, write_transaction
from datalab.wiring import Lab, create_lab

AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab whose control log has 30 entries."""
    lab = create_lab(Settings(home=tmp_path / "lab"))
    for number in range(30):
        details = {"place": number, "[red]": "kept"}
        event = AuditEvent(action=Action.LAB_CREATED, actor="op", subject=f"s{number:02d}", at=AT, details=details)
        with lab.control.begin() as transaction:
            transaction.record(event=event)
    return lab


def call(lab: Lab, *words: str) -> str:
    """Run a command and return what it printed; raise what it raised."""
    runner = CliRunner(env={"COLUMNS": "200"})
    done = runner.invoke(app, [*words, "--lab", str(lab.settings.home)], catch_exceptions=False)
    return done.output


def test_verify_prints_both_heads_and_takes_them_back(lab: Lab) -> None:
    """What was printed is what one keeps, and gives back later."""
    control, release = (line.split()[1] for line in call(lab, "verify").splitlines()[:2])
    assert control.startswith("30:")
    assert release == f"0:{GENESIS}"
    assert call(lab, "verify", "--expect-control", control, "--expect-release", release).count("\n") == 6


@pytest.mark.parametrize(
    ("option", "text", "error"),
    [
        ("--expect-control", f"30:{'0' * 64}", IntegrityError),
        ("--expect-release", f"1:{'0' * 64}", IntegrityError),
        ("--expect-control", "30", UserError),
    ],
)
def test_verify_refuses_a_head_that_is_not_on_the_log(lab: Lab, option: str, text: str, error: type[Exception]) -> None:
    """A kept head that does not fit, or is none, ends the command with an error."""
    with pytest.raises(error):
        call(lab, "verify", option, text)


def test_verify_finds_a_changed_entry(lab: Lab) -> None:
    """A row changed behind the lab's back is named."""
    with write_transaction(open_engine(lab.settings.control_database)) as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET actor = 'mallory' WHERE number = 7")
    with pytest.raises(IntegrityError, match="entry 7"):
        call(lab, "verify")


def test_show_prints_the_last_entries_oldest_first(lab: Lab) -> None:
    """The table ends with the newest entry, and text that looks like markup is printed as it is."""
    shown = call(lab, "show", "--last", "3")
    assert [word for word in shown.split() if word.startswith("s2")] == ["s27", "s28", "s29"]
    assert "[red]=kept" in shown
    assert "2026-11-23 10:15:00" in shown
    assert "s29" not in call(lab, "show", "release")
