"""How both doors are served: heads and bodies have a length and a time, connections a number, and each one answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from infra.enclave.door.crowd import Crowd
from infra.enclave.door.gate import LONGEST_BODY, Gate
from infra.enclave.door.lab import LabDoor

SLOW = 30.0
"""Seconds in which a request's head must have come; then the connection is closed."""
LONGEST_LINE = 16_384
READ_AHEAD = 1 << 16
"""Bytes of a body that are held before somebody reads them; twice as many, and the connection is not read."""
BACKLOG = 128


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A door that is served."""

    listener: asyncio.Server
    runner: web.AppRunner

    async def cleanup(self) -> None:
        """Close it."""
        self.listener.close()
        await self.runner.cleanup()


async def serve_at(door: LabDoor | Gate, host: str, port: int) -> OpenDoor:
    """Serve a door at a port.

    Raises:
        OSError: the port is taken.
    """
    runner, crowd = await _serve(door)
    return OpenDoor(
        await asyncio.get_running_loop().create_server(crowd, host, port, backlog=BACKLOG, reuse_address=True), runner
    )


async def serve_on(door: LabDoor | Gate, path: Path) -> OpenDoor:
    """Serve a door on a unix socket, which is for its owner alone."""
    runner, crowd = await _serve(door)
    listener = await asyncio.get_running_loop().create_unix_server(crowd, os.fspath(path), backlog=BACKLOG)
    await asyncio.to_thread(path.chmod, 0o600)
    return OpenDoor(listener, runner)


async def _serve(door: LabDoor | Gate) -> tuple[web.AppRunner, Crowd]:
    """Return what runs a door, and what takes its connections; it listens nowhere yet."""
    application = web.Application(client_max_size=LONGEST_BODY, middlewares=[_see_off])
    application.router.add_route("*", "/{tail:.*}", door.handle)
    application.cleanup_ctx.append(door.run)
    application.on_response_prepare.append(_let_go)
    runner = web.AppRunner(
        application,
        access_log=None,
        handle_signals=False,
        auto_decompress=False,
        keepalive_timeout=SLOW,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        read_bufsize=READ_AHEAD,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    assert runner.server is not None  # noqa: S101 - made by `setup`
    return runner, Crowd(runner.server, most=door.most_connections)


@web.middleware
async def _see_off(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer; that whoever asked has gone meanwhile is no fault of the door's, and would crowd out lines of those."""
    try:
        return await handler(request)
    except ConnectionResetError:
        if request.transport is not None and not request.transport.is_closing():
            raise
        return web.Response()  # nobody hears it


async def _let_go(_: web.Request, response: web.StreamResponse) -> None:
    """Let a connection carry one answer.

    The hub's proxy keeps idle connections without end. What it sends on one just as `SLOW` ends would be lost, and
    a browser would be told 503 (RFC 9112, 9.5). A new connection to this machine costs a tenth of a millisecond.
    """
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        response.headers["Connection"] = "close"
        response.force_close()
