"""Law 2: whoever spends at once, and whoever is killed while spending, no budget is overspent or freed."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from acts import unsigned

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify_log
from datalab.privacy.budget import Budget
from datalab.storage.databases import open_release

SPENDER = Path(__file__).parent / "workers" / "spender.py"
ACCOUNTS = ("dataset/police", "project/one/police")
AMOUNT = 10
AFFORDABLE = 45
"""Questions that the smaller account covers."""
PROCESSES, THREADS, TRIES = 4, 25, 1
"""100 spenders, a question each."""


PLENTY = AFFORDABLE * AMOUNT * 3
SCARCE = AFFORDABLE * AMOUNT + AMOUNT - 1
GRANTS = {
    "rho": (Budget(PLENTY, PLENTY), Budget(SCARCE, PLENTY)),
    "delta": (Budget(PLENTY, PLENTY), Budget(PLENTY, SCARCE)),
    "one of each": (Budget(PLENTY, SCARCE), Budget(SCARCE, PLENTY)),
}
"""What runs out, and what the two accounts are granted so that it does."""


def grant(address: str, what: str) -> None:
    """Grant so that a certain part decides."""
    event = AuditEvent(action=Action.BUDGET_GRANTED, actor="custodian", subject="x", at=datetime.now(UTC))
    with open_release(address).begin() as transaction:
        for account, amount in zip(ACCOUNTS, GRANTS[what], strict=True):
            transaction.ledger.grant(unsigned(account, amount), event=event)


def start(stack: ExitStack, address: str, name: str, *, threads: int, tries: int, way: str) -> subprocess.Popen[str]:
    """Start one process of spenders and wait until all its threads are at the line."""
    command = [sys.executable, str(SPENDER), address, name, str(threads), str(tries), way]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    stack.enter_context(process)
    stack.callback(process.kill)
    return process


def go(processes: list[subprocess.Popen[str]]) -> None:
    """Let every spender of every process start at once."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def race(address: str, way: str, what: str) -> list[str]:
    """Let 100 spenders race; return the keys of the charges that they were granted."""
    grant(address, what)
    with ExitStack() as stack:
        processes = [
            start(stack, address, f"p{number}", threads=THREADS, tries=TRIES, way=way) for number in range(PROCESSES)
        ]
        go(processes)
        said: list[dict[str, Any]] = []
        for process in processes:
            out, _ = process.communicate(timeout=300)
            assert process.returncode == 0
            said += [json.loads(line) for line in out.splitlines()]
    assert len(said) == PROCESSES * THREADS * TRIES
    return [one["key"] for one in said if one["accepted"]]


@pytest.mark.parametrize("what", GRANTS)
def test_a_hundred_spenders_never_overspend(release_url: str, what: str) -> None:
    """Exactly the affordable questions are granted; every charge is whole, on record, and in the audit log once."""
    granted = race(release_url, "ledger", what)
    assert len(granted) == AFFORDABLE
    with open_release(release_url).read() as transaction:
        for account in transaction.ledger.accounts():
            assert account.spent == Budget(AFFORDABLE * AMOUNT, AFFORDABLE * AMOUNT)
            assert {charge.key for charge in transaction.ledger.charges(account.name)} == set(granted)
        verify_log(transaction.audit)
        subjects = [entry.event.subject for entry in transaction.audit.entries(after=2)]
        assert sorted(subjects) == sorted(granted)


@pytest.mark.parametrize("what", ["rho", "delta"])
def test_a_naive_ledger_does_overspend(release_url: str, what: str) -> None:
    """The control: in the same race, look-then-leap grants more than there is, so the race above is a real one."""
    granted = race(release_url, "naive", what)
    assert len(granted) > AFFORDABLE
    with open_release(release_url).read() as transaction:
        charged = sum((charge.amount for charge in transaction.ledger.charges(ACCOUNTS[1])), Budget(0))
        assert not transaction.ledger.account(ACCOUNTS[1]).granted.covers(charged)


@pytest.mark.parametrize("seed", range(2))
def test_killed_spenders_leave_budget_spent_never_free(release_url: str, seed: int) -> None:
    """Whatever a spender was told it had is still charged after kill -9, and both accounts tell the same story."""
    grant(release_url, "delta" if seed else "rho")
    randomness = random.Random(seed)
    with ExitStack() as stack:
        processes = [start(stack, release_url, f"p{number}", threads=4, tries=12, way="ledger") for number in range(2)]
        go(processes)
        victim = processes[0]
        assert victim.stdout is not None
        told = [json.loads(victim.stdout.readline()) for _ in range(randomness.randint(1, 8))]
        time.sleep(randomness.uniform(0, 0.02))
        victim.send_signal(signal.SIGKILL)
        told += [json.loads(line) for line in victim.stdout.read().splitlines() if line.endswith("}")]
        assert victim.wait() == -signal.SIGKILL
        assert {one["pid"] for one in told} == {victim.pid}  # it was this very process that was spending
        out, _ = processes[1].communicate(timeout=300)
        told += [json.loads(line) for line in out.splitlines()]
    with open_release(release_url).read() as transaction:
        accounts = transaction.ledger.accounts()
        charges = {name: {charge.key for charge in transaction.ledger.charges(name)} for name in ACCOUNTS}
        verify_log(transaction.audit)
    assert {one["key"] for one in told if one["accepted"]} <= charges[ACCOUNTS[0]] == charges[ACCOUNTS[1]]
    assert [account.spent for account in accounts] == [Budget(AFFORDABLE * AMOUNT, AFFORDABLE * AMOUNT)] * 2
    assert len(charges[ACCOUNTS[0]]) == AFFORDABLE
