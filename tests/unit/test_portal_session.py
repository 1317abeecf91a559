"""Sessions of the portal: when they are over, what replaces them, and the cookie that names them."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import cast

import pytest
from starlette.requests import Request

from datalab.control import ControlDatabase
from datalab.errors import PermissionDeniedError
from datalab.settings import Settings
from datalab.web.hub import Hub
from datalab.web.portal import Portal
from datalab.web.session import IDLE, LONGEST, MOST, Sessions

PREFIX = "/services/portal/"
TOKEN = "t"  # noqa: S105 - of nobody


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_session_without_a_page_for_half_an_hour_is_over() -> None:
    """A page keeps it; half an hour without one ends it, and it does not come back."""
    clock = Clock()
    sessions = Sessions(clock)
    one = sessions.begin(token=TOKEN)
    clock.now += IDLE
    assert sessions.find(one.id) is one
    clock.now += IDLE + 1
    assert sessions.find(one.id) is None
    clock.now -= IDLE
    assert sessions.find(one.id) is None


def test_a_session_is_over_after_twelve_hours_however_busy() -> None:
    """Pages every ten minutes keep a session for its longest time and no longer."""
    clock = Clock()
    sessions = Sessions(clock)
    one = sessions.begin(token=TOKEN)
    for _ in range(LONGEST // 600):
        clock.now += 600
        assert sessions.find(one.id) is one
    clock.now += 1
    assert sessions.find(one.id) is None


def test_browsers_on_their_way_sign_nobody_out() -> None:
    """However many begin to sign in, those who did stay; of those on their way the oldest goes."""
    sessions = Sessions(Clock())
    signed_in, first = sessions.begin(token=TOKEN), sessions.begin()
    for _ in range(MOST):
        sessions.begin()
    assert sessions.find(signed_in.id) is signed_in
    assert sessions.find(first.id) is None


def _portal(tmp_path: Path, scheme: str) -> Portal:
    settings = Settings(home=tmp_path, address=f"{scheme}://lab.example")
    hub = Hub(
        api="http://127.0.0.1:1", client="portal", secret="", origin=settings.address, callback=PREFIX, scopes=("self",)
    )
    control = cast("ControlDatabase", None)  # sign-in begins before anything is looked up
    return Portal(settings=settings, control=control, hub=hub, origin=settings.address, prefix=PREFIX)


def _request(cookie: str = "") -> Request:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": PREFIX, "query_string": b"", "headers": headers}
    return Request(scope)


@pytest.mark.parametrize(("scheme", "name"), [("https", "__Host-datalab-portal"), ("http", "datalab-portal")])
def test_behind_https_the_cookie_is_bound_to_its_host(tmp_path: Path, scheme: str, name: str) -> None:
    """Its name says that no other host set it: no domain, every path, https only, and no script reads it."""
    portal = _portal(tmp_path, scheme)
    answer = portal.begin_sign_in(_request())
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.key == name
    assert cookie["httponly"]
    assert cookie["domain"] == ""
    assert cookie["samesite"] == "lax"
    assert (bool(cookie["secure"]), cookie["path"]) == ((True, "/") if scheme == "https" else (False, PREFIX))


def test_a_cookie_that_another_host_planted_is_not_looked_at(tmp_path: Path) -> None:
    """Behind https a session's name under the plain name of the cookie finds nothing; under the bound one it does."""
    portal = _portal(tmp_path, "https")
    session = portal.sessions.begin(token=TOKEN)
    assert portal.session_of(_request(f"datalab-portal={session.id}")) is None
    assert portal.session_of(_request(f"__Host-datalab-portal={session.id}")) is session


def test_a_session_is_renamed_when_sign_in_begins_again(tmp_path: Path) -> None:
    """A name that somebody knew before is worth nothing afterwards, and the way back without it is refused."""
    portal = _portal(tmp_path, "https")
    known = portal.sessions.begin()
    answer = portal.begin_sign_in(_request(f"__Host-datalab-portal={known.id}"))
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.value != known.id
    assert portal.sessions.find(known.id) is None
    with pytest.raises(PermissionDeniedError):
        portal.end_sign_in(_request(f"__Host-datalab-portal={known.id}"))
