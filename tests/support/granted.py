"""A real ledger with one grant, and which questions it lets through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from acts import unsigned

from datalab.audit.event import Action, AuditEvent
from datalab.errors import BudgetError
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.privacy.plan import Plan, Price
from datalab.storage.databases import create_release, open_release

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def allowed(priced: Sequence[tuple[Plan, Price]], grant: Budget, folder: Path, *, dataset: str) -> list[Plan]:
    """Return the questions that the ledger lets through, one after another, until the grant is spent.

    Args:
        priced: plans with what each costs, in the order in which they are asked.
        grant: what the custodian gives to the dataset.
        folder: an empty one for the database.
        dataset: whose account is charged.
    """
    account = f"dataset/{dataset}"
    address = f"sqlite:///{folder / 'release.sqlite'}"
    create_release(address)
    database = open_release(address)
    event = AuditEvent(action=Action.BUDGET_GRANTED, actor="cas", subject=account, at=NOW)
    with database.begin() as tx:
        tx.ledger.grant(unsigned(account, grant), event=event)
    answered = []
    for number, (plan, price) in enumerate(priced):
        charge = Charge(
            key=f"request-{number}",
            account=account,
            amount=price.total,
            state=ChargeState.RESERVED,
            mechanism=price.mechanism,
            software=price.software,
            at=NOW,
        )
        event = AuditEvent(action=Action.BUDGET_RESERVED, actor="eve", subject=charge.key, at=NOW)
        try:
            with database.begin() as tx:
                tx.ledger.reserve((charge,), event=event)
        except BudgetError:
            continue
        answered.append(plan)
    return answered
