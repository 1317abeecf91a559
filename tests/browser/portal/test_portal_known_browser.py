"""The hub's sign-in page and the browsers that it knows."""

from __future__ import annotations

import re
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urljoin, urlsplit

from open_house import PASSWORD
from portal_client import Answer, PortalClient
from portal_house import PortalHouse

from datalab.signin.browser import KNOWN_FOR, cookie_name
from datalab.signin.lock import FREE_TRIES

WHO = "sam"


def _sign_in(client: PortalClient, password: str) -> Answer:
    """Send the sign-in form as a browser does that is signed out, and follow nothing."""
    for cookies in client.cookies.values():
        for name in [one for one in cookies if not one.startswith("datalab-browser-")]:
            del cookies[name]
    address, page = client.follow(client.house.portal)
    token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    action = re.search(r'<form action="([^"]+)"', page.text)
    assert token is not None
    assert action is not None
    form = {"username": WHO, "password": password, "_xsrf": token.group(1)}
    return client.post(urljoin(address, action.group(1).replace("&amp;", "&")), form)


def _cookie(answer: Answer) -> Morsel[str]:
    """Return the cookie that makes the browser known."""
    lines = answer.headers.get_all("Set-Cookie", [])
    return next(found for line in lines for name, found in SimpleCookie(line).items() if name == cookie_name(WHO))


def test_strangers_cannot_lock_out_a_browser_that_the_hub_knows(portal: PortalHouse) -> None:
    """No script, other site or lab's host gets its cookie; it is new after each sign-in; others are locked out."""
    known, stranger = PortalClient(house=portal.house), PortalClient(house=portal.house)
    first = _sign_in(known, PASSWORD)
    cookie = _cookie(first)
    assert (first.status, cookie["httponly"], cookie["samesite"]) == (302, True, "Strict")
    assert (cookie["domain"], cookie["path"]) == ("", "/hub/")
    assert int(cookie["max-age"]) == KNOWN_FOR.total_seconds()
    assert cookie_name(WHO) in known.cookies[urlsplit(portal.house.settings.address).netloc]

    refused = [_sign_in(stranger, "not this one, no").status for _ in range(FREE_TRIES)]
    assert refused == [403] * FREE_TRIES
    assert _sign_in(stranger, PASSWORD).status == 403
    again = _sign_in(known, PASSWORD)
    assert again.status == 302
    assert _cookie(again).value != cookie.value
