"""The reception: invite somebody, let them choose a password, and check who signs in.

A refusal is the same for a wrong name, a wrong password and a wrong code, and takes about the same time, so that nobody
learns which names exist. While many are tried at once, those of one name that come too many are refused unseen, and
whoever was here before goes first. Tries count against the name that was typed, whoever typed it; those from a browser
in which that person signed in before count against that browser alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase
from datalab.errors import GovernanceError, NotFoundError, PermissionDeniedError
from datalab.governance.office import acting_person
from datalab.governance.people import Person
from datalab.governance.permission import check_may_administer
from datalab.signin.account import Account, Invitation, SignInDatabase, SignInTransaction
from datalab.signin.browser import KNOWN_FOR, KnownBrowser, digest_of, new_token
from datalab.signin.lock import FREE_TRIES, locked_until
from datalab.signin.one_time import accepted_step, new_secret, provisioning_uri
from datalab.signin.password import check_password, hashed, matches
from datalab.signin.turnstile import TooManyAtOnceError, Turnstile

HUB = "service:hub"
"""Who acts in the audit log where no person is known yet."""
TURNS = Turnstile(most_waiting=2)
"""Of all sign-ins of this process: of one name, or one known browser, so many are looked at or wait."""
GOOD_FOR = timedelta(days=3)
"""How long an invitation can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What somebody sees who opens an invitation."""

    username: str
    secret: str = field(repr=False)
    """Secret for an authenticator app, base32."""
    address: str = field(repr=False)
    """The same as an `otpauth:` address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who signed in, and what their browser is known by from now on."""

    person: Person
    browser: str = field(repr=False)
    """Token for the browser's cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Sign-in for a lab without an identity provider."""

    control: ControlDatabase = field(repr=False)
    """Only read, here."""
    database: SignInDatabase = field(repr=False)
    clock: Callable[[], datetime]
    codes_required: bool = False
    """Whether everybody must give a one-time code."""
    issuer: str = "datalab"
    """Name that an authenticator app shows."""

    def invite(self, username: str, *, actor: str) -> str:
        """Return the token of a new invitation; an earlier one is void, and a password in use stays until it is used.

        Raises:
            PermissionDeniedError: if the actor is not an operator.
            NotFoundError: if the lab knows nobody of that name.
        """
        with self.control.read() as tx:
            check_may_administer(acting_person(tx.governance, actor))
            tx.governance.person(username)
        token = secrets.token_urlsafe(32)
        now = self.clock()
        invitation = Invitation(
            digest=digest_of(token), username=username, expires_at=now + GOOD_FOR, secret=new_secret()
        )
        with self.database.begin() as tx:
            tx.accounts.invite(invitation, event=self._event(Action.SIGN_IN_INVITED, username, actor=actor))
        return token

    def enrolment(self, token: str) -> Enrolment:
        """Return what an invitation is for; raises NotFoundError if it is void, used or too old."""
        invitation = self._open(token)
        address = provisioning_uri(invitation.secret, username=invitation.username, issuer=self.issuer)
        return Enrolment(username=invitation.username, secret=invitation.secret, address=address)

    def enrol(self, token: str, *, password: str, code: str) -> str:
        """Open an account with an invitation, which is used up.

        Args:
            token: of the link.
            password: that the person chose.
            code: a one-time code, which sets codes up; may be empty where they are not required.

        Returns:
            The user name.

        Raises:
            NotFoundError: if the invitation is void, used or too old.
            GovernanceError: if the password is not good enough, or the code is wrong or missing.
        """
        invitation = self._open(token)
        check_password(password, username=invitation.username)
        step = 0
        if code or self.codes_required:
            step = accepted_step(invitation.secret, code, now=self.clock(), after=0) or 0
            if not step:
                raise GovernanceError(
                    "That code does not fit the secret that is shown.",
                    why="It may have passed: a code stands for 30 seconds.",
                    remedy="Add the secret to an authenticator app and type the code that it shows now.",
                )
        account = Account(
            username=invitation.username,
            password=hashed(password),
            secret=invitation.secret if step else None,
            last_step=step,
        )
        event = self._event(Action.SIGN_IN_ENROLLED, account.username, actor=account.username, codes=int(bool(step)))
        with self.database.begin() as tx:
            tx.accounts.enrol(account, invitation.digest, event=event)
        return account.username

    def admit(self, username: str, *, password: str, code: str, browser: str = "") -> Admission:
        """Return the person who signs in.

        Args:
            username: as typed.
            password: as typed.
            code: one-time code, as typed.
            browser: token that the browser's cookie holds; empty where it has none.

        Raises:
            PermissionDeniedError: if name, password and code do not fit together, the account is closed for a while
                after tries that did not, or the person is suspended: told apart in the audit log only.
        """
        now = self.clock()
        with self.database.read() as tx:
            account = tx.accounts.account(username)
            known = _known_browser(tx, browser, username, now=now)
        try:
            with TURNS.turn(known.digest if known else f"name {username}", rank=_rank(account, known)):
                fits = matches(password, account.password if account else _nobody())
        except TooManyAtOnceError:
            raise _refused() from None
        if account is None:
            self._record(Action.SIGN_IN_REFUSED, "unknown")  # what was typed may be a password
            raise _refused()
        if known is None and _is_closed(account, now):
            self._record(Action.SIGN_IN_REFUSED, username)
            raise _refused()
        step = accepted_step(account.secret, code, now=now, after=account.last_step) if account.secret else None
        needs_code = account.secret is not None or self.codes_required
        person = self._known(username)
        if not fits or (needs_code and step is None) or person is None:
            self._refuse(username, browser, now=now)
            raise _refused()
        with self.database.begin() as tx:
            current = tx.accounts.account(username)
            if current is None or (step is not None and step <= current.last_step):  # the same code, used meanwhile
                raise _refused()
            known = _known_browser(tx, browser, username, now=now)
            if known is None and _is_closed(current, now):  # other tries, meanwhile
                raise _refused()
            admitted = replace(current, last_step=step or current.last_step)
            if known is None:  # strangers' tries go on counting where a known browser signs in
                admitted = replace(admitted, failures=0, locked_until=None)
            token = new_token()
            tx.accounts.admit(
                admitted,
                KnownBrowser(digest=digest_of(token), username=username, expires_at=now + KNOWN_FOR),
                instead_of=known.digest if known else "",
                event=self._event(Action.SIGN_IN_ADMITTED, username, actor=username),
            )
        return Admission(person=person, browser=token)

    def _refuse(self, username: str, browser: str, *, now: datetime) -> None:
        with self.database.begin() as tx:
            known = _known_browser(tx, browser, username, now=now)
            if known is not None:
                tried = replace(known, failures=known.failures + 1)
                event = self._event(Action.SIGN_IN_REFUSED, username, actor=HUB, known_browser=tried.failures)
                if tried.failures < FREE_TRIES:
                    tx.accounts.put_browser(tried, event=event)
                else:  # whoever holds it guesses: from now on a stranger
                    tx.accounts.forget_browser(known.digest, event=event)
                return
            account = tx.accounts.account(username)
            if account is None:
                return
            failures = account.failures + 1
            until = locked_until(failures, now=now)
            action = Action.SIGN_IN_LOCKED if until else Action.SIGN_IN_REFUSED
            event = self._event(action, username, actor=HUB, failures=failures)
            tx.accounts.put_account(replace(account, failures=failures, locked_until=until), event=event)

    def _open(self, token: str) -> Invitation:
        with self.database.read() as tx:
            invitation = tx.accounts.invitation(digest_of(token))
        if invitation is None or invitation.expires_at <= self.clock():
            raise NotFoundError(
                "This invitation cannot be used.",
                why="It was used, a newer one was sent, or it is older than three days.",
                remedy="Ask an operator of the lab for a new one.",
            )
        return invitation

    def _known(self, username: str) -> Person | None:
        with self.control.read() as tx:
            try:
                return acting_person(tx.governance, username)
            except PermissionDeniedError:
                return None

    def _record(self, action: Action, subject: str) -> None:
        with self.database.begin() as tx:
            tx.record(event=self._event(action, subject, actor=HUB))

    def _event(self, action: Action, subject: str, *, actor: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=actor, subject=subject, at=self.clock(), details=details)


def _known_browser(tx: SignInTransaction, token: str, username: str, *, now: datetime) -> KnownBrowser | None:
    known = tx.accounts.browser(digest_of(token)) if token else None
    return known if known is not None and known.speaks_for(username, now=now) else None


def _rank(account: Account | None, known: KnownBrowser | None) -> int:
    """Return how soon a try is looked at: whoever was here before, then whoever did not fail, then all others."""
    if known is not None:
        return 0
    return 1 if account is not None and not account.failures else 2


def _is_closed(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and now < account.locked_until


@cache
def _nobody() -> str:
    """Return a hash that nothing fits, so that an unknown name takes as long as a known one."""
    return hashed(secrets.token_urlsafe(32))


def _refused() -> PermissionDeniedError:
    return PermissionDeniedError(
        "That user name, password and code do not fit together, or the account is closed for a while.",
        why="After five tries that do not fit, an account is closed: for a minute, then for longer.",
        remedy="Check each of them, wait a minute, or ask an operator of the lab.",
    )
