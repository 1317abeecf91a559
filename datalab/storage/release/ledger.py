"""The privacy ledger in SQL.

An account is charged by one conditional UPDATE that finds its row only if what is left covers the amount; exactly one
row must change. So no reading, no arithmetic in Python, and no isolation level stands between two spenders. The table
itself refuses a row with more spent than granted, in rho or in delta.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import BudgetError, GovernanceError, IntegrityError, InternalError, NotFoundError, StateError
from datalab.privacy.accounts.account import Account
from datalab.privacy.accounts.act import SignedAct, canonical, parse_act
from datalab.privacy.budget import Budget
from datalab.privacy.ledger import Charge, ChargeState
from datalab.storage.audit import SqlAuditLog
from datalab.storage.release.tables import ACCOUNT, BUDGET_ACT, CHARGE, MAX_ATTO_DELTA, MAX_NANO_RHO

MOST = Budget(MAX_NANO_RHO, MAX_ATTO_DELTA)
"""What one account can hold."""


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

    def opened(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which of these accounts there are, in the order given."""
        asked = tuple(names)
        known = set(self._connection.scalars(select(ACCOUNT.c.name).where(ACCOUNT.c.name.in_(asked))))
        return tuple(name for name in asked if name in known)

    def acts(self) -> tuple[SignedAct, ...]:
        """Return every act that filled an account, oldest first; raises IntegrityError for one that is none."""
        return tuple(map(_act, self._connection.execute(select(BUDGET_ACT).order_by(BUDGET_ACT.c.number))))

    def grant(self, signed: SignedAct, *, event: AuditEvent) -> Account:
        """Add what an act gives to its account; see the port for what it raises."""
        account, amount = signed.act.account, signed.act.amount
        self._check_new(signed)
        row = self._connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == account)).one_or_none()
        held = Budget(0) if row is None else _account(row).granted
        if not MOST.covers(held + amount):
            raise StateError(
                f"The privacy budget of {account} cannot hold that much.",
                why=f"An account holds at most {MOST}.",
                remedy="Grant less.",
            )
        if row is None:
            self._connection.execute(
                insert(ACCOUNT).values(
                    name=account, granted=amount.nano_rho, granted_delta=amount.atto_delta, spent=0, spent_delta=0
                )
            )
        else:
            self._connection.execute(
                update(ACCOUNT)
                .where(ACCOUNT.c.name == account)
                .values(
                    granted=ACCOUNT.c.granted + amount.nano_rho,
                    granted_delta=ACCOUNT.c.granted_delta + amount.atto_delta,
                )
            )
        self._connection.execute(
            insert(BUDGET_ACT).values(
                serial=signed.act.serial, account=account, document=canonical(signed.act), signature=signed.signature
            )
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
            charge.account: charge.amount
            for charge in map(_charge, self._connection.execute(select(CHARGE).where(CHARGE.c.key == key)))
        }
        if known:
            if known != {account: charge.amount for account, charge in wanted.items()}:
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
        amount = charge.amount
        if MOST.covers(amount):  # a larger number could overflow inside the database
            spent = self._connection.execute(
                update(ACCOUNT)
                .where(
                    ACCOUNT.c.name == charge.account,
                    ACCOUNT.c.granted - ACCOUNT.c.spent >= amount.nano_rho,
                    ACCOUNT.c.granted_delta - ACCOUNT.c.spent_delta >= amount.atto_delta,
                )
                .values(spent=ACCOUNT.c.spent + amount.nano_rho, spent_delta=ACCOUNT.c.spent_delta + amount.atto_delta)
            )
            if spent.rowcount == 1:
                self._connection.execute(insert(CHARGE).values(**_values(charge)))
                return
        account = self.account(charge.account)
        raise BudgetError(
            account=account.name,
            requested=amount.in_full,
            remaining=account.remaining.in_full,
            unlisted=amount.atto_delta > 0,
        )

    def _check_new(self, signed: SignedAct) -> None:
        used = self._connection.execute(
            select(BUDGET_ACT.c.account).where(BUDGET_ACT.c.serial == signed.act.serial)
        ).scalar_one_or_none()
        if used is not None:
            raise StateError(
                f"This budget act was used already, for {used}.",
                why="An act is good for one time: its serial is on record.",
                remedy="Sign a new one with `datalab budget sign`.",
            )


def _by_account(charges: tuple[Charge, ...]) -> dict[str, Charge]:
    wanted = {charge.account: charge for charge in charges}
    if len(wanted) != len(charges) or len({charge.key for charge in charges}) > 1:
        raise InternalError("A reservation names one key, and every account once.")
    if any(charge.state is not ChargeState.RESERVED for charge in charges):
        raise InternalError("A charge is reserved before it is committed.")
    return wanted


def _account(row: Row[Any]) -> Account:
    granted, spent = Budget(row.granted, row.granted_delta), Budget(row.spent, row.spent_delta)
    return Account(name=row.name, granted=granted, spent=spent)


def _act(row: Row[Any]) -> SignedAct:
    try:
        act = parse_act(row.document)
    except GovernanceError:
        act = None
    if act is None or (act.serial, act.account) != (row.serial, row.account):
        raise IntegrityError(
            f"The budget act {row.number} on record is not one that the lab wrote.",
            why="Something else than the lab changed it.",
            remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
        )
    return SignedAct(act=act, signature=row.signature)


def _charge(row: Row[Any]) -> Charge:
    return Charge(
        key=row.key,
        account=row.account,
        amount=Budget(row.amount, row.amount_delta),
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
        "amount_delta": charge.amount.atto_delta,
        "state": charge.state.value,
        "mechanism": charge.mechanism,
        "software": charge.software,
        "at": charge.at,
    }
