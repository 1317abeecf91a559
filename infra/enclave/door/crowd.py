"""How many connections a door has at once: one more is answered at once and holds nothing.

What an open connection has sent lies in the memory of the door's process, which no limit of the sandbox holds.
"""

from __future__ import annotations

import asyncio
from typing import cast

from aiohttp import web

LINGER = 2.0
"""Seconds that a connection too many has to send what it meant to, so that it is there to hear the answer."""
WORDS = b'{"message": "This door has as many connections as it may; close some, and try again in a few seconds."}'
ANSWER = b"\r\n".join(
    (
        b"HTTP/1.1 503 Service Unavailable",
        b"Content-Type: application/json",
        b"Retry-After: 5",
        b"Connection: close",
        b"Content-Length: %d" % len(WORDS),
        b"",
        WORDS,
    )
)


class Crowd:
    """Makes a protocol for each connection: the server's own for so many, and a refusal for those beyond."""

    def __init__(self, server: web.Server, *, most: int) -> None:
        self._server = server
        self._most = most
        self._refused = 0

    def __call__(self) -> asyncio.BaseProtocol:
        """Return what serves the next connection."""
        if len(self._server.connections) < self._most:
            return self._server()
        return _TooMany(self)

    def came(self) -> bool:
        """Count one too many; False where there are so many of them that this one is told nothing."""
        self._refused += 1
        return self._refused <= self._most

    def went(self) -> None:
        """Count it no more."""
        self._refused -= 1


class _TooMany(asyncio.Protocol):
    """A connection that is told that it is one too many; what it sends is thrown away as it comes."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answer, and close within seconds."""
        stream = cast("asyncio.Transport", transport)
        if not self._crowd.came():
            stream.abort()
            return
        stream.write(ANSWER)
        if stream.can_write_eof():
            stream.write_eof()
        self._end = asyncio.get_running_loop().call_later(LINGER, stream.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        del exc
        if self._end is not None:
            self._end.cancel()
        self._crowd.went()
