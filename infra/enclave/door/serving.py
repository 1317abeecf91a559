"""How both doors are served: heads have a length and a time, and a connection carries one answer."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from infra.enclave.door.gate import LONGEST_BODY, Gate
from infra.enclave.door.lab import LabDoor

SLOW = 30.0
"""Seconds in which a request's head must have come; then the connection is closed."""
LONGEST_LINE = 16_384


async def serve(door: LabDoor | Gate) -> web.AppRunner:
    """Return what runs a door; it listens nowhere yet."""
    application = web.Application(client_max_size=LONGEST_BODY)
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
        shutdown_timeout=1.0,
    )
    await runner.setup()
    return runner


async def serve_at(door: LabDoor | Gate, host: str, port: int) -> web.AppRunner:
    """Serve a door at a port, and return what ends it.

    Raises:
        OSError: the port is taken.
    """
    runner = await serve(door)
    await web.TCPSite(runner, host, port).start()
    return runner


async def _let_go(_: web.Request, response: web.StreamResponse) -> None:
    """Let a connection carry one answer.

    The hub's proxy keeps idle connections without end. What it sends on one just as `SLOW` ends would be lost, and
    a browser would be told 503 (RFC 9112, 9.5). A new connection to this machine costs a tenth of a millisecond.
    """
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        response.headers["Connection"] = "close"
        response.force_close()
