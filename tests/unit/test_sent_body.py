"""What a browser sends comes within a time, however it is dealt out."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from infra.enclave.door.files import body
from infra.enclave.door.files.body import Body

PAUSE, WHOLE = 0.05, 0.5


async def sent_in_drops(drops: int) -> tuple[int, str]:
    """Send as many bytes, one after each pause, and return how many were read and what ended it."""
    read = 0

    async def handle(request: web.BaseRequest) -> web.Response:
        nonlocal read
        try:
            async for piece in Body(request).pieces():  # type: ignore[arg-type]  # of a server without routes
                read += len(piece)
        except TimeoutError:
            return web.Response(text="too slow")
        return web.Response(text="whole")

    async def dripping() -> None:
        for _ in range(drops):
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(PAUSE)
        writer.write(b"0\r\n\r\n")

    server = web.Server(handle, lingering_time=0.1)
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.sockets[0].getsockname()[1])
    writer.write(b"POST / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip = asyncio.create_task(dripping())
    said = (await reader.read()).decode().rpartition("\r\n")[2]
    drip.cancel()
    writer.close()
    listener.close()
    await server.shutdown()
    return read, said


def test_a_body_that_comes_in_drops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of which each piece comes in time ends all the same where the whole does not; a shorter one is read."""
    monkeypatch.setattr(body, "WHOLE_PATIENCE", WHOLE)
    began = time.monotonic()
    read, said = asyncio.run(sent_in_drops(200))

    assert said == "too slow"
    assert read < 20
    assert time.monotonic() - began < 5
    assert asyncio.run(sent_in_drops(3)) == (3, "whole")
