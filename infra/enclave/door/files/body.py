"""What a browser sends, as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

MIB = 1 << 20
LONGEST_BODY = 16 * MIB
"""Bytes of what a browser sends: a notebook with its outputs is saved whole."""
BODY_PATIENCE = 30.0
"""Seconds in which the next piece of a body must come."""
WHOLE_PATIENCE = 120.0
"""Seconds in which all of it must: 16 MiB come in 67 s by 2 Mbit/s."""


class Body:
    """What a browser sends, read piece by piece, with a limit of bytes and of patience."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.fault = ""

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the pieces as they come."""
        read = 0
        until = asyncio.get_running_loop().time() + WHOLE_PATIENCE
        while True:
            async with asyncio.timeout_at(until), asyncio.timeout(BODY_PATIENCE):
                piece = await self._request.content.readany()
            if not piece:
                return
            read += len(piece)
            if read > LONGEST_BODY:
                self.fault = f"a request may hold {LONGEST_BODY // MIB} MiB"
                raise aiohttp.ClientPayloadError(self.fault)
            yield piece
