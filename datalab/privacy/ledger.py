"""The privacy ledger: accounts, reservations and commitments, and the port that stores them.

Rules:
- An account holds what a custodian granted and what was spent of it: one for each dataset (all projects together),
  one for each allocation of a dataset to a project. A question is charged to every account it touches, or to none.
- Reserve before data is touched, durably (law 2). A reservation is spent from that moment: a crash leaves it spent.
- Commit when the answer is stored, in the same transaction. Nothing is ever given back.
- One reservation an idempotency key: a repeated or resumed request finds its reservation and is not charged again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.privacy.budget import Budget


def dataset_account(dataset: str) -> str:
    """Name the account of a dataset, all projects together."""
    return f"dataset/{dataset}"


def allocation_account(project: str, dataset: str) -> str:
    """Name the account of a project's share of a dataset."""
    return f"project/{project}/{dataset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What was granted and what of it is spent."""

    name: str
    granted: Budget
    spent: Budget

    @property
    def remaining(self) -> Budget:
        """What can still be reserved."""
        return self.granted - self.spent


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
    """What the amount was computed from (mechanism, sensitivity, scale), so that it can be recomputed at upgrades."""
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

    def grant(self, account: str, amount: Budget, *, event: AuditEvent) -> Account:
        """Add to what an account was granted, opening it if need be."""

    def reserve(self, charges: tuple[Charge, ...], *, event: AuditEvent) -> None:
        """Spend on every account named, or on none.

        Charges of a key that is already reserved change nothing. Raises BudgetError for the first account that does
        not cover its charge, NotFoundError for one that was never granted anything.
        """

    def commit(self, key: str, *, event: AuditEvent) -> None:
        """Mark the reserved charges of a key as committed; raises StateError if there are none."""
