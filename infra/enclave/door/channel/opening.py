"""A websocket through the lab door: both ends joined, frames counted, nothing decoded and nothing copied twice."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import socket
from collections.abc import Iterable
from typing import TypeVar

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from infra.enclave.door.channel.frames import ChannelClosed, FrameCounter, close_frame
from infra.enclave.door.channel.relay import Channel, Relay, Stream
from infra.enclave.door.ways import Way

T = TypeVar("T")
LONGEST_HEAD = 16_384
KEY_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What the answer to a browser's key is made with (RFC 6455, 1.3)."""
PATIENCE = 30.0
"""Seconds in which the lab's server must answer."""


class NoChannelError(Exception):
    """The lab's server did not open the channel; `status` is what it said, or 503."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class Handed(web.StreamResponse):
    """An answer that was given already, below the library that would write it."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        """Write nothing."""
        self.force_close()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing."""


class Last(asyncio.Protocol):
    """The browser's connection once the relay let it go: it takes what it is owed and closes."""

    def __init__(self, library: asyncio.BaseProtocol) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._library = library

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so, to the library too: it counts connections."""
        if not self.closed.done():
            self.closed.set_result(None)
        self._library.connection_lost(exc)


async def join(
    request: web.Request,
    *,
    lab: Way,
    headers: Iterable[tuple[str, str]],
    relay: Relay,
    shown: FrameCounter,
    typed: FrameCounter,
) -> web.StreamResponse:
    """Join a browser's websocket to the lab's server until either ends.

    Args:
        request: the browser's request to open it.
        lab: where the lab's server is.
        headers: what the server is told, with the browser's key.
        relay: passes on what both say.
        shown: counts what goes to the browser.
        typed: counts what goes to the server.

    Raises:
        NoChannelError: the server does not open it.
    """
    lines = [f"GET {request.raw_path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    try:
        server = await lab.connect()
    except OSError as error:
        raise NoChannelError(503) from error
    try:
        async with asyncio.timeout(PATIENCE):
            head, rest = await _asked(server, "\r\n".join(lines).encode("utf-8", "surrogateescape"))
        answer = _accepted(head, request)
    except (OSError, TimeoutError) as error:
        server.close()
        raise NoChannelError(503) from error
    except BaseException:
        server.close()
        raise
    if request.transport is None:
        server.close()
        raise NoChannelError(503)
    await _pass_on(request.transport, server, relay, shown, typed, answer=answer, rest=rest)
    return Handed(status=101)


async def _asked(server: socket.socket, lines: bytes) -> tuple[bytes, bytes]:
    """Ask the lab's server, and return the head of its answer and what came behind it; raises OSError."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(server, lines)
    seen = b""
    while b"\r\n\r\n" not in seen:
        piece = await loop.sock_recv(server, LONGEST_HEAD)
        seen += piece
        if not piece or len(seen) > 2 * LONGEST_HEAD:
            raise ConnectionResetError
    head, mark, rest = seen.partition(b"\r\n\r\n")
    return head + mark, rest


async def _pass_on(
    browser: asyncio.Transport,
    server: socket.socket,
    relay: Relay,
    shown: FrameCounter,
    typed: FrameCounter,
    *,
    answer: bytes,
    rest: bytes,
) -> None:
    """Lend the browser's connection to the relay until the channel ends, then close it."""
    loop = asyncio.get_running_loop()
    browser.pause_reading()
    last = Last(browser.get_protocol())
    browser.set_protocol(last)
    lent = socket.socket(fileno=os.dup(browser.get_extra_info("socket").fileno()))
    over: asyncio.Future[tuple[bytes, ChannelClosed | None]] = loop.create_future()

    def ended(owed: bytes, closed: ChannelClosed | None) -> None:
        loop.call_soon_threadsafe(_settle, over, (owed, closed))

    channel = Channel(
        shown=Stream(source=server, target=lent, frames=shown),
        typed=Stream(source=lent, target=server, frames=typed),
        ended=ended,
    )
    relay.join(channel, answer=answer, rest=rest)
    try:
        owed, closed = await over
        browser.write(owed + (close_frame(closed.code, closed.reason) if closed else b""))
        browser.close()
        await last.closed
    finally:
        relay.part(channel)
        browser.abort()


def _settle(over: asyncio.Future[T], value: T) -> None:
    if not over.done():  # the request may have been given up
        over.set_result(value)


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
