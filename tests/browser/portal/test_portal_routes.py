"""Who may open what: every route of the portal over every kind of person; and what a form must carry."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import pytest
from idle import SERVERS_OWN, status_after_idling
from portal_client import COOKIE, PortalClient
from portal_house import HOSTILE, KINDS, PortalHouse

from datalab.web.app import PAGES
from infra.hub.ports import Ports

OPENS, REFUSED, MISSING, SIGN_IN = "opens", "refused", "missing", "sign in"
RESEARCH = {"researcher": OPENS}
OWN_PROJECT = {"researcher": OPENS, "researcher of another project": REFUSED}
EVERYBODY = {kind: OPENS for kind in KINDS if kind != "suspended person"}
CUSTODIANS = {"custodian": OPENS, "custodian of another agency": OPENS}
TABLE: Mapping[str, Mapping[str, str]] = {
    "GET ": EVERYBODY,
    "POST sign-out": EVERYBODY,
    "GET deliver": CUSTODIANS,
    "POST deliver": CUSTODIANS,
    "GET extracts": CUSTODIANS,
    "GET extracts/{extract}": {"custodian": OPENS, "custodian of another agency": MISSING},
    "GET projects": {"researcher": OPENS, "researcher of another project": OPENS},
    "GET projects/{project}": OWN_PROJECT,
    "GET projects/{project}/lab": OWN_PROJECT,
    "POST projects/{project}/lab": OWN_PROJECT,
    "POST projects/{project}/lab/stop": OWN_PROJECT,
    "GET projects/{project}/ask": OWN_PROJECT,
    "POST projects/{project}/ask": OWN_PROJECT,
    "GET projects/{project}/files": OWN_PROJECT,
    "POST projects/{project}/files": OWN_PROJECT,
    "GET files": {"reviewer": OPENS, "operator": OPENS},
    "GET files/{upload}": {"reviewer": OPENS, "operator": OPENS},
    "POST files/{upload}": {"reviewer": OPENS, "operator": OPENS},
    "GET requests/{request}": {"researcher": OPENS, "reviewer": OPENS},
    "POST requests/{request}/withdraw": RESEARCH,
    "GET review": {"reviewer": OPENS},
    "GET review/{request}": {"reviewer": OPENS},
    "POST review/{request}": {"reviewer": OPENS},
    "GET people": {"operator": OPENS},
    "POST people": {"operator": OPENS},
    "POST people/{username}/invite": {"operator": OPENS},
    "POST people/{username}/suspend": {"operator": OPENS},
    "POST people/{username}/reinstate": {"operator": OPENS},
}
"""What happens, by route and kind of person; who is not named is refused, and an anonymous visitor has to sign in."""
FORMS: Mapping[str, Mapping[str, str]] = {
    "POST projects/{project}/ask": {"question": "{", "do": "preview"},
    "POST review/{request}": {"verdict": "approved", "reason": ""},
    "POST files/{upload}": {"verdict": "approve", "reason": ""},
}
"""What is sent, where an empty form would not tell who may from who may not."""
ROUTES = [f"{page.method} {page.path}" for page in PAGES]
READ = [route for route in ROUTES if route.startswith("GET")]
WRITTEN = [route for route in ROUTES if route.startswith("POST") and route != "POST sign-out"]


def _place(portal: PortalHouse, route: str) -> tuple[str, str]:
    method, path = route.split(" ")
    return method, path.format(
        extract="incidents-3",
        project="safer",
        request=portal.released,
        upload=portal.upload,
        username="olga" if "suspend" in path else "ben",
    )


def _outcome(client: PortalClient, method: str, path: str, form: Mapping[str, str]) -> str:
    answer = client.get(path) if method == "GET" else client.post(path, form)
    if answer.status == 303 and "/oauth2/authorize" in answer.location:
        return SIGN_IN
    return {403: REFUSED, 404: MISSING}.get(answer.status, OPENS if answer.status < 500 else str(answer.status))


def test_every_route_has_its_line_in_the_table() -> None:
    """A new route without a line that says who may open it fails here, and so does a line without a route."""
    assert sorted(ROUTES) == sorted(TABLE)


@pytest.mark.parametrize("route", READ + WRITTEN)
def test_a_route_opens_for_whom_the_table_says_and_for_nobody_else(portal: PortalHouse, route: str) -> None:
    """Everybody else is refused, with a token of their own session in the form; who is anonymous signs in first."""
    method, path = _place(portal, route)
    found = {"anonymous": _outcome(PortalClient(house=portal.house), method, path, {})}
    for kind, username in reversed(KINDS.items()):  # who may, last: what it changes, changes nothing for the others
        client = portal.people[username]
        form = FORMS.get(route, {}) | ({"csrf": client.token()} if method == "POST" and username != "sue" else {})
        found[kind] = _outcome(client, method, path, form)
    wanted = {"anonymous": SIGN_IN} | {kind: TABLE[route].get(kind, REFUSED) for kind in KINDS}
    if found["suspended person"] == SIGN_IN:  # the hub forgot the person before the portal asked governance
        found["suspended person"] = REFUSED
    assert found == wanted


@pytest.mark.parametrize("route", [*WRITTEN, "POST sign-out"])
def test_a_form_without_its_sessions_token_changes_nothing(portal: PortalHouse, route: str) -> None:
    """No token, a made-up one, another session's own, and a right one from another origin or site: each is refused."""
    _, path = _place(portal, route)
    name = next(KINDS[kind] for kind, word in TABLE[route].items() if word == OPENS)
    client, other = portal.people[name], portal.people["rev" if name != "rev" else "ann"]
    good = client.token()
    sent: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": good[:-1]}, {}),
        ({"csrf": "ä"}, {}),
        ({"csrf": other.token()}, {}),
        ({"csrf": good}, {"Origin": "http://elsewhere.example"}),
        ({"csrf": good}, {"Origin": "null"}),
        ({"csrf": good}, {"Origin": f"http://ann.{portal.house.settings.address.removeprefix('http://')}"}),
        ({"csrf": good}, {"Sec-Fetch-Site": "same-site"}),
        ({"csrf": good}, {"Sec-Fetch-Site": "cross-site"}),
    ]
    for form, headers in sent:
        answer = client.post(path, FORMS.get(route, {}) | form, headers=headers)
        assert answer.status == 403, (form.keys(), headers)
        assert "not one of this session" in answer.text
    assert client.get("").status == 200


def test_a_form_of_the_portals_own_page_is_taken(portal: PortalHouse) -> None:
    """The control: the same token with the headers that a browser sends from the portal's own page goes through."""
    client = portal.people["ann"]
    origin = portal.house.portal.removesuffix("/services/portal/")
    form = {"csrf": client.token(), "question": "{", "do": "preview"}
    answer = client.post("projects/safer/ask", form, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 400
    assert "There is a problem" in answer.text


def test_signing_in_changes_the_name_of_the_session(portal: PortalHouse) -> None:
    """A session's name that somebody planted before sign-in is worth nothing after; it names no session of the lab."""
    client = PortalClient(house=portal.house)
    client.cookies[client.host] = {COOKIE: "planted"}
    first = client.get("")
    before = client.cookies[client.host][COOKIE]
    assert first.status == 303
    assert before != "planted"
    client.sign_in("ben")
    after = client.cookies[client.host][COOKIE]
    assert after != before
    thief = PortalClient(house=portal.house, cookies={client.host: {COOKIE: before}})
    assert thief.get("projects").status == 303


def test_signing_out_ends_the_session_everywhere(portal: PortalHouse) -> None:
    """After it, the old cookie of the portal opens nothing, and the hub asks for the password again."""
    client = PortalClient(house=portal.house).sign_in("ben")
    kept = dict(client.cookies[client.host])
    answer = client.post("sign-out", {"csrf": client.token()})
    assert answer.status == 303
    client.follow(answer.location)
    thief = PortalClient(house=portal.house, cookies={client.host: kept})
    assert "/oauth2/authorize" in thief.get("projects").location
    _, page = client.follow(portal.house.portal)
    assert 'name="password"' in page.text


def test_an_answer_of_the_hub_that_nobody_asked_for_is_refused(portal: PortalHouse) -> None:
    """A code without this browser's own state signs nobody in (RFC 6749, section 10.12)."""
    client = PortalClient(house=portal.house)
    assert client.get("oauth_callback?code=abc&state=xyz").status == 403
    client.get("")
    assert client.get("oauth_callback?code=abc&state=").status == 403
    assert client.get("oauth_callback?code=abc&state=%C3%A4").status == 403
    assert "/oauth2/authorize" in client.get("").location


def test_the_cookie_is_the_portals_alone(portal: PortalHouse) -> None:
    """Scripts cannot read it, other sites' forms do not carry it, and no other host of the lab is sent it."""
    said = PortalClient(house=portal.house).get("").headers.get("Set-Cookie", "").lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/services/portal/" in said
    assert "domain" not in said


@pytest.mark.parametrize(
    "path", ["", "nothing", "static/lab.css", "static/none.css", "health", "oauth_callback", "requests/{waiting}"]
)
def test_every_answer_carries_the_strict_headers(portal: PortalHouse, path: str) -> None:
    """Pages, errors, styles and redirects alike: nothing of others, no frames, no sniffing, no referrer, no store."""
    answer = portal.people["ann"].get(path.format(waiting=portal.waiting))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "server" not in {name.lower() for name in answer.headers} or "uvicorn" not in answer.headers["Server"]


@pytest.mark.parametrize("username", sorted(set(KINDS.values()) - {"sue"}))
def test_what_others_wrote_is_text_on_every_page(portal: PortalHouse, username: str) -> None:
    """Names, titles, purposes, reasons that hold markup are shown as they were typed, and are no markup."""
    client, escaped = portal.people[username], 0
    for path in ("", "projects", "projects/elsewhere", "people", "review", f"requests/{portal.released}"):
        text = client.get(path).text
        assert HOSTILE not in text
        assert "<script>window" not in text
        assert "<img" not in text
        escaped += "&lt;script&gt;window" in text
    assert escaped or username == "cas"


def test_a_connection_that_the_proxy_keeps_stays_open(portal: PortalHouse) -> None:
    """After a pause a page and its styles still come: one in a hundred was answered 503 after five seconds."""
    (ports,) = {one.environment["LAB_PORTS"] for one in portal.house.running.parts if "LAB_PORTS" in one.environment}
    with socket.create_connection(("127.0.0.1", Ports.from_text(ports).portal)) as connection:
        status = status_after_idling(connection, "/services/portal/health", {}, seconds=SERVERS_OWN + 1.5)

    assert status == 200


def test_small_counts_of_an_extract_are_shown_to_its_own_custodian_alone(portal: PortalHouse) -> None:
    """Every page that anybody else can open says nothing of disclosure risk; its custodian's says it with a picture."""
    shown = {kind: [] for kind in KINDS}
    for route in READ:
        _, path = _place(portal, route)
        for kind, name in KINDS.items():
            text = portal.people[name].get(path).text
            if "Disclosure risk" in text or "Quasi" in text or "lab-sizes" in text:
                shown[kind].append(path)

    assert shown == {kind: ["extracts/incidents-3"] if kind == "custodian" else [] for kind in KINDS}
    page = portal.people["cas"].get("extracts/incidents-3").text
    assert '<svg class="lab-sizes"' in page
    assert "204" in page
    assert "datalab extract suggestion report.json" in page
