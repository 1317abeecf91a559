"""Hub and portal at their own host names, and at no lab's; and nothing that a request says is kept with a sandbox."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator

import pytest
from lodging import Lodging, lodging
from open_house import open_house, programs_there
from visitor import Visitor

from infra.hub.ports import Ports

pytestmark = pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy")
SECRET = "a-secret-of-somebody"  # noqa: S105 - what must not be kept
HUB = ("/hub/login", "/hub/api/", "/hub/home", "/hub/styles.css", "/hub/health", "/hub/user/ann/safer/", "/")
PORTAL = ("/services/portal/", "/services/portal/health", "/services/portal/static/lab.css")
OTHERS = ("ann.{}", "ann.{}:80", "portal--service.{}", "other.example", "127.0.0.1", "")
OPTIONS: tuple[tuple[str, str, object], ...] = (
    ("POST", "users/ben/servers/safer", {"data": SECRET}),
    ("POST", "users/ben/servers/safer", {"user_options": {"data": SECRET}}),
    ("POST", "users/ben/servers/safer", {"display_name": f"{SECRET} {SECRET}"}),
    ("POST", "users/ben/servers/safer", {"data": SECRET * 20_000}),
    ("PUT", "users/ben/servers/other", {"user_options": {"data": SECRET}}),
    ("PUT", "users/ben/servers/another", {"display_name": f"{SECRET} {SECRET}"}),
    ("PATCH", "users/ben/servers/kept", {"user_options": {"data": SECRET}}),
    ("PATCH", "users/ben/servers/kept", {"display_name": f"{SECRET} {SECRET}"}),
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lodging]:
    """Run a lab for this module."""
    with open_house(tmp_path_factory.mktemp("hosts") / "lab") as house, lodging(house) as given:
        yield given


@pytest.fixture(scope="module")
def ben(lab: Lodging) -> Visitor:
    """A researcher who is signed in, with a server that was never started."""
    visitor = lab.signed_in("ben")
    lab.runner.run(visitor.get(f"{visitor.address}/hub/home"))  # brings the hub's cookie against forged forms
    assert lab.api(visitor, "PUT", "users/ben/servers/kept").status == 201
    return visitor


def asked(lab: Lodging, host: str, path: str, *, port: int = 0, method: str = "GET") -> tuple[int, str]:
    """Ask by a host name, through the proxy or at another port."""
    connection = http.client.HTTPConnection("127.0.0.1", port or lab.house.settings.port, timeout=60)
    try:
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def own(lab: Lodging) -> str:
    """Return the lab's own name, with its port."""
    return lab.house.settings.address.removeprefix("http://")


@pytest.mark.parametrize("path", HUB)
@pytest.mark.parametrize("other", OTHERS)
def test_the_hub_is_not_found_at_another_host(lab: Lodging, other: str, path: str) -> None:
    """Whatever is asked of the hub by a lab's, the portal's or no name is refused; by its own name it is answered."""
    name = other.format(own(lab).partition(":")[0] if ":80" in other else own(lab))

    status, text = asked(lab, name, path)

    assert status == 404
    assert "_xsrf" not in text
    assert asked(lab, own(lab), path)[0] in (200, 302, 403)


@pytest.mark.parametrize("path", PORTAL)
@pytest.mark.parametrize("other", ["ann.{}", "other.example"])
def test_the_portal_is_not_found_at_another_host(lab: Lodging, other: str, path: str) -> None:
    """Nor are the portal's pages at a lab's name."""
    assert asked(lab, other.format(own(lab)), path)[0] == 404
    assert asked(lab, f"portal--service.{own(lab)}", path)[0] in (200, 303)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/hub/login", "/hub/api/user", "/hub/health"])
def test_the_hub_itself_refuses_another_host(lab: Lodging, method: str, path: str) -> None:
    """Past the proxy too the hub serves no name but its own, by any method."""
    hub = next(part for part in lab.house.running.parts if "LAB_PORTS" in part.environment)
    port = Ports.from_text(hub.environment["LAB_PORTS"]).hub

    status, text = asked(lab, f"ann.{own(lab)}", path, port=port, method=method)

    assert status in (403, 421)
    assert SECRET not in text
    assert "_xsrf" not in text
    for name in (own(lab), f"127.0.0.1:{port}"):
        assert asked(lab, name, "/hub/health", port=port)[0] == 200


@pytest.mark.parametrize(("method", "path", "body"), OPTIONS, ids=[f"{one[0]} {one[2]!s:.40}" for one in OPTIONS])
def test_nothing_that_a_request_says_is_kept(
    lab: Lodging, ben: Visitor, method: str, path: str, body: dict[str, object]
) -> None:
    """Options and names beside a server are refused, and the account tells nothing of them afterwards."""
    refused = lab.api(ben, method, path, body)

    assert refused.status == 400, refused.text[:300]
    told = lab.api(ben, "GET", "users/ben?include_stopped_servers")
    assert told.status == 200
    assert SECRET not in told.text
    assert "kept" in told.text


def test_a_refused_start_leaves_no_server_that_seems_to_run(lab: Lodging, ben: Visitor) -> None:
    """After a start that was refused the hub calls nothing ready, and has made no token for a sandbox."""
    before = lab.api(ben, "GET", "users/ben/tokens").text
    assert lab.api(ben, "POST", "users/ben/servers/safer", {"data": SECRET}).status == 400

    told = json.loads(lab.api(ben, "GET", "users/ben?include_stopped_servers").text)["servers"]
    assert not [name for name, one in told.items() if one["ready"] or not one["stopped"]]
    assert lab.api(ben, "GET", "users/ben/tokens").text.count("Server at") == before.count("Server at")


def test_a_sandbox_starts_by_a_request_that_says_nothing(lab: Lodging, ben: Visitor) -> None:
    """The control: what the portal asks is answered, and the sandbox runs."""
    assert lab.runner.run(ben.start("ben", "safer")).status == 200


@pytest.mark.parametrize("path", ["/hub/enrol?token={}", "/hub/nothing?kept={}"])
def test_the_hubs_log_holds_no_address_behind_its_question_mark(lab: Lodging, path: str) -> None:
    """What a refused address says of itself is not in the log of the hub that runs, which tells that it was refused."""
    assert asked(lab, own(lab), path.format(SECRET))[0] >= 400

    file, told = lab.house.settings.run / "logs" / "jupyterhub.log", path.partition("?")[0] + "?[left out]"
    for _ in range(100):  # the hub writes it after it has answered
        if told in (log := file.read_text()):
            break
        time.sleep(0.1)
    assert told in log
    assert SECRET not in log
