"""As much of a hub as one server in a sandbox needs: who signs in, and that it lives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from jupyterhub import __version__

USER = {
    "kind": "user",
    "name": "alice",
    "admin": False,
    "groups": [],
    "scopes": ["access:servers!server=alice/school-absence", "read:users:name!user=alice"],
    "session_id": None,
}


@contextmanager
def stub_hub(port: int, calls: list[str], host: str = "127.0.0.1") -> Iterator[None]:
    """Serve a hub on a port, and note what is asked of it."""
    started = threading.Event()
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        calls.append(f"{request.method} {request.path}")
        known: dict[str, Any] = {
            "/hub/api/": {"version": __version__},
            "/hub/api": {"version": __version__},
            "/hub/api/user": USER,
            "/hub/api/oauth2/token": {"access_token": "of-the-browser", "token_type": "Bearer"},
        }
        return web.json_response(known.get(request.path, {}))

    async def serve() -> None:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        started.set()
        await done.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert started.wait(10)
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()
