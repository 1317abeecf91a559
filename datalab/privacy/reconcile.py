"""Whether the ledger is what the audit log says became of every budget.

The chain shows when the log was changed; nothing in it shows that an account was. So both are added up and compared:
an account whose spending was set back behind the lab's back would otherwise be spent twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import Entry
from datalab.errors import IntegrityError
from datalab.privacy.ledger import Account, Charge, ChargeState, Ledger

NANO_RHO = "nano_rho"
"""Detail of an event: the amount granted to its subject, or charged to each of its accounts."""
ACCOUNTS = "accounts"
"""Detail of a reservation: the accounts it is charged to, parted by spaces."""


@dataclass(slots=True)
class _Told:
    """What the audit log tells of budgets."""

    granted: Counter[str] = field(default_factory=Counter)
    charged: dict[tuple[str, str], int] = field(default_factory=dict)
    committed: set[str] = field(default_factory=set)


def reconcile(ledger: Ledger, entries: Iterable[Entry]) -> None:
    """Compare accounts and charges with the audit log that was written beside them.

    Args:
        ledger: the accounts and charges, in one transaction with the log.
        entries: the whole audit log of the release database, its chain checked already.

    Raises:
        IntegrityError: at the first account or charge that the log does not tell of, or tells otherwise.
    """
    told = _told(entry.event for entry in entries)
    charges, accounts = ledger.charges(), ledger.accounts()
    if {(one.key, one.account): one.amount.nano_rho for one in charges} != told.charged:
        raise _broken("The charges of the privacy ledger")
    if {one.key for one in charges if one.state is ChargeState.COMMITTED} != told.committed:
        raise _broken("Which charges are committed")
    _same_accounts(accounts, charges, told.granted)


def _told(events: Iterable[AuditEvent]) -> _Told:
    told = _Told()
    for event in events:
        match event.action:
            case Action.BUDGET_GRANTED | Action.BUDGET_ALLOCATED:
                told.granted[event.subject] += int(event.details[NANO_RHO])
            case Action.BUDGET_RESERVED:
                for account in str(event.details[ACCOUNTS]).split():
                    told.charged[event.subject, account] = int(event.details[NANO_RHO])
            case Action.BUDGET_COMMITTED:
                told.committed.add(event.subject)
            case _:
                pass
    return told


def _same_accounts(accounts: Iterable[Account], charges: Iterable[Charge], granted: Mapping[str, int]) -> None:
    spent: Counter[str] = Counter()
    for charge in charges:
        spent[charge.account] += charge.amount.nano_rho
    stored = {one.name: (one.granted.nano_rho, one.spent.nano_rho) for one in accounts}
    for name in sorted({*stored, *granted}):
        if stored.get(name) != (granted.get(name, 0), spent[name]):
            raise _broken(f"The account {name}")


def _broken(what: str) -> IntegrityError:
    return IntegrityError(
        f"{what} is not what the audit log tells.",
        why="Something else than the lab changed the ledger, or its log.",
        remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
    )
