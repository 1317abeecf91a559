"""A websocket through the lab door: both ends joined, frames counted, nothing decoded and nothing copied twice."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterable

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from infra.enclave.door.frames import ChannelClosed, FrameCounter, close_frame
from infra.enclave.door.ways import Way

LONGEST_HEAD = 16_384
KEY_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What the answer to a browser's key is made with (RFC 6455, 1.3)."""
PATIENCE = 30.0
"""Seconds in which the lab's server must answer."""
WRITE_BUFFER = 1 << 20
"""Bytes that wait for a slow reader before the other side is told to wait."""


class NoChannelError(Exception):
    """The lab's server did not open the channel; `status` is what it said, or 503."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class End(asyncio.Protocol):
    """One end of the channel: what it receives goes to the other."""

    def __init__(self, frames: FrameCounter, lost: Callable[[Exception | None], None]) -> None:
        self.frames = frames
        self.other: asyncio.Transport | None = None
        self.close_with: Callable[[ChannelClosed], None] = lambda _: None
        self._lost = lost

    def data_received(self, data: bytes) -> None:
        """Pass what may pass."""
        if self.other is None or self.other.is_closing():
            return
        try:
            pieces = self.frames.feed(data)
            end = None
        except ChannelClosed as closed:
            pieces, end = closed.passed, closed
        for piece in pieces:
            self.other.write(piece)
        if end is not None:
            self.close_with(end)

    def pause_writing(self) -> None:
        """Let the other side wait, for this one reads slowly."""
        if self.other is not None:
            self.other.pause_reading()

    def resume_writing(self) -> None:
        """Go on."""
        if self.other is not None and not self.other.is_closing():
            self.other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other end too, once what waits for it is written."""
        if self.other is not None:
            self.other.close()
        self._lost(exc)


class Opening(asyncio.Protocol):
    """The lab's server's end while it answers the handshake."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[tuple[bytes, bytes]] = asyncio.get_running_loop().create_future()
        self._seen = bytearray()

    def data_received(self, data: bytes) -> None:
        """Wait for the end of the head."""
        self._seen += data
        head, mark, rest = bytes(self._seen).partition(b"\r\n\r\n")
        if mark and not self.answer.done():
            self.answer.set_result((head + mark, rest))
        elif len(self._seen) > LONGEST_HEAD:
            self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that no answer will come."""
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError())


class Handed(web.StreamResponse):
    """An answer that was given already, below the library that would write it."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        """Write nothing."""
        self.force_close()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing."""


async def join(
    request: web.Request,
    *,
    lab: Way,
    headers: Iterable[tuple[str, str]],
    shown: FrameCounter,
    typed: FrameCounter,
) -> web.StreamResponse:
    """Join a browser's websocket to the lab's server until either ends.

    Args:
        request: the browser's request to open it.
        lab: where the lab's server is.
        headers: what the server is told, with the browser's key.
        shown: counts what goes to the browser.
        typed: counts what goes to the server.

    Raises:
        NoChannelError: the server does not open it.
    """
    try:
        upstream, opening = await lab.connect(Opening)
    except OSError as error:
        raise NoChannelError(503) from error
    try:
        lines = [f"GET {request.raw_path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
        upstream.write("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape"))
        async with asyncio.timeout(PATIENCE):
            head, rest = await opening.answer
        answer = _accepted(head, request)
    except (OSError, TimeoutError, NoChannelError) as error:
        upstream.close()
        raise error if isinstance(error, NoChannelError) else NoChannelError(503) from error
    browser = request.transport
    if browser is None:
        upstream.close()
        raise NoChannelError(503)
    await _run(browser, upstream, answer=answer, rest=rest, shown=shown, typed=typed)
    return Handed(status=101)


async def _run(
    browser: asyncio.Transport,
    upstream: asyncio.Transport,
    *,
    answer: bytes,
    rest: bytes,
    shown: FrameCounter,
    typed: FrameCounter,
) -> None:
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    library = browser.get_protocol()

    def browser_lost(exc: Exception | None) -> None:
        if not ended.done():
            ended.set_result(None)
        library.connection_lost(exc)  # it counts connections

    def close_with(end: ChannelClosed) -> None:
        if not browser.is_closing():
            browser.write(close_frame(end.code, end.reason))
            browser.close()
        upstream.abort()

    server_end, browser_end = End(shown, lambda _: None), End(typed, browser_lost)
    server_end.other, browser_end.other = browser, upstream
    server_end.close_with = browser_end.close_with = close_with
    browser.set_write_buffer_limits(high=WRITE_BUFFER)
    upstream.set_write_buffer_limits(high=WRITE_BUFFER)
    browser.write(answer)
    upstream.set_protocol(server_end)
    browser.set_protocol(browser_end)
    with contextlib.suppress(RuntimeError):
        browser.resume_reading()
    if rest:
        server_end.data_received(rest)
    try:
        await ended
    finally:
        upstream.abort()
        browser.close()


def _accepted(head: bytes, request: web.Request) -> bytes:
    """Return what the browser is told: what the standard says (RFC 6455, 4.2.2), and nothing in the server's words.

    Raises:
        NoChannelError: the server refused, or speaks of what the browser did not offer.
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or words[1] != "101":  # noqa: PLR2004 - version and status
        raise NoChannelError(int(words[1]) if len(words) > 1 and words[1] in ("403", "404", "400") else 503)
    said = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    key = request.headers.get("Sec-WebSocket-Key", "").encode("utf-8", "surrogateescape")
    passed = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": base64.b64encode(
            hashlib.sha1(key + KEY_SUFFIX, usedforsecurity=False).digest()
        ).decode(),
    }
    if "sec-websocket-extensions" in said:
        raise NoChannelError(503)  # none was offered
    if chosen := said.get("sec-websocket-protocol"):
        if chosen not in (one.strip() for one in request.headers.get("Sec-WebSocket-Protocol", "").split(",")):
            raise NoChannelError(503)
        passed["Sec-WebSocket-Protocol"] = chosen
    return "\r\n".join(
        ["HTTP/1.1 101 Switching Protocols", *(f"{name}: {value}" for name, value in passed.items()), "", ""]
    ).encode("latin-1")
