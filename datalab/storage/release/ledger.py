"""The privacy ledger in SQL.

An account is charged by one conditional UPDATE that finds its row only if what is left covers the amount; exactly one
row must change. So no reading, no arithmetic in Python, and no isolation level stands between two spenders. The table
itself refuses a row with more spent than granted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import BudgetError, InternalError, NotFoundError, StateError
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Account, Charge, ChargeState
from datalab.storage.audit import SqlAuditLog
from datalab.storage.release.tables import ACCOUNT, CHARGE, MAX_NANO_RHO


class SqlLedger:
    """Accounts and charges, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def account(self, name: str) -> Account:
        """Return an account; raises NotFoundError."""
        row = self._connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no privacy budget called {name}.",
                why="Nothing was ever granted to it.",
                remedy="A custodian grants one with `datalab budget grant`.",
            )
        return _account(row)

    def accounts(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        return tuple(sorted(map(_account, self._connection.execute(select(ACCOUNT))), key=lambda one: one.name))

    def charges(self, account: str | None = None) -> tuple[Charge, ...]:
        """Return charges, oldest first."""
        query = select(CHARGE).order_by(CHARGE.c.number)
        if account is not None:
            query = query.where(CHARGE.c.account == account)
        return tuple(map(_charge, self._connection.execute(query)))

    def grant(self, account: str, amount: Budget, *, event: AuditEvent) -> Account:
        """Add to what an account was granted, opening it if need be."""
        known = self._connection.execute(
            select(ACCOUNT.c.granted).where(ACCOUNT.c.name == account)
        ).scalar_one_or_none()
        if (known or 0) + amount.nano_rho > MAX_NANO_RHO:
            raise StateError(
                f"The privacy budget of {account} cannot hold that much.",
                why=f"An account holds at most {Budget(MAX_NANO_RHO)}.",
                remedy="Grant less.",
            )
        if known is None:
            self._connection.execute(insert(ACCOUNT).values(name=account, granted=amount.nano_rho, spent=0))
        else:
            self._connection.execute(
                update(ACCOUNT).where(ACCOUNT.c.name == account).values(granted=ACCOUNT.c.granted + amount.nano_rho)
            )
        self._audit.append(event)
        return self.account(account)

    def reserve(self, charges: tuple[Charge, ...], *, event: AuditEvent) -> None:
        """Spend on every account named, or on none; see the port for what it raises."""
        wanted = _by_account(charges)
        if not wanted:
            return
        key = charges[0].key
        known = {
            row.account: row.amount
            for row in self._connection.execute(select(CHARGE.c.account, CHARGE.c.amount).where(CHARGE.c.key == key))
        }
        if known:
            if known != {account: charge.amount.nano_rho for account, charge in wanted.items()}:
                raise StateError(
                    f"Request {key} holds a reservation for other amounts.",
                    why="A reservation stands for exactly one question at one price.",
                    remedy="Submit the question again as a new request.",
                )
            return
        with self._connection.begin_nested():  # a refusal by the last account undoes the others, whoever catches it
            for account in sorted(wanted):  # in one order, so that two spenders never wait for each other
                self._spend(wanted[account])
            self._audit.append(event)

    def commit(self, key: str, *, event: AuditEvent) -> None:
        """Mark the reserved charges of a key as committed; raises StateError if there are none."""
        committed = self._connection.execute(
            update(CHARGE)
            .where(CHARGE.c.key == key, CHARGE.c.state == ChargeState.RESERVED.value)
            .values(state=ChargeState.COMMITTED.value)
        )
        if committed.rowcount == 0:
            raise StateError(
                f"Request {key} holds no reservation to commit.",
                why="It was never reserved, or is committed already.",
                remedy="`datalab budget show` lists the charges.",
            )
        self._audit.append(event)

    def _spend(self, charge: Charge) -> None:
        amount = charge.amount.nano_rho
        if amount <= MAX_NANO_RHO:  # a larger number could overflow inside the database
            spent = self._connection.execute(
                update(ACCOUNT)
                .where(ACCOUNT.c.name == charge.account, ACCOUNT.c.granted - ACCOUNT.c.spent >= amount)
                .values(spent=ACCOUNT.c.spent + amount)
            )
            if spent.rowcount == 1:
                self._connection.execute(insert(CHARGE).values(**_values(charge)))
                return
        account = self.account(charge.account)
        raise BudgetError(account=account.name, requested=str(charge.amount), remaining=str(account.remaining))


def _by_account(charges: tuple[Charge, ...]) -> dict[str, Charge]:
    wanted = {charge.account: charge for charge in charges}
    if len(wanted) != len(charges) or len({charge.key for charge in charges}) > 1:
        raise InternalError("A reservation names one key, and every account once.")
    if any(charge.state is not ChargeState.RESERVED for charge in charges):
        raise InternalError("A charge is reserved before it is committed.")
    return wanted


def _account(row: Row[Any]) -> Account:
    return Account(name=row.name, granted=Budget(row.granted), spent=Budget(row.spent))


def _charge(row: Row[Any]) -> Charge:
    return Charge(
        key=row.key,
        account=row.account,
        amount=Budget(row.amount),
        state=ChargeState(row.state),
        mechanism=row.mechanism,
        software=row.software,
        at=row.at,
    )


def _values(charge: Charge) -> dict[str, Any]:
    return {
        "key": charge.key,
        "account": charge.account,
        "amount": charge.amount.nano_rho,
        "state": charge.state.value,
        "mechanism": charge.mechanism,
        "software": charge.software,
        "at": charge.at,
    }
