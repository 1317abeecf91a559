"""An account, an invitation, and the port behind them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.audit.log import AuditReader
from datalab.signin.browser import KnownBrowser


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one person proves who they are."""

    username: str
    password: str = field(repr=False)
    """Argon2id hash in PHC form; never the password."""
    secret: str | None = field(default=None, repr=False)
    """Secret of the one-time codes, base32 (RFC 6238); None where the person has not set them up."""
    last_step: int = 0
    """Time step of the last code that was accepted: a code is good for once (RFC 6238, section 5.2)."""
    failures: int = 0
    """Refused tries in a row."""
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link with which one person chooses a password, once."""

    digest: str
    """Hex SHA-256 of the link's token: who reads the database cannot use it."""
    username: str
    expires_at: datetime
    secret: str = field(repr=False)
    """Secret of the one-time codes that the person is offered, base32."""


class SignInReader(Protocol):
    """What may be asked."""

    def account(self, username: str) -> Account | None:
        """Return a person's account, or None."""

    def invitation(self, digest: str) -> Invitation | None:
        """Return an invitation that was not used, or None."""

    def browser(self, digest: str) -> KnownBrowser | None:
        """Return a known browser, also one whose time is over, or None."""


class SignInWriter(SignInReader, Protocol):
    """What may be changed, each change with its audit event in the same transaction."""

    def admit(self, account: Account, browser: KnownBrowser, *, instead_of: str, event: AuditEvent) -> None:
        """Replace an account and know a browser, in place of the one of that digest; the oldest makes way."""

    def put_browser(self, browser: KnownBrowser, *, event: AuditEvent) -> None:
        """Replace a known browser; one that was forgotten meanwhile stays so."""

    def forget_browser(self, digest: str, *, event: AuditEvent) -> None:
        """Know a browser no longer."""

    def put_account(self, account: Account, *, event: AuditEvent) -> None:
        """Replace a person's account; raises NotFoundError if there is none."""

    def invite(self, invitation: Invitation, *, event: AuditEvent) -> None:
        """Store an invitation; one that the person had before is void."""

    def enrol(self, account: Account, digest: str, *, event: AuditEvent) -> None:
        """Use an invitation up, and open or replace its person's account, which no browser is known for.

        Raises:
            NotFoundError: if the invitation is gone.
        """


class SignInTransaction(Protocol):
    """One transaction on the sign-in database."""

    @property
    def accounts(self) -> SignInWriter:
        """Accounts and invitations."""

    @property
    def audit(self) -> AuditReader:
        """This database's audit log."""

    def record(self, *, event: AuditEvent) -> None:
        """Write down what changed nothing here."""


class SignInDatabase(Protocol):
    """Opens transactions; each is committed on leaving and rolled back on an error."""

    def begin(self) -> AbstractContextManager[SignInTransaction]:
        """Open a transaction that may write; writers are serialised."""

    def read(self) -> AbstractContextManager[SignInTransaction]:
        """Open a transaction that only reads."""
