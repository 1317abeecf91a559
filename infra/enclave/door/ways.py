"""Where a door leads: a unix socket of this machine, or a port of another pod. The rules are the same for both."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True)
class SocketWay:
    """A server at a unix socket."""

    path: str

    @property
    def base(self) -> str:
        """Begin an address there; the name in it is not looked up."""
        return "http://lab"

    def connector(self, **options: Any) -> aiohttp.BaseConnector:  # noqa: ANN401 - the library's options
        """Return what makes connections there; call it while a loop runs."""
        return aiohttp.UnixConnector(path=self.path, **options)

    async def connect(self) -> socket.socket:
        """Return a connected socket that does not block; raises OSError."""
        return await _connected(socket.socket(socket.AF_UNIX), self.path)


@dataclass(frozen=True, slots=True)
class PortWay:
    """A server at a port."""

    host: str
    """An IP address: a door asks no name server."""
    port: int

    @property
    def base(self) -> str:
        """Begin an address there."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def connector(self, **options: Any) -> aiohttp.BaseConnector:  # noqa: ANN401 - as above
        """Return what makes connections there; call it while a loop runs."""
        return aiohttp.TCPConnector(**options)

    async def connect(self) -> socket.socket:
        """Return a connected socket that does not block; raises OSError."""
        one = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await _connected(one, (self.host, self.port))


Way = SocketWay | PortWay


async def _connected(one: socket.socket, address: str | tuple[str, int]) -> socket.socket:
    one.settimeout(0)
    try:
        await asyncio.get_running_loop().sock_connect(one, address)
    except BaseException:
        one.close()
        raise
    return one
