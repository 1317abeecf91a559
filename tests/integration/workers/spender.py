"""A process of spenders that all start at once; run by `test_ledger_spenders.py`, one JSON line out for each charge.

Arguments: address of the release database, name of this process, spenders (threads), tries each, and `ledger` or
`naive`. Prints `ready`, waits for a line, then spends.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine, insert, select, update

from datalab.audit.event import Action, AuditEvent
from datalab.errors import BudgetError
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.storage.databases import SqlReleaseDatabase, open_release
from datalab.storage.engine import open_engine, read_transaction, write_transaction
from datalab.storage.release.tables import ACCOUNT, CHARGE

ACCOUNTS = ("dataset/police", "project/one/police")
AMOUNT = 10
PAUSE = 0.01
"""Seconds between the naive spender's look and its leap, at most: widens a race that is there anyway."""


def charges(key: str) -> tuple[Charge, ...]:
    """Return what one question costs: the same on both accounts."""
    return tuple(
        Charge(
            key=key,
            account=account,
            amount=Budget(AMOUNT, AMOUNT),
            state=ChargeState.RESERVED,
            mechanism="gaussian",
            software="opendp",
            at=datetime.now(UTC),
        )
        for account in ACCOUNTS
    )


def by_ledger(database: SqlReleaseDatabase, key: str) -> bool:
    """Spend as the lab does."""
    event = AuditEvent(action=Action.BUDGET_RESERVED, actor="spender", subject=key, at=datetime.now(UTC))
    try:
        with database.begin() as transaction:
            transaction.ledger.reserve(charges(key), event=event)
    except BudgetError:
        return False
    return True


def naively(engine: Engine, key: str) -> bool:
    """Spend as one would without thinking: look, decide, write down the new total."""
    with read_transaction(engine) as connection:
        rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).all()
    if any(row.spent + AMOUNT > row.granted or row.spent_delta + AMOUNT > row.granted_delta for row in rows):
        return False
    time.sleep(random.uniform(0, PAUSE))
    with write_transaction(engine) as connection:
        for row in rows:
            total = {"spent": row.spent + AMOUNT, "spent_delta": row.spent_delta + AMOUNT}
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == row.name).values(**total))
            values = {"key": key, "account": row.name, "amount": AMOUNT, "amount_delta": AMOUNT, "state": "reserved"}
            said = {"mechanism": "gaussian", "software": "opendp", "at": datetime.now(UTC)}
            connection.execute(insert(CHARGE).values(**values, **said))
    return True


def say(line: str) -> None:
    """Tell the test at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Start the spenders together and report what each was granted."""
    address, name, spenders, tries, way = sys.argv[1:]
    spend = partial(by_ledger, open_release(address)) if way == "ledger" else partial(naively, open_engine(address))
    barrier = threading.Barrier(int(spenders) + 1)
    printing = threading.Lock()

    def work(number: int) -> None:
        barrier.wait()
        for attempt in range(int(tries)):
            key = f"{name}-{number}-{attempt}"
            accepted = spend(key)
            with printing:
                say(json.dumps({"pid": os.getpid(), "key": key, "accepted": accepted}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(int(spenders))]
    for thread in threads:
        thread.start()
    say("ready")
    sys.stdin.readline()
    barrier.wait()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
