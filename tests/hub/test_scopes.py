"""What each role may do at the hub, and what somebody may who took the token out of their own sandbox."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from lodging import Kernel, Lodging, lodging
from open_house import PASSWORD, open_house, programs_there
from visitor import Form, Visitor
from yarl import URL

from datalab.signin.lock import FREE_TRIES

pytestmark = pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy")

EVERYBODY = {
    "access:services!service=portal",
    "read:users:name!user={}",
    "read:users:groups!user={}",
    "users:activity!user={}",
    "read:users:activity!user={}",
}
RESEARCHER = {
    "servers!user={}",
    "read:servers!user={}",
    "access:servers!user={}",
    "start:servers!user={}",
    "delete:servers!user={}",
}
MAY = {
    "olga": EVERYBODY,
    "cas": EVERYBODY,
    "rev": EVERYBODY,
    "ann": EVERYBODY | RESEARCHER,
    "bob": EVERYBODY | RESEARCHER,
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lodging]:
    """Run a lab for this module."""
    with open_house(tmp_path_factory.mktemp("scopes") / "lab") as house, lodging(house) as given:
        yield given


@pytest.fixture(scope="module")
def ann(lab: Lodging) -> tuple[Visitor, Kernel]:
    """A researcher in her lab."""
    return lab.in_lab("ann")


@pytest.fixture(scope="module")
def ben(lab: Lodging) -> Visitor:
    """Another researcher of the same project, signed in."""
    visitor = lab.signed_in("ben")
    lab.runner.run(visitor.get(f"{visitor.address}/hub/home"))  # brings the hub's cookie against forged forms
    return visitor


@pytest.mark.parametrize("username", MAY)
def test_a_role_has_exactly_the_scopes_it_needs(lab: Lodging, username: str) -> None:
    """Operator, custodian and reviewer: who they are, and the portal; a researcher: their own labs besides."""
    told = json.loads(lab.api(lab.signed_in(username), "GET", "user").text)

    assert set(told["scopes"]) == {scope.format(username) for scope in MAY[username]}
    assert not told["admin"]


@pytest.fixture(scope="module")
def passer(lab: Lodging, ann: tuple[Visitor, Kernel]) -> Visitor:
    """The same researcher in another browser, who is signed out by the last address that is tried."""
    assert ann
    return lab.signed_in("ann")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "users/ben/tokens"),
        ("GET", "users/ben/tokens"),
        ("POST", "users/ann/tokens"),
        ("GET", "users"),
        ("GET", "users/ann"),
        ("POST", "users"),
        ("DELETE", "users/ann/servers/safer"),
        ("POST", "users/ann/servers/safer"),
        ("POST", "users/ben/server"),
        ("POST", "users/ben/servers/elsewhere"),
        ("POST", "shares/ben/safer"),
        ("POST", "share-codes/ben/safer"),
        ("GET", "groups"),
        ("POST", "groups/reviewer/users"),
        ("GET", "proxy"),
        ("GET", "services"),
        ("GET", "info"),
        ("POST", "shutdown"),
    ],
)
def test_a_researcher_is_refused_what_is_not_theirs(
    lab: Lodging, ann: tuple[Visitor, Kernel], ben: Visitor, method: str, path: str
) -> None:
    """Tokens, other people, other people's labs, shares, groups, the proxy and the default server are closed."""
    assert ann[0] is not ben
    before = lab.api(ben, "GET", "user")

    refused = lab.api(ben, method, path, {} if method == "POST" else None)

    assert refused.status in (403, 404), refused.text
    assert "_xsrf" not in refused.text
    assert before.status == 200


def test_a_colleague_cannot_open_somebodys_lab(lab: Lodging, ann: tuple[Visitor, Kernel], ben: Visitor) -> None:
    """Of a lab's page and its interface a member of the same project sees nothing; its owner does."""
    address = ann[0].lab("ann", "safer")

    assert lab.runner.run(ann[0].get(f"{address}api/kernels")).status == 200
    assert lab.runner.run(ben.get(f"{address}lab")).status in (403, 404)
    assert lab.runner.run(ben.get(f"{address}api/kernels")).status in (403, 404)


def test_the_token_inside_a_sandbox_opens_its_own_lab_and_nothing_else(
    lab: Lodging, ann: tuple[Visitor, Kernel]
) -> None:
    """A researcher who prints the token of their server can look up themselves, and no more than the server needs."""
    token = ann[1].run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    assert len(token) == 32

    status, told = with_token(lab, token, "GET", "user")
    assert status == 200
    assert set(told["scopes"]) == {
        "access:servers!server=ann/safer",
        "users:activity!user=ann",
        "read:users:activity!user=ann",
        "read:users:name!user=ann",
        "read:users:groups!user=ann",
    }
    for method, path in (
        ("POST", "users/ann/tokens"),
        ("GET", "users"),
        ("POST", "users/ann/servers/safer"),
        ("DELETE", "users/ann/servers/safer"),
        ("GET", "users/ben"),
        ("GET", "groups"),
    ):
        assert with_token(lab, token, method, path)[0] in (403, 404), path


def with_token(lab: Lodging, token: str, method: str, path: str) -> tuple[int, dict[str, list[str]]]:
    """Call the hub's interface with a token."""
    settings = lab.house.settings
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=60)
    headers = {"Host": settings.address.removeprefix("http://"), "Authorization": f"token {token}"}
    try:
        connection.request(method, f"/hub/api/{path}", body="{}" if method == "POST" else None, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


ELSEWHERE = "http://203.0.113.9/?d=a-secret"
AWAY = {
    "the hub's sign-in, next": "/hub/login?next={away}",
    "the hub's sign-in, next with two slashes": "/hub/login?next=//203.0.113.9/",
    "the hub's sign-in, next with three slashes": "/hub/login?next=///203.0.113.9/",
    "the hub's sign-in, next with a backslash": "/hub/login?next=/\\203.0.113.9/",
    "the hub's sign-in, next with a name before the host": "/hub/login?next=http://{host}@203.0.113.9/",
    "the hub's sign-in, next with the host's name as a beginning": "/hub/login?next=http://{host}.example/",
    "the hub's sign-in at a provider": "/hub/oauth_login?next={away}",
    "the hub's start page": "/hub/?next={away}",
    "the hub's way to a lab": "/hub/user-redirect//203.0.113.9/?next={away}",
    "the hub's start of a lab": "/hub/spawn/ann/safer?next={away}",
    "a code of the lab's own, elsewhere": (
        "/hub/api/oauth2/authorize?client_id={client}&response_type=code&state=x&redirect_uri={away}"
    ),
    "a code of the portal's, elsewhere": (
        "/hub/api/oauth2/authorize?client_id=service-portal&response_type=code&state=x&redirect_uri={away}"
    ),
    "the portal's start page": "{portal}?next={away}",
    "the portal, by a path of two slashes": "{portal}/203.0.113.9/",
    "the portal's return from the hub": "{portal}oauth_callback?code=x&state=x&next={away}",
    "the hub's sign-out": "/hub/logout?next={away}",
}


def led(lab: Lodging, visitor: Visitor, way: str) -> list[URL]:
    """Follow an address as a browser does, on this machine only, and return every address that it led to."""
    client = "jupyterhub-user-ann-safer"
    host = visitor.address.removeprefix("http://")
    text = way.format(away=quote(ELSEWHERE, safe=""), portal=visitor.portal, client=client, host=host)
    passed = [URL(text if text.startswith("http") else f"{visitor.address}{text}", encoded=True)]
    for _ in range(8):
        seen = lab.runner.run(visitor.get(passed[-1], follow=False))
        if not seen.headers.get("Location"):
            break
        passed.append(passed[-1].join(URL(seen.headers["Location"], encoded=True)))
        if not str(passed[-1].host).endswith("localhost"):
            break
    return passed


@pytest.mark.parametrize("way", ["/hub/login?next=/hub/home", "/hub/?next=/hub/home"])
def test_signing_in_leads_on_within_the_lab(lab: Lodging, passer: Visitor, way: str) -> None:
    """The same parameter is followed where it stays in the lab: the refusals above are not for want of following."""
    passed = led(lab, passer, way)

    assert len(passed) > 1
    assert passed[-1].path in ("/hub/home", "/services/portal/")


@pytest.mark.parametrize("way", AWAY.values(), ids=AWAY.keys())
def test_signing_in_leads_nowhere_else(lab: Lodging, passer: Visitor, way: str) -> None:
    """No address of the hub or the portal sends a signed-in browser to another site, with or without data."""
    assert [one for one in led(lab, passer, way) if not str(one.host).endswith("localhost")] == []


def test_the_right_password_is_refused_while_an_account_is_closed(lab: Lodging) -> None:
    """After a few wrong passwords in a row the right one is refused with the same words; a colleague's is taken."""
    said = set()
    for password in (*["not this one, no"] * FREE_TRIES, PASSWORD):
        reached = lab.runner.run(lab.visitor().sign_in("rex", password))
        said.add((reached.status, Form(reached).action != "", "There is a problem" in reached.text))

    assert said == {(403, True, True)}
    assert lab.runner.run(lab.visitor().sign_in("ben", PASSWORD)).status == 200
