"""The privacy ledger: accounts, reservations and commitments, and the port that stores them.

Rules:
- An account holds what a custodian granted and what was spent of it (`datalab.privacy.accounts.account` names them).
  A question is charged, in rho and in delta, to every account it touches, or to none.
- An account grows by a signed act of a custodian only, and each act counts once.
- Reserve before data is touched, durably (law 2). A reservation is spent from that moment: a crash leaves it spent.
- Commit when the answer is stored, in the same transaction. Nothing is ever given back.
- One reservation an idempotency key: a repeated or resumed request finds its reservation and is not charged again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.privacy.accounts.account import Account
from datalab.privacy.accounts.act import SignedAct
from datalab.privacy.budget import Budget


class ChargeState(StrEnum):
    """Where a charge stands; both states are spent."""

    RESERVED = "reserved"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One question's cost to one account."""

    key: str
    """Idempotency key, the same for all accounts of one question: its request's id."""
    account: str
    amount: Budget
    state: ChargeState
    mechanism: str
    """What the amount was computed from, as `datalab.privacy.accounts.mechanism` writes it."""
    software: str
    """Name and version of the library that stated the cost, such as `opendp 0.16.0`."""
    at: datetime


class Ledger(Protocol):
    """Where budgets are kept; all inside the caller's transaction."""

    def account(self, name: str) -> Account:
        """Return an account; raises NotFoundError."""

    def accounts(self) -> tuple[Account, ...]:
        """Return every account, by name."""

    def charges(self, account: str | None = None) -> tuple[Charge, ...]:
        """Return charges, oldest first."""

    def opened(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which of these accounts there are, in the order given."""

    def acts(self) -> tuple[SignedAct, ...]:
        """Return every act that filled an account, oldest first."""

    def grant(self, signed: SignedAct, *, event: AuditEvent) -> Account:
        """Add what an act gives to its account, opening it if need be, and keep the act.

        Whoever calls has checked the signature. Raises StateError if an act of that serial was used already, or if
        the account cannot hold that much.
        """

    def reserve(self, charges: tuple[Charge, ...], *, event: AuditEvent) -> None:
        """Spend on every account named, or on none.

        Charges of a key that is already reserved change nothing. Raises BudgetError for the first account that does
        not cover its charge, NotFoundError for one that was never granted anything.
        """

    def commit(self, key: str, *, event: AuditEvent) -> None:
        """Mark the reserved charges of a key as committed; raises StateError if there are none."""
