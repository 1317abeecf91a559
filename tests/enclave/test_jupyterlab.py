"""JupyterLab in a sandbox behind its doors: a browser's sign-in, a kernel, a notice, and what stays closed."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sandboxes import MIB, SMALL, House, Running, free_port, running
from stub_hub import stub_hub

from infra.enclave.interior import interior_mounts, lab_command, lab_environment

pytestmark = pytest.mark.enclave
PREFIX = "/user/alice/school-absence/"
LIMITS = dataclasses.replace(SMALL, memory=700 * MIB, processes=200)


@pytest.fixture(scope="module")
def jupyter(any_house: House) -> Iterator[tuple[Running, list[str]]]:
    """JupyterLab in a sandbox, and what its hub was asked."""
    calls: list[str] = []
    port = free_port()
    hub = {
        "JUPYTERHUB_API_TOKEN": "of-the-server",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-alice-school-absence",
        "JUPYTERHUB_USER": "alice",
        "JUPYTERHUB_SERVER_NAME": "school-absence",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps(["access:servers!server=alice/school-absence"]),
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(["access:servers!server=alice/school-absence"]),
    }
    specification = any_house.specification(
        *lab_command(),
        hub=f"http://127.0.0.1:{port}",
        read_only=interior_mounts(any_house.folder / "spark", LIMITS),
        environment=lab_environment(hub, user="alice", project="school-absence", prefix=PREFIX),
        limits=LIMITS,
    )
    with stub_hub(port, calls), running(any_house, specification, serving=False) as one:
        one.wait_until_serving(120)
        yield one, calls


class Browser:
    """A browser's cookies and requests."""

    def __init__(self, lab: Running, session: aiohttp.ClientSession) -> None:
        self.root = f"http://127.0.0.1:{lab.specification.port}"
        self.session = session

    async def get(self, path: str, **options: Any) -> tuple[int, str, str]:
        """Return status, where it leads, and text."""
        async with self.session.get(self.root + path, allow_redirects=False, **options) as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()

    async def sign_in(self) -> None:
        """Go to the lab, to the hub, and back with its code."""
        _, hub, _ = await self.get(f"{PREFIX}lab")
        asked = parse_qs(urlsplit(hub).query)
        assert urlsplit(hub).path == "/hub/api/oauth2/authorize", hub
        status, location, _ = await self.get(f"{PREFIX}oauth_callback?code=once&state={asked['state'][0]}")
        assert (status, location.split("?")[0]) == (302, f"{PREFIX}lab")

    async def kernel(self) -> str:
        """Start a kernel and return its number."""
        cookies = {one.key: one.value for one in self.session.cookie_jar}
        headers = {"X-XSRFToken": cookies["_xsrf"]}
        async with self.session.post(
            self.root + PREFIX + "api/kernels", json={"name": "python3"}, headers=headers
        ) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])

    async def execute(self, kernel: str, code: str) -> str:
        """Run a cell and return what it printed, or the error's name."""
        address = f"{self.root}{PREFIX}api/kernels/{kernel}/channels"
        async with self.session.ws_connect(address, max_msg_size=0, origin=self.root) as channel:
            header = {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "username": "",
                "session": "s",
                "version": "5.3",
            }
            content = {
                "code": code,
                "silent": False,
                "store_history": False,
                "user_expressions": {},
                "allow_stdin": False,
            }
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
            await channel.send_json(message)
            printed = ""
            async with asyncio.timeout(60):
                async for one in channel:
                    heard = json.loads(one.data)
                    if heard["parent_header"].get("msg_id") != header["msg_id"] and heard["msg_type"] != "status":
                        continue
                    if heard["msg_type"] == "stream":
                        printed += heard["content"]["text"]
                    if heard["msg_type"] == "error":
                        printed += heard["content"]["ename"]
                    if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "restarting":
                        return printed + "restarting"
                    if (
                        heard["msg_type"] == "status"
                        and heard["content"]["execution_state"] == "idle"
                        and (heard["parent_header"].get("msg_id") == header["msg_id"])
                    ):
                        return printed
            return printed


def browse(lab: Running, work: Any) -> Any:
    """Do something with a browser that is signed in."""

    async def go() -> Any:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            browser = Browser(lab, session)
            await browser.sign_in()
            return await work(browser)

    return asyncio.run(asyncio.wait_for(go(), 150))


def test_a_researcher_signs_in_and_runs_a_cell(jupyter: tuple[Running, list[str]]) -> None:
    """By the hub's sign-in a browser reaches JupyterLab, starts a kernel, and sees what a cell prints."""
    lab, calls = jupyter

    async def work(browser: Browser) -> tuple[str, str]:
        _, _, page = await browser.get(f"{PREFIX}lab")
        kernel = await browser.kernel()
        return page, await browser.execute(
            kernel, "import notebooks, datalab, os; print(6 * 7, sorted(os.listdir('/home')))"
        )

    page, printed = browse(lab, work)

    assert '"terminalsAvailable": false' in page
    assert "@jupyterlab/docmanager-extension:download" in page
    assert printed == "42 ['researcher']\n"
    assert {"GET /hub/api/user", "POST /hub/api/oauth2/token", "POST /hub/api/users/alice/activity"} <= set(calls)


def test_nobody_enters_without_the_hub(jupyter: tuple[Running, list[str]]) -> None:
    """A request without a signed-in browser's cookies is refused, and a token in a header does not pass."""
    lab, _ = jupyter

    assert lab.request("GET", "api/contents")[0] == 403
    assert lab.request("GET", "api/contents", headers={"Authorization": "token of-the-server"})[0] == 403


def test_the_researcher_reads_why_a_kernel_ended(jupyter: tuple[Running, list[str]]) -> None:
    """After a cell used all memory its kernel starts again, and the next cell says what happened and what to do."""
    lab, _ = jupyter

    async def work(browser: Browser) -> str:
        kernel = await browser.kernel()
        first = await browser.execute(kernel, "x = [b'x' * (1 << 20) for _ in range(900)]")
        assert "restarting" in first
        await asyncio.sleep(4)
        return await browser.execute(kernel, "print('again')")

    printed = browse(lab, work)

    assert printed.startswith("again")
    assert "used all of its 700 MiB of memory" in printed


def test_what_jupyterlab_would_offer_is_closed(jupyter: tuple[Running, list[str]]) -> None:
    """Even signed in, downloads, exports and terminals are closed."""
    lab, _ = jupyter

    async def work(browser: Browser) -> list[int]:
        paths = ("files/a.txt", "nbconvert/html/a.ipynb", "api/terminals", "api/contents/a.csv", "lab/api/news")
        return [(await browser.get(PREFIX + path))[0] for path in paths]

    assert browse(lab, work) == [403] * 5
