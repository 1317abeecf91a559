"""Whether the ledger is what the audit log says became of every budget.

The chain shows when the log was changed; nothing in it shows that an account was. So both are added up and compared:
an account whose spending was set back behind the lab's back would otherwise be spent twice. Whether the acts on record
were signed by whom they name is checked by `datalab.release.signed_act`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import Entry
from datalab.errors import IntegrityError
from datalab.privacy.accounts.account import Account
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState, Ledger

NANO_RHO = "nano_rho"
"""Detail of an event: the rho granted to its subject, or charged to each of its accounts."""
ATTO_DELTA = "atto_delta"
"""Detail of an event: the approximate part that goes with it; absent in logs from before there was one."""
ACCOUNTS = "accounts"
"""Detail of a reservation: the accounts it is charged to, parted by spaces."""
ACT = "act"
"""Detail of a grant: hex SHA-256 of the act that gave it; absent in logs from before acts were signed."""


@dataclass(slots=True)
class _Told:
    """What the audit log tells of budgets."""

    granted: defaultdict[str, Budget] = field(default_factory=lambda: defaultdict(lambda: Budget(0)))
    acts: list[tuple[str, str, Budget]] = field(default_factory=list)
    """Digest, account and amount of every signed grant, in order."""
    unsigned: int = 0
    """Grants without an act since the lab was brought up to date, or since it was founded."""
    before_acts: int = 0
    """Grants from before acts were signed."""
    charged: dict[tuple[str, str], Budget] = field(default_factory=dict)
    committed: set[str] = field(default_factory=set)


def reconcile(ledger: Ledger, entries: Iterable[Entry]) -> int:
    """Compare accounts, acts and charges with the audit log that was written beside them.

    Args:
        ledger: the accounts, acts and charges, in one transaction with the log.
        entries: the whole audit log of the release database, its chain checked already.

    Returns:
        How many grants bear no act because they are from before acts were signed. Such a grant passes only if it
        stands before every signed one, and before the entry that says that the lab was brought up to date.

    Raises:
        IntegrityError: at the first account, act or charge that the log does not tell of, or tells otherwise.
    """
    told = _told(entry.event for entry in entries)
    charges, accounts = ledger.charges(), ledger.accounts()
    if told.unsigned:
        raise _broken(f"{told.unsigned} grant(s) of budget bear no signed act; the privacy ledger")
    if [(one.digest, one.act.account, one.act.amount) for one in ledger.acts()] != told.acts:
        raise _broken("The budget acts on record")
    if {(one.key, one.account): one.amount for one in charges} != told.charged:
        raise _broken("The charges of the privacy ledger")
    if {one.key for one in charges if one.state is ChargeState.COMMITTED} != told.committed:
        raise _broken("Which charges are committed")
    _same_accounts(accounts, charges, told.granted)
    return told.before_acts


def _told(events: Iterable[AuditEvent]) -> _Told:
    told = _Told()
    for event in events:
        match event.action:
            case Action.BUDGET_GRANTED | Action.BUDGET_ALLOCATED:
                _tell_grant(told, event)
            case Action.LAB_UPGRADED:
                if not told.acts:
                    told.before_acts, told.unsigned = told.before_acts + told.unsigned, 0
            case Action.BUDGET_RESERVED:
                for account in str(event.details[ACCOUNTS]).split():
                    told.charged[event.subject, account] = _amount(event)
            case Action.BUDGET_COMMITTED:
                told.committed.add(event.subject)
            case _:
                pass
    return told


def _tell_grant(told: _Told, event: AuditEvent) -> None:
    amount = _amount(event)
    told.granted[event.subject] += amount
    if ACT in event.details:
        told.acts.append((str(event.details[ACT]), event.subject, amount))
    else:
        told.unsigned += 1


def _amount(event: AuditEvent) -> Budget:
    return Budget(int(event.details[NANO_RHO]), int(event.details.get(ATTO_DELTA, 0)))


def _same_accounts(accounts: Iterable[Account], charges: Iterable[Charge], granted: Mapping[str, Budget]) -> None:
    spent: defaultdict[str, Budget] = defaultdict(lambda: Budget(0))
    for charge in charges:
        spent[charge.account] += charge.amount
    stored = {one.name: (one.granted, one.spent) for one in accounts}
    for name in sorted({*stored, *granted}):
        if stored.get(name) != (granted.get(name, Budget(0)), spent[name]):
            raise _broken(f"The account {name}")


def _broken(what: str) -> IntegrityError:
    return IntegrityError(
        f"{what} is not what the audit log tells.",
        why="Something else than the lab changed the ledger, or its log.",
        remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
    )
