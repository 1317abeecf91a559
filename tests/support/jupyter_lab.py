"""JupyterLab in a sandbox behind its doors, and a visitor without a browser who signs in and runs cells."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from sandboxes import MIB, SMALL, House, Running

from infra.enclave.interior import interior_mounts, lab_command, lab_environment
from infra.enclave.specification import Specification

PREFIX = "/user/alice/school-absence/"
LIMITS = dataclasses.replace(SMALL, memory=700 * MIB, processes=200)


def jupyter_specification(given: House, hub: int, **changes: Any) -> Specification:
    """Describe a sandbox that runs JupyterLab, whose hub is at a port of 127.0.0.1."""
    told = {
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
    values: dict[str, Any] = {
        "hub": f"http://127.0.0.1:{hub}",
        "read_only": interior_mounts(given.folder / "spark", LIMITS),
        "environment": lab_environment(told, user="alice", project="school-absence", prefix=PREFIX),
        "limits": LIMITS,
    }
    return given.specification(*lab_command(), **values | changes)


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
