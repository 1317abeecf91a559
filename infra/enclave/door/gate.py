"""The gate: from the sandbox, by one unix socket, to a few calls of the hub and to the release service.

Who speaks is said by this door and by nobody in the sandbox: the door belongs to one person in one project.

A unix socket is mounted in one sandbox. A port of a pod is not: there each call carries a proof, a secret that the
lab of this door has and no other lab.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import quote, unquote

import aiohttp
from aiohttp import web
from yarl import URL

from infra.enclave.door.ways import Way
from infra.enclave.specification import Doors

LONGEST_BODY = 1 << 20
"""Bytes of a question; a sandbox sends no data."""
MOST_READ = 8 << 20
"""Bytes that are read and thrown away, so that the sender is there to hear that they are too many."""
MOST_CONNECTIONS = 64
MOST_READING = 8
"""Bodies that are read at once, in the order in which they came: so many times `LONGEST_BODY` is held for them."""
BODY_PATIENCE = 10.0
"""Seconds in which a whole body must come: it crosses no network."""
PATIENCE = 300.0
"""Seconds: a preview may wait for the engine."""
A_MINUTE = 240
"""Requests a minute, hub and release service together."""
MOST_AT_ONCE = 16
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
RELEASE = "/release/"
PROOF = "X-Datalab-Lab"
"""Header of the secret with which a lab proves itself, where the gate is a port."""
HEADERS_IN = ("Accept", "Authorization", "Content-Type")
HEADERS_OUT = ("Content-Type", "Retry-After", "Location", "X-JupyterHub-Version")
ODD = re.compile(r"[\x00-\x20\x7f\\;#]|//|/\.\.?(/|$)|%(2e|2f|5c|25|00|3b)|%(?![0-9a-f]{2})", re.IGNORECASE)

ACTIVITY = "/activity"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


class Gate:
    """Serves one sandbox; opened by `run`."""

    most_connections = MOST_CONNECTIONS

    def __init__(
        self,
        specification: Doors,
        *,
        release: Way,
        note: Callable[..., None],
        clock: Callable[[], float],
        proof: bytes = b"",
    ) -> None:
        self._specification = specification
        self._release_way = release
        self._proof = proof
        self._note = note
        self._clock = clock
        self._secret = Path(specification.release_secret_file)
        user = re.escape(quote(specification.user, safe="@~!$&'()*+,=:"))
        self._hub_calls = (
            ("GET", re.compile(r"/hub/api/?")),
            ("GET", re.compile(r"/hub/api/user/?")),
            ("POST", re.compile(r"/hub/api/oauth2/token")),
            (
                "POST",
                re.compile(rf"/hub/api/users/(?:{user}|{re.escape(quote(specification.user, safe=''))})/activity"),
            ),
        )
        self._tokens = float(A_MINUTE)
        self._filled = clock()
        self._reading = asyncio.Semaphore(MOST_READING)
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._hub: aiohttp.ClientSession | None = None
        self._release: aiohttp.ClientSession | None = None

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """Hold the connections to hub and release service while the gate is open."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE, sock_connect=10)
        jars = aiohttp.DummyCookieJar
        self._hub = aiohttp.ClientSession(timeout=timeout, cookie_jar=jars(), auto_decompress=False)
        self._release = aiohttp.ClientSession(
            connector=self._release_way.connector(), timeout=timeout, cookie_jar=jars(), auto_decompress=False
        )
        yield
        await self._hub.close()
        await self._release.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the sandbox."""
        if reason := self._reason(request):
            return self._refuse(request, 403, reason)
        if not self._take():
            return self._refuse(
                request, 429, f"A lab may ask {A_MINUTE} times a minute; wait a few seconds.", retry_after=5
            )
        body = await self._read(request)
        if isinstance(body, web.Response):
            return body
        if not request.path.startswith(RELEASE) and request.path.endswith(ACTIVITY):
            body = self._activity(body)
            if not body:
                return self._refuse(request, 400, "That does not say when this lab was used last.")
        try:
            async with asyncio.timeout(PATIENCE), self._free:
                return await self._pass_on(request, body)
        except (aiohttp.ClientError, OSError, TimeoutError):
            who = "release service" if request.path.startswith(RELEASE) else "hub"
            return _answer(502, f"The {who} does not answer now; try again in a minute, then tell the operator.")

    async def _read(self, request: web.Request) -> bytes | web.Response:
        """Return the whole body, or why there is none."""
        try:
            async with asyncio.timeout(PATIENCE), self._reading, asyncio.timeout(BODY_PATIENCE):
                body = await self._body(request)
        except TimeoutError:
            return self._refuse(request, 408, f"A request must come whole within {BODY_PATIENCE:.0f} seconds.")
        except (aiohttp.ClientError, web.RequestPayloadError, OSError):
            return self._refuse(request, 400, "A request did not come whole.")
        if body is None:
            return self._refuse(request, 413, f"A request may hold {LONGEST_BODY:,} bytes.")
        return body

    def _activity(self, body: bytes) -> bytes:
        """Say anew when this lab was used, or nothing: the hub would log what it cannot read, and other servers' names.

        `{"last_activity": moment, "servers": {name: {"last_activity": moment}}}` (JupyterHub's REST API).
        """
        try:
            moment = str(json.loads(body)["last_activity"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return b""
        if not MOMENT.fullmatch(moment):
            return b""
        server = unquote("".join(self._specification.prefix.strip("/").split("/")[2:3]))
        return json.dumps({"last_activity": moment, "servers": {server: {"last_activity": moment}}}).encode()

    def _refuse(self, request: web.Request, status: int, reason: str, *, retry_after: int = 0) -> web.Response:
        """Refuse, and write down what was refused in words of our own: a path would carry the sandbox's."""
        method = request.method if request.method in METHODS else "another"
        where = next((name for name in ("/release/", "/hub/") if request.path.startswith(name)), "elsewhere")
        self._note("gate-refused", method=method, where=where, why=reason)
        return _answer(status, reason, retry_after=retry_after)

    def _reason(self, request: web.Request) -> str:  # noqa: PLR0911 - one line a rule
        path, _, query = request.raw_path.partition("?")
        if self._proof and not self._proved(request):
            return "This gate belongs to another lab."
        if request.method not in ("GET", "POST"):
            return "Only GET and POST pass this door."
        if ODD.search(path) or CONTROL.search(query) or not path.startswith("/"):
            return "The address is written in an odd way."
        if "Upgrade" in request.headers:
            return "No live connection passes this door."
        if "Transfer-Encoding" in request.headers and "Content-Length" in request.headers:
            return "A body was sent with two lengths."
        if path.startswith(RELEASE):
            return ""
        if query:
            return "No call of the hub has a question mark: it would write the rest to its log."
        if any(request.method == method and pattern.fullmatch(path) for method, pattern in self._hub_calls):
            return ""
        return "This is not open to a lab."

    def _proved(self, request: web.Request) -> bool:
        """Tell whether the lab of this door speaks; compared so that time tells nothing of the secret."""
        said = request.headers.getall(PROOF, [])
        return len(said) == 1 and hmac.compare_digest(said[0].encode("utf-8", "surrogateescape"), self._proof)

    def _take(self) -> bool:
        """Take one request of this minute's; they come back evenly."""
        now = self._clock()
        self._tokens = min(A_MINUTE, self._tokens + max(now - self._filled, 0.0) * A_MINUTE / 60)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    async def _body(self, request: web.Request) -> bytes | None:
        """Return the whole body; None where it is too long."""
        if (request.content_length or 0) > MOST_READ:
            return None
        body = bytearray()
        read = 0
        async for piece in request.content.iter_any():
            read += len(piece)
            if read > MOST_READ:
                return None
            if read <= LONGEST_BODY:
                body += piece
        return bytes(body) if read <= LONGEST_BODY else None

    async def _pass_on(self, request: web.Request, body: bytes) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in HEADERS_IN if name in request.headers}
        if request.path.startswith(RELEASE):
            session, base, target = self._release, self._release_way.base, request.raw_path
            headers.pop("Authorization", None)
            headers |= {
                "X-Datalab-Caller": "door",
                "X-Datalab-Secret": self._secret.read_text().strip(),
                "X-Datalab-Person": self._specification.user,
                "X-Datalab-Project": self._specification.project,
            }
        else:
            session, base, target = self._hub, self._specification.hub, request.raw_path
        assert session is not None  # noqa: S101 - set by `run`
        async with session.request(
            request.method, URL(base + target, encoded=True), headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            response = web.StreamResponse(status=answer.status)
            for name in HEADERS_OUT:
                if name in answer.headers:
                    response.headers[name] = answer.headers[name]
            response.content_length = answer.content_length
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response


def _answer(status: int, message: str, *, retry_after: int = 0) -> web.Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return web.json_response({"message": message}, status=status, headers=headers)
