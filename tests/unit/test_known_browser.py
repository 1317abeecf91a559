"""A browser in which somebody signed in before: strangers' tries do not lock it out, and its own are counted apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datalab.errors import PermissionDeniedError
from datalab.governance.people import LabRole, Person
from datalab.settings import Settings
from datalab.signin import password as passwords
from datalab.signin.browser import KNOWN_FOR, MOST_BROWSERS, digest_of
from datalab.signin.lock import FREE_TRIES
from datalab.signin.reception import Reception
from datalab.storage.databases import open_sign_in
from datalab.wiring import create_lab, office

GOOD, OTHER = "marble kettle drifting north", "not this one, no"
PEOPLE = {"olga": LabRole.OPERATOR, "rowan": LabRole.RESEARCHER, "ann": LabRole.RESEARCHER}


class Door:
    """A reception, and the clock in it."""

    def __init__(self, home: Path) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        lab = create_lab(Settings(home=home))
        with lab.control.begin() as tx:
            for name, role in PEOPLE.items():
                office(tx, "olga").add_person(Person(username=name, full_name=name, roles=frozenset({role})))
        database = open_sign_in(lab.settings.sign_in_database)
        self.reception = Reception(control=lab.control, database=database, clock=lambda: self.now)
        self.file = lab.settings.hub / "signin.sqlite"

    def enrol(self, username: str = "rowan") -> None:
        """Give somebody a password."""
        self.reception.enrol(self.reception.invite(username, actor="olga"), password=GOOD, code="")

    def enter(self, browser: str = "", *, username: str = "rowan") -> str:
        """Sign in, and return what the browser is known by."""
        return self.reception.admit(username, password=GOOD, code="", browser=browser).browser

    def guess(self, times: int, browser: str = "", *, username: str = "rowan") -> None:
        """Try a wrong password so many times."""
        for _ in range(times):
            with pytest.raises(PermissionDeniedError):
                self.reception.admit(username, password=OTHER, code="", browser=browser)

    def is_shut(self, browser: str = "") -> bool:
        """Say whether the right password does not help."""
        try:
            self.enter(browser)
        except PermissionDeniedError:
            return True
        return False


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Return the door of a lab in which rowan has a password."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PASSES", 1)
    found = Door(tmp_path / "lab")
    found.enrol()
    return found


def test_strangers_do_not_lock_a_known_browser_out(door: Door) -> None:
    """The account is closed to everybody else, as the control shows, and stays so while its owner comes and goes."""
    known = door.enter()
    door.guess(FREE_TRIES)

    known = door.enter(known)
    assert door.is_shut()
    assert not door.is_shut(known)


def test_a_known_browser_does_not_set_back_what_strangers_tried(door: Door) -> None:
    """The next wait of strangers is longer, although the owner signed in between."""
    known = door.enter()
    door.guess(FREE_TRIES)
    door.now += timedelta(seconds=61)
    known = door.enter(known)
    door.guess(1)
    door.now += timedelta(seconds=61)

    assert door.is_shut()
    assert not door.is_shut(known)


def test_tries_from_a_known_browser_do_not_close_the_account_and_end_its_being_known(door: Door) -> None:
    """After five of them in a row it is a stranger's: a stolen cookie buys five guesses and no more."""
    known = door.enter()
    door.guess(FREE_TRIES, known)
    fresh = door.enter()
    door.guess(FREE_TRIES)

    assert door.is_shut(known)
    assert not door.is_shut(fresh)


def test_signing_in_lets_a_known_browser_try_anew(door: Door) -> None:
    """Mistyping now and then forgets no browser."""
    known = door.enter()
    for _ in range(2):
        door.guess(FREE_TRIES - 1, known)
        known = door.enter(known)
    door.guess(FREE_TRIES)

    assert not door.is_shut(known)


def test_only_the_last_cookie_of_that_person_counts_and_not_for_ever(door: Door) -> None:
    """Made up, another person's, used up by a later sign-in, of an older password, too old: all are strangers'."""
    used = door.enter()
    old = door.enter(used)
    door.enrol("ann")
    another = door.enter(username="ann")
    door.guess(FREE_TRIES)

    assert [door.is_shut(one) for one in ("made-up", another, used, old)] == [True, True, True, False]


def test_a_new_password_makes_every_browser_a_strangers(door: Door) -> None:
    """Whoever took a cookie loses it with the password."""
    known = door.enter()
    door.enrol()
    door.guess(FREE_TRIES)

    assert door.is_shut(known)


@pytest.mark.parametrize(("after", "shut"), [(KNOWN_FOR - timedelta(seconds=1), False), (KNOWN_FOR, True)])
def test_a_browser_is_known_for_ninety_days(door: Door, after: timedelta, *, shut: bool) -> None:
    """Up to the last second, and not beyond."""
    known = door.enter()
    door.now += after
    door.guess(FREE_TRIES)

    assert door.is_shut(known) is shut


def test_no_more_than_ten_browsers_of_a_person_are_known(door: Door) -> None:
    """The one that signed in longest ago is forgotten, and other people's are not."""
    door.enrol("ann")
    another = door.enter(username="ann")
    found = []
    for _ in range(MOST_BROWSERS + 1):
        door.now += timedelta(seconds=1)
        found.append(door.enter())
    with door.reception.database.read() as tx:
        known = [tx.accounts.browser(digest_of(one)) is not None for one in (another, *found)]

    assert known == [True, False, *[True] * MOST_BROWSERS]


def test_the_token_of_a_browser_is_not_kept(door: Door) -> None:
    """Who reads the database cannot pass for a browser; its hash is there."""
    known = door.enter()
    kept = door.file.read_bytes()

    assert known.encode() not in kept
    assert digest_of(known).encode() in kept


def test_the_cookie_of_a_known_browser_opens_nothing(door: Door) -> None:
    """Without the password nobody gets in, whatever the browser."""
    known = door.enter()
    with pytest.raises(PermissionDeniedError):
        door.reception.admit("rowan", password="", code="", browser=known)
