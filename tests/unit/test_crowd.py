"""A door's connections beyond their number: each is told so, today and after many others were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from infra.enclave.door.crowd import Crowd

MOST = 2


async def answer(_: web.BaseRequest) -> web.Response:
    """Answer any request."""
    return web.Response(text="served")


async def ask(port: int) -> bytes:
    """Ask once by a connection of its own, and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It did not come to hold within ten seconds.")


async def several() -> tuple[list[bytes], bytes]:
    """Return what those beyond the number hear, one after another, and what one hears when there is room again."""
    server = web.Server(answer)
    listener = await asyncio.get_running_loop().create_server(Crowd(server, most=MOST), "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST)]
    await until(lambda: len(server.connections) == MOST)
    beyond = [await ask(port) for _ in range(3 * MOST)]
    for _, writer in held:
        writer.close()
    await until(lambda: not server.connections)
    again = await ask(port)
    listener.close()
    await server.shutdown()
    return beyond, again


def test_each_connection_beyond_the_number_is_told_so() -> None:
    """One that has gone takes no place among those that are told, and with room again the next is served."""
    beyond, again = asyncio.run(several())

    assert [one[:12] for one in beyond] == [b"HTTP/1.1 503"] * (3 * MOST)
    assert again.endswith(b"served")
