"""Budget acts for tests of what stores them: nobody signed these, and no store asks."""

from __future__ import annotations

from datetime import UTC, datetime

from datalab.privacy.accounts.act import BudgetAct, SignedAct, new_serial
from datalab.privacy.budget import Budget

AT = datetime(2026, 11, 23, tzinfo=UTC)


def unsigned(account: str, amount: Budget, *, serial: str | None = None) -> SignedAct:
    """Return an act that gives an amount to the account of that name."""
    kind, *names = account.split("/")
    project = names[0] if kind != "dataset" else None
    member = names[1] if kind == "member" else None
    act = BudgetAct(
        agency="police",
        dataset=names[-1],
        project=project,
        member=member,
        amount=amount,
        serial=serial or new_serial(),
        issued_at=AT,
    )
    assert act.account == account
    return SignedAct(act=act, signature="0" * 128)
