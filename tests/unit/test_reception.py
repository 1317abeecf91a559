"""Sign-in without an identity provider: invitations, passwords, one-time codes, lock-out."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from datalab.audit.event import Action
from datalab.errors import DatalabError, GovernanceError, NotFoundError, PermissionDeniedError, StateError
from datalab.governance.people import LabRole, Person
from datalab.settings import Settings
from datalab.signin import password as passwords
from datalab.signin.lock import locked_until
from datalab.signin.one_time import STEP, accepted_step, new_secret, provisioning_uri
from datalab.signin.reception import GOOD_FOR, Reception
from datalab.storage.databases import open_sign_in
from datalab.wiring import Lab, create_lab, office

GOOD = "marble kettle drifting north"
OTHER = "not this one, no"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test turns."""

    now: datetime = field(default=START)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PASSES", 1)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return a lab with an operator and a researcher."""
    lab = create_lab(Settings(home=tmp_path / "lab"))
    with lab.control.begin() as tx:
        desk = office(tx, "olga")
        desk.add_person(Person(username="olga", full_name="Olga Ferris", roles=frozenset({LabRole.OPERATOR})))
        desk.add_person(Person(username="rowan", full_name="Rowan Ellis", roles=frozenset({LabRole.RESEARCHER})))
    return lab


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def reception(lab: Lab, clock: Clock) -> Reception:
    """Return its reception, where codes are offered."""
    return _reception(lab, clock)


def _reception(lab: Lab, clock: Callable[[], datetime], *, required: bool = False) -> Reception:
    database = open_sign_in(lab.settings.sign_in_database)
    return Reception(control=lab.control, database=database, clock=clock, codes_required=required)


def _code(secret: str, now: datetime) -> str:
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), STEP)  # noqa: S303 - the algorithm of RFC 6238
    return totp.generate(int(now.timestamp())).decode()


def _actions(reception: Reception) -> list[Action]:
    with reception.database.read() as tx:
        return [entry.event.action for entry in tx.audit.entries()]


def test_an_invited_person_chooses_a_password_and_signs_in(reception: Reception) -> None:
    """The whole way in, and the log that tells of it."""
    token = reception.invite("rowan", actor="olga")

    assert reception.enrolment(token).username == "rowan"
    assert reception.enrol(token, password=GOOD, code="") == "rowan"
    assert reception.admit("rowan", password=GOOD, code="").person.full_name == "Rowan Ellis"
    assert _actions(reception) == [Action.SIGN_IN_INVITED, Action.SIGN_IN_ENROLLED, Action.SIGN_IN_ADMITTED]


def test_neither_password_nor_token_is_kept(reception: Reception, lab: Lab) -> None:
    """Who reads the database finds nothing that opens the door."""
    token = reception.invite("rowan", actor="olga")
    kept = (lab.settings.hub / "signin.sqlite").read_bytes()
    reception.enrol(token, password=GOOD, code="")
    kept += (lab.settings.hub / "signin.sqlite").read_bytes()

    assert token.encode() not in kept
    assert GOOD.encode() not in kept
    assert b"$argon2id$" in kept


@pytest.mark.parametrize(
    ("username", "password"), [("rowan", GOOD + "!"), ("rowan", ""), ("olga", GOOD), ("nobody", GOOD), ("", "")]
)
def test_what_does_not_fit_is_refused_in_the_same_words(reception: Reception, username: str, password: str) -> None:
    """A wrong password, a person without an account and an unknown name cannot be told apart."""
    reception.enrol(reception.invite("rowan", actor="olga"), password=GOOD, code="")
    with pytest.raises(PermissionDeniedError) as refused:
        reception.admit(username, password=password, code="")

    with pytest.raises(PermissionDeniedError) as other:
        reception.admit("rowan", password=OTHER, code="")
    assert str(refused.value) == str(other.value)


def test_five_tries_close_the_account_and_time_opens_it(reception: Reception, clock: Clock) -> None:
    """The right password does not help while the account is closed; after a minute it does, and tries count anew."""
    reception.enrol(reception.invite("rowan", actor="olga"), password=GOOD, code="")
    for _ in range(5):
        with pytest.raises(PermissionDeniedError):
            reception.admit("rowan", password=OTHER, code="")
    with pytest.raises(PermissionDeniedError):
        reception.admit("rowan", password=GOOD, code="")
    assert Action.SIGN_IN_LOCKED in _actions(reception)

    clock.now += timedelta(seconds=61)
    reception.admit("rowan", password=GOOD, code="")
    with pytest.raises(PermissionDeniedError):
        reception.admit("rowan", password=OTHER, code="")
    assert reception.admit("rowan", password=GOOD, code="").person.username == "rowan"


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, None), (4, None), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (10_000, 60)]
)
def test_each_further_try_doubles_the_wait_up_to_an_hour(failures: int, minutes: int | None) -> None:
    """A guesser gets a few dozen tries a day."""
    expected = None if minutes is None else START + timedelta(minutes=minutes)

    assert locked_until(failures, now=START) == expected


def test_a_code_is_asked_for_once_it_was_set_up_and_is_good_for_once(reception: Reception, clock: Clock) -> None:
    """Password alone, a wrong code, and the same code again are refused."""
    token = reception.invite("rowan", actor="olga")
    secret = reception.enrolment(token).secret
    reception.enrol(token, password=GOOD, code=_code(secret, clock.now))
    clock.now += timedelta(seconds=2 * STEP)
    code = _code(secret, clock.now)

    for wrong in ("", "000000" if code != "000000" else "111111", "not a code", "\uff11\uff12\uff13\uff14\uff15\uff16"):
        with pytest.raises(PermissionDeniedError):
            reception.admit("rowan", password=GOOD, code=wrong)
    clock.now += timedelta(minutes=1)
    code = _code(secret, clock.now)
    reception.admit("rowan", password=GOOD, code=f"{code[:3]} {code[3:]}")
    with pytest.raises(PermissionDeniedError):
        reception.admit("rowan", password=GOOD, code=code)


def test_where_codes_are_required_nobody_gets_in_without(lab: Lab, clock: Clock) -> None:
    """Neither a new account nor one from before the rule."""
    offered, required = _reception(lab, clock), _reception(lab, clock, required=True)
    offered.enrol(offered.invite("rowan", actor="olga"), password=GOOD, code="")
    with pytest.raises(PermissionDeniedError):
        required.admit("rowan", password=GOOD, code="")
    with pytest.raises(GovernanceError):
        required.enrol(required.invite("rowan", actor="olga"), password=GOOD, code="")


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_clocks_may_differ_by_one_step(drift: int) -> None:
    """RFC 6238, section 5.2."""
    secret = new_secret()
    code = _code(secret, START + timedelta(seconds=drift * STEP))

    assert accepted_step(secret, code, now=START, after=0) == int(START.timestamp()) // STEP + drift
    assert accepted_step(secret, _code(secret, START + timedelta(seconds=2 * STEP)), now=START, after=0) is None


def test_the_address_of_a_secret_is_what_apps_read() -> None:
    """The otpauth address names the lab and the person."""
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert provisioning_uri(secret, username="rowan", issuer="datalab").startswith("otpauth://totp/datalab:rowan?")
    # RFC 6238, appendix B: at 59 seconds the 8-digit code is 94287082, so the last six digits are these.
    assert accepted_step(secret, "287082", now=datetime.fromtimestamp(59, UTC), after=0) == 1


@pytest.mark.parametrize(
    "password", ["", "short words", "aaaaaaaaaaaa", "password1234", "PasswordPassword", "rowanrowanrowan", "x" * 201]
)
def test_a_poor_password_is_refused_and_the_invitation_stays(reception: Reception, password: str) -> None:
    """Length and the first guesses are what counts (NIST SP 800-63B); a refusal uses nothing up."""
    token = reception.invite("rowan", actor="olga")
    with pytest.raises(GovernanceError) as refused:
        reception.enrol(token, password=password, code="")

    assert not password or password not in str(refused.value)
    assert reception.enrol(token, password=GOOD, code="") == "rowan"


def test_an_invitation_is_good_for_one_use_three_days_and_until_the_next(reception: Reception, clock: Clock) -> None:
    """Used, superseded, too old and made up: none opens."""
    used = reception.invite("rowan", actor="olga")
    reception.enrol(used, password=GOOD, code="")
    superseded = reception.invite("rowan", actor="olga")
    old = reception.invite("rowan", actor="olga")
    clock.now += GOOD_FOR

    for token in (used, superseded, old, "made-up", ""):
        with pytest.raises(NotFoundError):
            reception.enrol(token, password=GOOD, code="")
    assert reception.admit("rowan", password=GOOD, code="").person.username == "rowan"


@pytest.mark.parametrize(("username", "actor"), [("rowan", "rowan"), ("rowan", "nobody"), ("nobody", "olga")])
def test_only_operators_invite_and_only_people_of_the_lab(reception: Reception, username: str, actor: str) -> None:
    """An account never makes a person."""
    with pytest.raises(DatalabError):
        reception.invite(username, actor=actor)


def test_a_suspended_person_does_not_get_in_until_reinstated(reception: Reception, lab: Lab) -> None:
    """Governance decides; the account stays."""
    reception.enrol(reception.invite("rowan", actor="olga"), password=GOOD, code="")
    with lab.control.begin() as tx:
        office(tx, "olga").suspend("rowan")
    with pytest.raises(PermissionDeniedError):
        reception.admit("rowan", password=GOOD, code="")
    with lab.control.begin() as tx:
        office(tx, "olga").reinstate("rowan")

    assert reception.admit("rowan", password=GOOD, code="").person.suspended is False


def test_the_last_operator_cannot_be_suspended(lab: Lab) -> None:
    """A lab without an operator could never be changed again."""
    with lab.control.begin() as tx, pytest.raises(StateError):
        office(tx, "olga").suspend("olga")


@pytest.mark.parametrize("name", ["suspend", "reinstate"])
def test_only_operators_suspend(lab: Lab, name: str) -> None:
    """A researcher can neither close nor open the door to anybody."""
    with lab.control.begin() as tx, pytest.raises(PermissionDeniedError):
        getattr(office(tx, "rowan"), name)("olga")


def test_a_flood_of_wrong_passwords_does_not_hold_up_a_right_one(
    reception: Reception, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While forty try wrong passwords for others, a right one waits for the try that is looked at, and not for all."""
    reception.enrol(reception.invite("olga", actor="olga"), password=GOOD, code="")
    reception.enrol(reception.invite("rowan", actor="olga"), password=GOOD, code="")
    looked: list[str] = []

    def slow(password: str, stored: str) -> bool:
        looked.append(password)
        time.sleep(0.1)
        return password == GOOD

    monkeypatch.setattr("datalab.signin.reception.matches", slow)

    def wrong(username: str) -> None:
        with contextlib.suppress(PermissionDeniedError):
            reception.admit(username, password=OTHER, code="")

    names = ["rowan"] * 20 + [f"nobody{n}" for n in range(20)]
    threads = [threading.Thread(target=wrong, args=(name,)) for name in names]
    for one in threads:
        one.start()
    time.sleep(0.3)
    before = len(looked)
    reception.admit("olga", password=GOOD, code="")
    meanwhile = looked.index(GOOD) - before
    for one in threads:
        one.join()

    assert meanwhile <= 3
    assert len(looked) < len(names)
