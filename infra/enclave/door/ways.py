"""Where a door leads: a unix socket of this machine, or a port of another pod. The rules are the same for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

P = TypeVar("P", bound=asyncio.Protocol)


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

    async def connect(self, end: Callable[[], P]) -> tuple[asyncio.Transport, P]:
        """Connect; raises OSError."""
        return await asyncio.get_running_loop().create_unix_connection(end, self.path)


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

    async def connect(self, end: Callable[[], P]) -> tuple[asyncio.Transport, P]:
        """Connect; raises OSError."""
        return await asyncio.get_running_loop().create_connection(end, self.host, self.port)


Way = SocketWay | PortWay
