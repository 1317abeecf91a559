"""`datalab audit`: what the command prints and refuses."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_lab import NOW, build, question
from forgery import age
from typer.testing import CliRunner, Result

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import GENESIS
from datalab.cli.audit import app
from datalab.errors import IntegrityError, SettingsError, UserError
from datalab.release.request import RequestState
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
    assert call(lab, "verify", "--expect-control", control, "--expect-release", release).count("\n") == 8


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


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """The home of a lab that released one answer and has another wait."""
    made = build(tmp_path / "made")
    request = made.desk.submit(question(10), project="safer", author="ann")
    made.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Fine.")
    made.desk.publish(request.id)
    made.desk.submit(question(20), project="safer", author="ann")
    settings = Settings(home=tmp_path / "lab")
    for name in ("control", "release"):
        (settings.home / name).mkdir(parents=True)
        shutil.copy(made.folder / f"{name}.sqlite", settings.home / name)
    shutil.copytree(made.folder / "public", settings.public_keys)
    shutil.copytree(made.folder / "outbox", settings.outbox)
    (settings.home / "lab.toml").touch()
    return settings.home


def test_verify_says_how_many_requests_and_bundles_hold(released: Path) -> None:
    """Requests and bundles are counted, those from before attestations apart; a key of one's own is taken."""
    said = audit(released).output
    assert "requests: 2, each as the release log tells.\n" in said
    assert "bundles: 1 in the outbox, each as it was published; 0 no longer there.\n" in said
    assert "not attested" not in said
    key = released.parent / "trusted.pub"
    shutil.move(Settings(home=released).public_keys / "release.pub", key)
    assert audit(released, "--key", str(key)).output == said
    assert isinstance(audit(released).exception, SettingsError)

    age(Settings(home=released).release_database)
    assert f"not attested, made before {NOW:%Y-%m-%d}: 2." in audit(released, "--key", str(key)).output


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE release_request SET author = 'ben' WHERE number = 2", ": its author"),
        ("UPDATE release_request SET answer = replace(answer, '0.95', '0.9') WHERE number = 1", ": its answer"),
    ],
)
def test_verify_names_a_forged_request_and_what_to_do(released: Path, statement: str, told: str) -> None:
    """The status is not zero, and the error says which request, what differs and what comes next."""
    with write_transaction(open_engine(Settings(home=released).release_database)) as connection:
        connection.exec_driver_sql(statement)
    done = audit(released)
    assert isinstance(done.exception, IntegrityError)
    assert done.exception.exit_code == 11
    assert told in done.exception.what
    assert "compare it with a backup" in done.exception.remedy


def audit(home: Path, *words: str) -> Result:
    """Run `datalab audit verify` on a home."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["verify", *words, "--lab", str(home)])
