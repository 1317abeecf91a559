"""Accounts and invitations in SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from datalab.audit.event import AuditEvent
from datalab.errors import NotFoundError
from datalab.signin.account import Account, Invitation
from datalab.signin.browser import MOST_BROWSERS, KnownBrowser
from datalab.storage.audit import SqlAuditLog
from datalab.storage.signin.tables import ACCOUNT, BROWSER, INVITATION


class SqlAccounts:
    """Accounts and invitations, inside one transaction."""

    def __init__(self, connection: Connection, audit: SqlAuditLog) -> None:
        self._connection = connection
        self._audit = audit

    def account(self, username: str) -> Account | None:
        """Return a person's account, or None."""
        row = self._connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == username)).one_or_none()
        return None if row is None else Account(**row._mapping)  # noqa: SLF001 - SQLAlchemy's name for a row by column

    def invitation(self, digest: str) -> Invitation | None:
        """Return an invitation that was not used, or None."""
        row = self._connection.execute(select(INVITATION).where(INVITATION.c.digest == digest)).one_or_none()
        return None if row is None else Invitation(**row._mapping)  # noqa: SLF001 - as above

    def browser(self, digest: str) -> KnownBrowser | None:
        """Return a known browser, also one whose time is over, or None."""
        row = self._connection.execute(select(BROWSER).where(BROWSER.c.digest == digest)).one_or_none()
        return None if row is None else KnownBrowser(**row._mapping)  # noqa: SLF001 - as above

    def admit(self, account: Account, browser: KnownBrowser, *, instead_of: str, event: AuditEvent) -> None:
        """Replace an account and know a browser, in place of the one of that digest; the oldest makes way."""
        self.put_account(account, event=event)
        of_person = BROWSER.c.username == account.username
        newest = select(BROWSER.c.digest).where(of_person).order_by(BROWSER.c.expires_at.desc(), BROWSER.c.digest)
        self._connection.execute(delete(BROWSER).where(of_person, BROWSER.c.digest == instead_of))
        kept = self._connection.execute(newest.limit(MOST_BROWSERS - 1)).scalars().all()
        self._connection.execute(delete(BROWSER).where(of_person, BROWSER.c.digest.not_in(kept)))
        self._connection.execute(insert(BROWSER).values(**asdict(browser)))

    def put_browser(self, browser: KnownBrowser, *, event: AuditEvent) -> None:
        """Replace a known browser; one that was forgotten meanwhile stays so."""
        self._connection.execute(update(BROWSER).where(BROWSER.c.digest == browser.digest).values(**asdict(browser)))
        self._audit.append(event)

    def forget_browser(self, digest: str, *, event: AuditEvent) -> None:
        """Know a browser no longer."""
        self._connection.execute(delete(BROWSER).where(BROWSER.c.digest == digest))
        self._audit.append(event)

    def put_account(self, account: Account, *, event: AuditEvent) -> None:
        """Replace a person's account; raises NotFoundError if there is none."""
        changed = self._connection.execute(
            update(ACCOUNT).where(ACCOUNT.c.username == account.username).values(**_values(account))
        )
        if changed.rowcount != 1:
            raise NotFoundError(f"{account.username} has no account.", remedy="Invite this person first.")
        self._audit.append(event)

    def invite(self, invitation: Invitation, *, event: AuditEvent) -> None:
        """Store an invitation; one that the person had before is void."""
        self._connection.execute(delete(INVITATION).where(INVITATION.c.username == invitation.username))
        self._connection.execute(
            insert(INVITATION).values(
                username=invitation.username,
                digest=invitation.digest,
                expires_at=invitation.expires_at,
                secret=invitation.secret,
            )
        )
        self._audit.append(event)

    def enrol(self, account: Account, digest: str, *, event: AuditEvent) -> None:
        """Use an invitation up, and open or replace its person's account, which no browser is known for.

        Raises:
            NotFoundError: if the invitation is gone.
        """
        used = self._connection.execute(
            delete(INVITATION).where(INVITATION.c.digest == digest, INVITATION.c.username == account.username)
        )
        if used.rowcount != 1:
            raise NotFoundError("This invitation was used.", remedy="Ask an operator of the lab for a new one.")
        self._connection.execute(delete(ACCOUNT).where(ACCOUNT.c.username == account.username))
        self._connection.execute(delete(BROWSER).where(BROWSER.c.username == account.username))
        self._connection.execute(insert(ACCOUNT).values(**_values(account)))
        self._audit.append(event)


def _values(account: Account) -> dict[str, Any]:
    return {
        "username": account.username,
        "password": account.password,
        "secret": account.secret,
        "last_step": account.last_step,
        "failures": account.failures,
        "locked_until": account.locked_until,
    }
