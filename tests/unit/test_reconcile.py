"""The ledger against its audit log: the same, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_lab import DeskLab, build, public_question, question

from datalab.errors import IntegrityError
from datalab.privacy.reconcile import reconcile
from datalab.storage.engine import open_engine, write_transaction


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A lab that answered three questions, one of them free and one twice."""
    lab = build(tmp_path / "lab")
    for asked in (question(1), question(2), question(1), public_question()):
        lab.desk.submit(asked, project="safer", author="ann")
    return lab


def check(lab: DeskLab) -> None:
    """Compare the lab's ledger with its log."""
    with lab.release.read() as tx:
        reconcile(tx.ledger, tx.audit.entries())


def test_a_ledger_that_only_the_lab_wrote_holds(lab: DeskLab) -> None:
    """Grants, charges and commitments add up to what the log tells."""
    check(lab)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE account SET spent = 0",
        "UPDATE account SET granted = granted + 1 WHERE name LIKE 'dataset/%'",
        "UPDATE account SET granted_delta = granted_delta + 1 WHERE name LIKE 'dataset/%'",
        "UPDATE charge SET amount = amount - 1",
        "UPDATE charge SET amount_delta = amount_delta + 1",
        "UPDATE charge SET amount_delta = 1; UPDATE account SET granted_delta = 9; UPDATE account SET spent_delta = 2",
        "DELETE FROM budget_act",
        "DELETE FROM budget_act WHERE account LIKE 'project/%'",
        'UPDATE budget_act SET document = replace(document, \'"rho":"1"\', \'"rho":"2"\')',
        'UPDATE budget_act SET document = replace(document, \'"agency":"police"\', \'"agency":"school"\')',
        "UPDATE budget_act SET document = '{}'",
        "UPDATE budget_act SET account = 'dataset/incidents'",
        "UPDATE charge SET state = 'reserved'",
        "DELETE FROM charge WHERE account LIKE 'project/%'",
        "DELETE FROM charge",
        "INSERT INTO account VALUES ('dataset/unheard_of', 5, 0, 0, 0)",
        "UPDATE account SET spent = 0; DELETE FROM charge",
    ],
)
def test_a_ledger_changed_behind_the_labs_back_is_found(lab: DeskLab, change: str) -> None:
    """An account set back, a charge removed or made smaller, a budget from nowhere: each is refused."""
    with write_transaction(open_engine(f"sqlite:///{lab.folder / 'release.sqlite'}")) as connection:
        for statement in change.split(";"):
            connection.exec_driver_sql(statement)
    with pytest.raises(IntegrityError):
        check(lab)
