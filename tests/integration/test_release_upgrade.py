"""A release database from before budgets had an approximate part, and before acts were signed, brought up to date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import unsigned
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError as Refused
from typer.testing import CliRunner

from datalab.audit.event import Action, AuditEvent
from datalab.cli import audit, budget, lab
from datalab.errors import IntegrityError, RecomputeError, SettingsError
from datalab.privacy.accounts.account import Account
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import ChargeState
from datalab.privacy.reconcile import reconcile
from datalab.settings import Settings
from datalab.storage.audit import SqlAuditLog
from datalab.storage.databases import create_release, open_release
from datalab.storage.engine import open_engine, write_transaction
from datalab.storage.release.tables import RELEASE_AUDIT
from datalab.storage.schema import RELEASE_SCHEMA, create_schema
from datalab.wiring import create_lab

AT = datetime(2026, 11, 23, tzinfo=UTC)
RHO = 7_812_500
"""What the mechanism below costs, in nano-rho."""
LINE = "rows: discrete Gaussian, L2 sensitivity squared 4, scale 16.0"
OLD_CHARGE = (
    "INSERT INTO charge (key, account, amount, state, mechanism, software, at)"
    " VALUES ('r1', :name, :charged, 'committed', :mechanism, 'opendp 0.15.0', '2026-11-23 00:00:00')"
)
ACCOUNTS = ("dataset/police", "project/one/police")


def grow_old(address: str, *, mechanism: str = LINE, charged: int = RHO) -> None:
    """Make a release database as the first version made it, with two accounts and a question that both paid."""
    engine = open_engine(address)
    with engine.begin() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {table} {'CASCADE' if engine.name == 'postgresql' else ''}"))
    create_schema(engine, replace(RELEASE_SCHEMA, revision="release_0001"))
    with write_transaction(engine) as connection:
        log = SqlAuditLog(connection, RELEASE_AUDIT)
        for name in ACCOUNTS:
            stated = {"name": name, "charged": charged, "mechanism": mechanism}
            connection.execute(text("INSERT INTO account VALUES (:name, 2000000000, :charged)"), stated)
            connection.execute(text(OLD_CHARGE), stated)
            log.append(event(Action.BUDGET_GRANTED, name, nano_rho=2 * 10**9))
        log.append(event(Action.BUDGET_RESERVED, "r1", nano_rho=charged, accounts=" ".join(ACCOUNTS)))
        log.append(event(Action.BUDGET_COMMITTED, "r1"))


def event(action: Action, subject: str, **details: str | int) -> AuditEvent:
    """Return an event as earlier versions wrote them."""
    return AuditEvent(action=action, actor="cas", subject=subject, at=AT, details=details)


def test_what_was_on_record_stays_and_has_no_delta(release_url: str) -> None:
    """Accounts and charges keep their amounts and their order, with a delta of 0, and the ledger goes on from there."""
    grow_old(release_url)
    with pytest.raises(SettingsError, match="datalab lab upgrade"):
        open_release(release_url)
    create_release(release_url)

    with open_release(release_url).begin() as tx:
        granted, spent = Budget(2 * 10**9), Budget(RHO)
        assert tx.ledger.accounts() == tuple(Account(name=n, granted=granted, spent=spent) for n in ACCOUNTS)
        assert [(one.account, one.amount, one.state) for one in tx.ledger.charges()] == [
            (name, spent, ChargeState.COMMITTED) for name in ACCOUNTS
        ]
        more = unsigned(ACCOUNTS[0], Budget(1, 5))
        assert tx.ledger.grant(more, event=event(Action.BUDGET_GRANTED, "x")).remaining == Budget(
            2 * 10**9 + 1 - RHO, 5
        )
    with pytest.raises(Refused), write_transaction(open_engine(release_url)) as connection:  # charges still refer to it
        connection.execute(text("DELETE FROM account WHERE name = :name"), {"name": ACCOUNTS[1]})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A lab whose release database is an old one."""
    return old_home(tmp_path)


def old_home(tmp_path: Path, *, mechanism: str = LINE, charged: int = RHO) -> Path:
    """Make a lab, let its release database be an old one, and move it: an open lab is remembered by its folder."""
    made = create_lab(Settings(home=tmp_path / "made")).settings
    grow_old(made.release_database, mechanism=mechanism, charged=charged)
    return made.home.rename(tmp_path / "lab")


def call(home: Path, *words: str) -> str:
    """Run a command and return what it printed; raise what it raised."""
    app = {"lab": lab, "audit": audit, "budget": budget}[words[0]].app
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words[1:], "--lab", str(home)], catch_exceptions=False)
    return done.output


def test_an_upgrade_computes_charges_again_and_keeps_old_grants_apart(home: Path) -> None:
    """The old grants pass the audit as what they are; whatever is granted later without an act does not."""
    with pytest.raises(SettingsError, match="datalab lab upgrade"):
        call(home, "audit", "verify")
    said = call(home, "lab", "upgrade")
    assert "computed again with opendp" in said
    assert "2 same" in said
    verified = call(home, "audit", "verify")
    assert "budget acts: 0," in verified
    assert "grants without an act, from before acts were signed: 2." in verified

    with open_release(Settings(home=home).release_database).begin() as tx:
        tx.record(event=event(Action.BUDGET_GRANTED, ACCOUNTS[0], nano_rho=5))
    with write_transaction(open_engine(Settings(home=home).release_database)) as connection:
        connection.execute(text("UPDATE account SET granted = granted + 5 WHERE name LIKE 'dataset/%'"))
    with pytest.raises(IntegrityError, match="no signed act"):
        call(home, "audit", "verify")


def tell(address: str, story: str) -> int:
    """Write grants, acts and upgrades to a log, in the order told, and the account that they add up to.

    Returns:
        What the reconciliation returns.
    """
    database = open_release(address)
    for deed in story.split():
        signed = unsigned(ACCOUNTS[0], Budget(1))
        granted = event(Action.BUDGET_GRANTED, ACCOUNTS[0], nano_rho=1)
        with database.begin() as tx:
            match deed:
                case "act":
                    details = {**granted.details, "act": signed.digest}
                    tx.ledger.grant(signed, event=replace(granted, details=details))
                case "grant":
                    tx.record(event=granted)
                case _:
                    tx.record(event=event(Action.LAB_UPGRADED, "lab"))
    stated = {"name": ACCOUNTS[0], "granted": len(story.replace("upgrade", "").split())}
    with write_transaction(open_engine(address)) as connection:
        connection.execute(text("INSERT INTO account VALUES (:name, 0, 0, 0, 0) ON CONFLICT DO NOTHING"), stated)
        connection.execute(text("UPDATE account SET granted = :granted"), stated)
    with database.read() as tx:
        return reconcile(tx.ledger, tx.audit.entries())


@pytest.mark.parametrize("story", ["grant upgrade", "grant upgrade act", "grant upgrade upgrade act upgrade"])
def test_an_old_grant_passes(sqlite_release_url: str, story: str) -> None:
    """A grant without an act passes before an upgrade and before every signed act."""
    assert tell(sqlite_release_url, story) == 1


@pytest.mark.parametrize(
    "story",
    [
        "grant",
        "upgrade grant",
        "act grant",
        "act grant upgrade",
        "grant upgrade act grant upgrade",
        "grant act upgrade",
    ],
)
def test_a_grant_that_only_looks_old_is_refused(sqlite_release_url: str, story: str) -> None:
    """However a log is lengthened, a grant without an act after a signed one, or without an upgrade, does not pass."""
    with pytest.raises(IntegrityError, match="no signed act"):
        tell(sqlite_release_url, story)


@pytest.mark.parametrize(
    ("mechanism", "charged", "told"),
    [(LINE, RHO - 1, "rho 0.0078125"), ("rows: what a later version writes", RHO, "unreadable")],
)
def test_a_charge_that_does_not_hold_is_told_at_every_upgrade(
    tmp_path: Path, mechanism: str, charged: int, told: str
) -> None:
    """A charge below what the library states now, or that cannot be computed, is listed, and the status says so."""
    home = old_home(tmp_path, mechanism=mechanism, charged=charged)
    for words in (("lab", "upgrade"), ("budget", "recompute")):
        app = {"lab": lab, "budget": budget}[words[0]].app
        done = CliRunner(env={"COLUMNS": "200"}).invoke(app, [words[1], "--lab", str(home)])
        assert isinstance(done.exception, RecomputeError)
        assert done.exception.exit_code == 14
        for part in ("r1", *ACCOUNTS, told, "opendp 0.15.0"):
            assert part in done.output
    assert "grants without an act" in call(home, "audit", "verify")


def test_only_a_lab_is_upgraded(tmp_path: Path) -> None:
    """A folder without a lab stays as it is."""
    with pytest.raises(SettingsError, match="no lab"):
        call(tmp_path, "lab", "upgrade")
    assert list(tmp_path.iterdir()) == []
