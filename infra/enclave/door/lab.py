"""The lab door: from the browser, through the hub's proxy, to JupyterLab in the sandbox, as far as `paths` allows.

    proxy -> 127.0.0.1:port -> judged by path, method and header -> unix socket whose listener the sandbox inherited
                            <- policy headers, metered, cut at the largest answer <-

On a cluster the door is a pod of its own, and a port of the lab's pod stands in the place of the socket.

What the sandbox answers is treated as an attacker's: only known headers, kinds of content, cookies and redirects pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeVar

import aiohttp
from aiohttp import web
from yarl import URL

from infra.enclave.door.answer import copy_headers, fault_of, has_content, largest
from infra.enclave.door.channel.frames import FrameCounter
from infra.enclave.door.channel.opening import NoChannelError, join
from infra.enclave.door.channel.relay import Relay
from infra.enclave.door.files.body import LONGEST_BODY, Body
from infra.enclave.door.files.installed import answer_installed
from infra.enclave.door.files.saved import judge_saved
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.page.guard import digest_of_guard, guard_before, is_page
from infra.enclave.door.page.rewritten import Rewritten
from infra.enclave.door.paths import Kind
from infra.enclave.door.policy import NONCE, NOWHERE, open_programs, own_headers, place_of, programs_of
from infra.enclave.door.refusal import page, refuse
from infra.enclave.door.request import headers_in, judge_head
from infra.enclave.door.ways import Way
from infra.enclave.notices import Notices
from infra.enclave.specification import Doors

R = TypeVar("R", bound=web.StreamResponse)
MIB = 1 << 20
LEAST_ROOM = 1024
"""Bytes left in the window below which nothing is asked of the sandbox any more."""
LONGEST_TYPED = 8 * MIB
"""Bytes of a message that a browser sends to a kernel."""
CHUNK = 1 << 16
MOST_CHANNELS, MOST_REQUESTS = 64, 64
MOST_CONNECTIONS = MOST_CHANNELS + 2 * MOST_REQUESTS
MOST_SAVING = 8
"""Notebooks and files that are held whole at once, in the order in which they came."""


class LabDoor:
    """Serves one sandbox."""

    most_connections = MOST_CONNECTIONS

    def __init__(
        self,
        specification: Doors,
        *,
        lab: Way,
        meter: OutputMeter,
        note: Callable[..., None],
        notices: Notices,
    ) -> None:
        self._specification = specification
        self._lab = lab
        self._meter = meter
        self._note = note
        self._notices = notices
        self._channels = 0
        self._requests = asyncio.Semaphore(MOST_REQUESTS)
        self._saving = asyncio.Semaphore(MOST_SAVING)
        self._session: aiohttp.ClientSession | None = None
        self._live = Relay()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """Hold the connections to the sandbox while the door is open."""
        self._loop = asyncio.get_running_loop()
        self._session = aiohttp.ClientSession(
            connector=self._lab.connector(limit=MOST_REQUESTS, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=600),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=16_384,
            max_field_size=16_384,
            read_bufsize=4 * CHUNK,
        )
        yield
        self._live.close()
        await self._session.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the browser."""
        kind, reason = judge_head(request, self._specification)
        if reason or kind is None:
            return self._refuse(request, reason)
        if kind is Kind.ASSET and (own := answer_installed(request, self._specification.prefix)):
            return self._finish(request, own, programs=self._programs(request))
        if self._meter.room() < LEAST_ROOM:
            return self._spent(request)
        if kind is Kind.CHANNEL:
            return await self._channel(request)
        held = self._saving if kind is Kind.CONTENTS and request.can_read_body else contextlib.nullcontext()
        async with self._requests, held:
            return await self._relay(request, kind)

    def _refuse(self, request: web.Request, reason: str, *, status: int = 403) -> web.Response:
        self._note("lab-refused", method=request.method, path=request.path, why=reason)
        return self._finish(request, refuse(request, reason, status=status))

    def _spent(self, request: web.Request) -> web.Response:
        self._note("lab-refused", method=request.method, path=request.path, why="window used up")
        minutes = self._tell_minutes()
        reason = f"this lab showed as much as it may within an hour or so; wait about {minutes} min, and show summaries"
        return self._finish(request, refuse(request, reason, status=429, retry_after=self._meter.wait()))

    def _tell_minutes(self) -> int:
        """Tell the researcher that the window is used up, and return the minutes until there is room again."""
        minutes = max(1, round(self._meter.wait() / 60))
        self._notices.tell("output", f"The lab showed as much as it may for now. It goes on in about {minutes} min.")
        return minutes

    def _place(self, request: web.Request) -> tuple[str, str]:
        return place_of(request.host, prefix=self._specification.prefix, hub_origin=self._specification.hub_origin)

    def _programs(self, request: web.Request, *, page: bool = False) -> str:
        """Return what programs run from, of a page with the guard before it, or of a file of the host's."""
        place, _ = self._place(request)
        if self._specification.output_programs:
            return open_programs(place)
        return programs_of(place, guard=digest_of_guard(self._specification.prefix) if page else "")

    def _own_headers(self, request: web.Request, *, programs: str = NOWHERE) -> Mapping[str, str]:
        place, channels = self._place(request)
        return own_headers(self._specification.shell_origin, place=place, channels=channels, programs=programs)

    def _finish(self, request: web.Request, response: R, *, programs: str = NOWHERE) -> R:
        response.headers.update(self._own_headers(request, programs=programs))
        return response

    async def _relay(self, request: web.Request, kind: Kind) -> web.StreamResponse:
        if (request.content_length or 0) > LONGEST_BODY:
            return self._refuse(request, f"a request may hold {LONGEST_BODY // MIB} MiB", status=413)
        assert self._session is not None  # noqa: S101 - set by `run`
        body = Body(request) if request.can_read_body else None
        content: bytes | AsyncIterator[bytes] | None = body.pieces() if body else None
        if body is not None and kind is Kind.CONTENTS:
            try:
                content = b"".join([piece async for piece in body.pieces()])
            except (aiohttp.ClientError, web.RequestPayloadError, OSError):  # a TimeoutError is an OSError
                return self._refuse(request, body.fault or "what was sent did not come whole", status=413)
            saved = await asyncio.to_thread(judge_saved, request.method, request.raw_path, content)
            if saved.reason:
                return self._refuse(request, saved.reason)
            if saved.ending:
                self._note("lab-saved", ending=saved.ending, bytes=len(content))
        headers = headers_in(request)
        if isinstance(content, bytes):
            headers.append(("Content-Length", str(len(content))))
        elif request.content_length is not None and body is not None:
            headers.append(("Content-Length", str(request.content_length)))
        try:
            answer = await self._session.request(
                request.method,
                URL(self._lab.base + request.raw_path, encoded=True),
                headers=headers,
                data=content,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Content-Type", "Accept"),
            )
        except (aiohttp.ClientError, OSError, TimeoutError):
            if body and body.fault:
                return self._refuse(request, body.fault, status=413)
            return self._absent(request)
        async with answer:
            return await self._pass_on(request, kind, answer)

    def _absent(self, request: web.Request) -> web.Response:
        notice = self._notices.newest()
        return self._finish(
            request,
            page(
                "The lab does not answer",
                "Its server is starting, or has ended.",
                notice,
                "Go back to the portal.",
                status=503,
            ),
        )

    async def _pass_on(self, request: web.Request, kind: Kind, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        most = largest(kind, self._specification)
        if fault := fault_of(request, answer, specification=self._specification, most=most):
            return self._refuse(request, fault)
        response = web.StreamResponse(status=answer.status)
        shows = is_page(answer.headers.get("Content-Type", ""))
        own = self._own_headers(request, programs=self._programs(request, page=True) if shows else NOWHERE)
        head = copy_headers(answer, response, prefix=self._specification.prefix, own=own)
        if not self._meter.spend(head):
            return self._spent(request)
        if has_content(request, answer):
            said = NONCE if self._specification.output_programs else ""
            front = guard_before(self._specification.prefix, said=said) if shows else b""
            if answer.content_length is not None and not front:
                response.content_length = answer.content_length  # a page is rewritten as it passes
            return await self._stream(request, answer, response, most, front)
        await response.prepare(request)
        return response

    async def _stream(
        self,
        request: web.Request,
        answer: aiohttp.ClientResponse,
        response: web.StreamResponse,
        most: int,
        front: bytes,
    ) -> web.StreamResponse:
        """Pass a body piece by piece, behind the door's own bytes; a page is rewritten for the guard.

        One that grows too long, or past the window, is cut and does not look whole.
        """
        sent = 0
        rewritten = Rewritten(said=self._specification.output_programs) if front else None
        async for piece in answer.content.iter_any():
            sent += len(piece)
            if sent > most or not self._meter.spend(len(piece)):
                why = "answer too large" if sent > most else "window used up"
                self._note("lab-cut", method=request.method, path=request.path, why=why)
                if not response.prepared:
                    return self._refuse(request, why) if sent > most else self._spent(request)
                if request.transport is not None:
                    request.transport.abort()
                return response
            if not response.prepared:
                await response.prepare(request)
                await response.write(front)
            await response.write(rewritten.passed(piece) if rewritten else piece)
        if not response.prepared:
            await response.prepare(request)
            await response.write(front)
        if rewritten:
            await response.write(rewritten.rest())
        return response

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        if self._channels >= MOST_CHANNELS:
            return self._refuse(request, f"a lab has at most {MOST_CHANNELS} live connections", status=429)
        own = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        asked = [
            (name, request.headers[name])
            for name in ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol")
            if name in request.headers
        ]
        self._channels += 1
        try:
            return await join(
                request,
                lab=self._lab,
                headers=[*headers_in(request), *own, *asked],
                relay=self._live,
                shown=FrameCounter(
                    masked=False,
                    longest=self._specification.meter.message_bytes,
                    spend=self._show,
                    dropped=lambda size: self._soon(self._drop, size),
                ),
                typed=FrameCounter(masked=True, longest=LONGEST_TYPED, spend=lambda _: True, dropped=lambda _: None),
            )
        except NoChannelError as refusal:
            return self._finish(
                request, refuse(request, "the lab's server did not open this connection", status=refusal.status)
            )
        finally:
            self._channels -= 1

    def _show(self, size: int) -> bool:
        return self._meter.spend(size) or self._soon(self._cut)

    def _soon(self, told: Callable[..., None], *values: object) -> bool:
        """Have something written down by the door's own thread, and say no: frames are counted in the relay's."""
        assert self._loop is not None  # noqa: S101 - set by `run`
        self._loop.call_soon_threadsafe(told, *values)
        return False

    def _cut(self) -> None:
        self._note("lab-cut", why="window used up")
        self._tell_minutes()

    def _drop(self, size: int) -> None:
        self._note("lab-cut", why="message too large", bytes=size)
        self._notices.tell(
            "message",
            f"An output of {size:,} bytes was left out: a lab shows at most "
            f"{self._specification.meter.message_bytes:,} bytes at once. Show a summary, fewer rows or a smaller "
            "picture.",
        )
