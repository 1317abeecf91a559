"""A person without a browser: cookies, redirects, forms, and the kernel's channel, at the addresses a browser uses."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from open_house import PASSWORD
from yarl import URL

PATIENCE = 180.0
"""Seconds that a slow machine may take for a step."""


async def until(found: Callable[[], Awaitable[bool]], *, every: float = 1.0, patience: float = PATIENCE) -> None:
    """Look until something is so; raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not await found():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(every)


class Loopback(AbstractResolver):
    """Finds every name on this machine, as browsers do with `*.localhost`."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return 127.0.0.1, and nothing for a name of elsewhere."""
        del family
        assert host.endswith("localhost"), host
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0),
        ]

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A page that was reached."""

    status: int
    url: URL
    text: str
    headers: Mapping[str, str]


class Form(HTMLParser):
    """The first form of a page: where it goes and what its hidden fields say."""

    def __init__(self, page: Seen) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page.text)
        self.target = page.url.join(URL(self.action, encoded=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the form and its fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = found.get("action", "")
        if tag == "input" and found.get("name") and found.get("type") == "hidden":
            self.fields.setdefault(found["name"], found.get("value", ""))


class Visitor:
    """One person's visit; made inside a running loop."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.cookies = aiohttp.CookieJar(unsafe=True)  # a provider may be a number and not a name
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback(), force_close=True),
            cookie_jar=self.cookies,
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )

    def floor(self, base: str, token: str) -> None:
        """Visit a JupyterLab that stands alone: its address is everybody's lab, and a token opens it."""
        self.lab = lambda *_: f"{base}/"  # type: ignore[method-assign]
        self._session.headers["Authorization"] = f"token {token}"

    @property
    def portal(self) -> str:
        """Address of the portal's start page."""
        return f"http://portal--service.{self.address.removeprefix('http://')}/services/portal/"

    async def close(self) -> None:
        """End the visit."""
        await self._session.close()

    async def get(self, url: str | URL, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Seen:
        """Open a page."""
        return await self._seen("GET", url, allow_redirects=follow, headers=headers)

    async def post(self, url: str | URL, data: Mapping[str, str], *, follow: bool = True) -> Seen:
        """Send a form; the browser tells where from."""
        origin = str(URL(url, encoded=True).origin()) if isinstance(url, str) else str(url.origin())
        return await self._seen("POST", url, data=dict(data), allow_redirects=follow, headers={"Origin": origin})

    async def _seen(self, method: str, url: str | URL, **options: Any) -> Seen:
        async with self._session.request(method, url, **options) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            return Seen(status=answer.status, url=answer.url, text=text, headers=answer.headers)

    async def sign_in(self, username: str, password: str = PASSWORD) -> Seen:
        """Fill in the lab's own sign-in; returns the page reached."""
        form = Form(await self.get(self.portal))
        return await self.post(form.target, {**form.fields, "username": username, "password": password})

    async def api(self, method: str, path: str, body: Any = None, *, host: str = "") -> Seen:
        """Call the hub's interface, or the one of another host's, as a script of a signed-in page could."""
        base = URL(host or f"{self.address}/hub/api/")
        url = base.join(URL(path, encoded=True))
        cookies = self.cookies.filter_cookies(url)
        token = cookies["_xsrf"].value if "_xsrf" in cookies else ""
        headers = {"X-XSRFToken": token, "Origin": str(url.origin()), "Content-Type": "application/json"}
        return await self._seen(method, url, data=json.dumps(body) if body is not None else None, headers=headers)

    async def start(self, username: str, project: str) -> Seen:
        """Start a lab, wait until it runs, and open it; returns its page."""
        await self.get(f"{self.address}/hub/home")  # brings the hub's cookie against forged forms
        asked = await self.api("POST", f"users/{username}/servers/{project}")
        if asked.status not in (201, 202):
            return asked
        await until(lambda: self.ready(username, project), every=0.2)
        return await self.get(f"{self.lab(username, project)}lab")

    async def reached(self) -> bool:
        """Say whether the hub answers."""
        try:
            return (await self.get(f"{self.address}/hub/health")).status == 200
        except aiohttp.ClientError:
            return False

    async def signed_out(self) -> bool:
        """Say whether the hub takes this visitor for nobody."""
        return (await self.api("GET", "user")).status == 403

    async def ready(self, username: str, project: str) -> bool:
        """Say whether the hub calls a lab ready."""
        told = await self.api("GET", f"users/{username}")
        servers = json.loads(told.text).get("servers", {}) if told.status == 200 else {}
        return bool(servers.get(project, {}).get("ready"))

    def lab(self, username: str, project: str) -> str:
        """Return the address of a person's lab."""
        return f"http://{username}.{self.address.removeprefix('http://')}/user/{username}/{project}/"

    async def kernel(self, username: str, project: str) -> str:
        """Start a kernel and return its id."""
        made = await self.api("POST", "api/kernels", {"name": "python3"}, host=self.lab(username, project))
        assert made.status == 201, (made.status, made.text[:300])
        return str(json.loads(made.text)["id"])

    @asynccontextmanager
    async def channel(self, username: str, project: str, kernel: str) -> AsyncIterator[Channel]:
        """Open a kernel's channel."""
        lab = self.lab(username, project)
        url = f"{lab}api/kernels/{kernel}/channels"
        headers = {"Origin": str(URL(lab).origin())}
        async with self._session.ws_connect(url, headers=headers, max_msg_size=0) as opened:
            yield Channel(opened)

    async def run(self, username: str, project: str, kernel: str, code: str) -> str:
        """Run a cell and return what it printed, or its error."""
        async with self.channel(username, project, kernel) as channel:
            return await channel.run(code)


class Channel:
    """A kernel's channel, as JupyterLab uses it (Jupyter messaging protocol 5.3 over JSON)."""

    def __init__(self, opened: aiohttp.ClientWebSocketResponse) -> None:
        self._opened = opened
        self._session = uuid.uuid4().hex

    async def run(self, code: str, *, patience: float = PATIENCE) -> str:
        """Run a cell and return what it printed, or its error."""
        sent = uuid.uuid4().hex
        header = {
            "msg_id": sent,
            "msg_type": "execute_request",
            "session": self._session,
            "username": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self._opened.send_json(message)
        said, idle, replied = "", False, False
        async with asyncio.timeout(patience):
            while not (idle and replied):
                got = await self._opened.receive()
                assert got.type is aiohttp.WSMsgType.TEXT, got
                told = json.loads(got.data)
                if told["parent_header"].get("msg_id") != sent:
                    continue
                kind, content = told["msg_type"], told["content"]
                said += content["text"] if kind == "stream" else ""
                said += f"{content['ename']}: {content['evalue']}" if kind == "error" else ""
                idle = idle or (kind == "status" and content["execution_state"] == "idle")
                replied = replied or kind == "execute_reply"
        return said
