"""The ledger in SQL behaves, whatever is done with it, like a perfect one in memory."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import unsigned
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import verify_log
from datalab.errors import BudgetError, NotFoundError, StateError
from datalab.privacy.accounts.account import Account
from datalab.privacy.accounts.act import SignedAct
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.storage.databases import create_release, open_release

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNTS = ("dataset/police", "dataset/school", "project/one/police")
STRANGER = "project/two/police"
"""An account that is not granted anything at first."""
SMALL = st.builds(Budget, st.integers(0, 40), st.integers(0, 40) | st.just(0))
"""A cost or a grant, often without an approximate part."""
MOST = 10**18
"""What an account can just hold, of rho and of delta."""
HUGE = st.sampled_from(
    [
        Budget(rho, delta)
        for many in (MOST, MOST + 1, 2**63, 2**70)
        for rho, delta in ((many, 0), (1, many), (many, many))
    ]
)
"""What an account can just hold, and what no 64-bit column can, in either part."""
KEYS = st.sampled_from([f"request-{number}" for number in range(8)])


@functools.cache
def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="datalab-ledger-"))
    atexit.register(shutil.rmtree, folder)
    path = folder / "empty.sqlite"
    create_release(f"sqlite:///{path}")
    return path


class _UndoneError(Exception):
    """Stands for whatever ends a transaction before its commit."""


class LedgerMachine(RuleBasedStateMachine):
    """Grants, reservations, repetitions, commits and crashes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="datalab-ledger-"))
        self.database = open_release(f"sqlite:///{shutil.copy(_empty(), self.folder)}")
        self.granted: dict[str, Budget] = {}
        self.charged: dict[str, dict[str, Budget]] = {}
        self.acts: list[SignedAct] = []
        self.committed: set[str] = set()
        self.events = 0

    def teardown(self) -> None:
        """Remove this run's database."""
        shutil.rmtree(self.folder)

    @initialize(amounts=st.tuples(*[st.builds(Budget, st.integers(10, 100), st.integers(10, 100))] * len(ACCOUNTS)))
    def open_accounts(self, amounts: tuple[Budget, ...]) -> None:
        """Start with accounts that a few questions use up."""
        for account, amount in zip(ACCOUNTS, amounts, strict=True):
            self.grant(account, amount)

    @rule(account=st.sampled_from((*ACCOUNTS, STRANGER)), amount=HUGE)
    def grant_much(self, account: str, amount: Budget) -> None:
        """Somebody adds what an account can just hold, or cannot."""
        self.grant(account, amount)

    @rule(account=st.sampled_from(ACCOUNTS), amount=SMALL)
    def grant(self, account: str, amount: Budget) -> None:
        """A custodian adds to an account, within what one account holds."""
        total = self.granted.get(account, Budget(0)) + amount
        fits = Budget(MOST, MOST).covers(total)
        signed = unsigned(account, amount, serial=f"{len(self.acts):032x}")
        try:
            with self.database.begin() as transaction:
                after = transaction.ledger.grant(signed, event=_event(Action.BUDGET_GRANTED))
        except StateError:
            assert not fits
            return
        assert fits
        self.granted[account] = total
        self.acts.append(signed)
        self.events += 1
        assert after == self.account(account)

    @precondition(lambda self: self.acts)
    @rule(data=st.data(), account=st.sampled_from((*ACCOUNTS, STRANGER)), amount=SMALL)
    def replay(self, data: st.DataObject, account: str, amount: Budget) -> None:
        """An act that was used gives nothing again, whatever else bears its serial."""
        used = data.draw(st.sampled_from(self.acts))
        for signed in (used, unsigned(account, amount, serial=used.act.serial)):
            with pytest.raises(StateError, match="used already"), self.database.begin() as transaction:
                transaction.ledger.grant(signed, event=_event(Action.BUDGET_GRANTED))

    @rule(key=KEYS, account=st.sampled_from((*ACCOUNTS, STRANGER)), amount=HUGE)
    def reserve_much(self, key: str, account: str, amount: Budget) -> None:
        """A question costs what no account covers, and no 64-bit column holds."""
        self.reserve(key, {ACCOUNTS[0]: Budget(1)} | {account: amount})

    @rule(key=KEYS, wishes=st.dictionaries(st.sampled_from(ACCOUNTS), SMALL, min_size=1))
    def reserve(self, key: str, wishes: dict[str, Budget]) -> None:
        """A question is charged to every account it names, or to none; the error is caught inside the transaction."""
        expected, caught = self.refusal(key, wishes), None
        with self.database.begin() as transaction:
            try:
                transaction.ledger.reserve(_charges(key, wishes), event=_event(Action.BUDGET_RESERVED))
            except (BudgetError, NotFoundError, StateError) as error:
                caught = type(error)
        assert caught is expected
        if caught is None and key not in self.charged:
            self.charged[key] = wishes
            self.events += 1

    @rule(key=KEYS, wishes=st.dictionaries(st.sampled_from(ACCOUNTS), SMALL, min_size=1))
    def crash(self, key: str, wishes: dict[str, Budget]) -> None:
        """A transaction that dies before its commit has charged nothing."""
        with suppress(_UndoneError, BudgetError, NotFoundError, StateError), self.database.begin() as transaction:
            transaction.ledger.reserve(_charges(key, wishes), event=_event(Action.BUDGET_RESERVED))
            raise _UndoneError

    @precondition(lambda self: self.charged)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        """The same reservation again, as by a process that died and came back, costs nothing."""
        key = data.draw(st.sampled_from(sorted(self.charged)))
        with self.database.begin() as transaction:
            transaction.ledger.reserve(_charges(key, self.charged[key]), event=_event(Action.BUDGET_RESERVED))

    @rule(key=KEYS)
    def commit(self, key: str) -> None:
        """An answer was stored: its charges are committed, once."""
        open_charges = key in self.charged and key not in self.committed
        try:
            with self.database.begin() as transaction:
                transaction.ledger.commit(key, event=_event(Action.BUDGET_COMMITTED))
        except StateError:
            assert not open_charges
            return
        assert open_charges
        self.committed.add(key)
        self.events += 1

    @invariant()
    def agrees(self) -> None:
        """Accounts, charges and the audit log are those of the model, and nothing is overspent."""
        with self.database.read() as transaction:
            accounts = transaction.ledger.accounts()
            charges = transaction.ledger.charges()
            assert transaction.ledger.acts() == tuple(self.acts)
            assert verify_log(transaction.audit).size == self.events
        assert accounts == tuple(self.account(name) for name in sorted(self.granted))
        assert all(account.granted.covers(account.spent) for account in accounts)
        assert {(charge.key, charge.account, charge.amount, charge.state) for charge in charges} == {
            (key, account, amount, ChargeState.COMMITTED if key in self.committed else ChargeState.RESERVED)
            for key, wishes in self.charged.items()
            for account, amount in wishes.items()
        }

    def account(self, name: str) -> Account:
        """Return an account as the model has it."""
        spent = sum((wishes.get(name, Budget(0)) for wishes in self.charged.values()), Budget(0))
        return Account(name=name, granted=self.granted[name], spent=spent)

    def refusal(self, key: str, wishes: dict[str, Budget]) -> type[Exception] | None:
        """Say how the model answers a reservation: None, or the error for the first account in order."""
        if key in self.charged:
            return None if self.charged[key] == wishes else StateError
        for name in sorted(wishes):
            if name not in self.granted:
                return NotFoundError
            left, wish = self.account(name).remaining, wishes[name]
            if left.nano_rho < wish.nano_rho or left.atto_delta < wish.atto_delta:
                return BudgetError
        return None


def _charges(key: str, wishes: dict[str, Budget]) -> tuple[Charge, ...]:
    return tuple(
        Charge(
            key=key,
            account=account,
            amount=amount,
            state=ChargeState.RESERVED,
            mechanism="gaussian",
            software="opendp",
            at=NOW,
        )
        for account, amount in wishes.items()
    )


def _event(action: Action) -> AuditEvent:
    return AuditEvent(action=action, actor="tester", subject="ledger", at=NOW)


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
