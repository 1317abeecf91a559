"""What a door costs: the lab door beside no door, to one server, on a live connection's echo and on outputs of 4 MB.

    python benchmarks/enclave_door.py [--rounds 200] [--repeats 5]

Two servers are asked: JupyterLab's own kind (Tornado's websocket, as Jupyter Server uses it), which answers an echo at
once, and the same after 5 ms, the time that a kernel takes for the shortest cell at best. The client is the same for
both ways; ways take turns, so that a busy machine disturbs both alike; the median of all rounds is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web

from infra.enclave.audit import DoorLog
from infra.enclave.door.lab import LabDoor
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.ways import SocketWay
from infra.enclave.notices import Notices
from infra.enclave.specification import Meter, Specification

PREFIX = "/user/alice/p/"
CHANNEL = f"{PREFIX}api/kernels/0a1b/channels"
SERVER = """
import asyncio, sys, tornado.httpserver, tornado.netutil, tornado.web, tornado.websocket, tornado.ioloop
class Echo(tornado.websocket.WebSocketHandler):
    async def on_message(self, message):
        if float(sys.argv[2]): await asyncio.sleep(float(sys.argv[2]))
        await self.write_message(b'x' * int(message[5:]) if message[:5] == 'size:' else message)
async def main():
    server = tornado.httpserver.HTTPServer(tornado.web.Application([('/.*', Echo)]))
    server.add_socket(tornado.netutil.bind_unix_socket(sys.argv[1]))
    await asyncio.Event().wait()
asyncio.run(main())
"""
DOOR = "door"
NO_DOOR = "no door"


@contextlib.contextmanager
def _process(command: list[str], ready: Path) -> object:
    process = subprocess.Popen(command)
    try:
        while not ready.exists():
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


async def serve_door(folder: str, port: int) -> None:
    """Run a door alone in a process, as a supervisor does."""
    specification = Specification(
        user="alice",
        project="p",
        prefix=PREFIX,
        port=port,
        uid=0,
        gid=0,
        hub="",
        release_socket="",
        release_secret_file="",
        run_dir=folder,
        audit_log=f"{folder}/log",
        meter=Meter(window_bytes=1 << 50),
        command=(),
    )
    meter = OutputMeter(Path(folder, "meter"), window_bytes=1 << 50, window_seconds=3600, clock=time.time)
    log = DoorLog(Path(folder, "log"), user="alice", project="p", clock=time.time)
    notices = Notices(Path(folder, "notices"), clock=time.time)
    door = LabDoor(specification, lab=SocketWay(f"{folder}/lab.sock"), meter=meter, note=log.note, notices=notices)
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", door.handle)
    application.cleanup_ctx.append(door.run)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    Path(folder, "door.ready").touch()  # noqa: ASYNC240 - once, before anything is served
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def channel(way: str, folder: str, port: int) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a channel by one of both ways."""
    connector = aiohttp.UnixConnector(f"{folder}/lab.sock") if way == NO_DOOR else None
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.ws_connect(f"http://127.0.0.1:{port}{CHANNEL}", max_msg_size=0) as opened,
    ):
        yield opened


async def measure(folder: str, port: int, message: str, rounds: int, repeats: int) -> dict[str, float]:
    """Return the median seconds of a round for both ways."""
    seconds: dict[str, list[float]] = {NO_DOOR: [], DOOR: []}
    async with channel(NO_DOOR, folder, port) as bare, channel(DOOR, folder, port) as through:
        for _ in range(repeats):
            for way, one in ((NO_DOOR, bare), (DOOR, through)):
                for _ in range(rounds):
                    began = time.perf_counter()
                    await one.send_str(message)
                    await one.receive()
                    seconds[way].append(time.perf_counter() - began)
    return {way: statistics.median(found) for way, found in seconds.items()}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--door", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.door:
        asyncio.run(serve_door(chosen.door[0], int(chosen.door[1])))
    print(f"{'':<38} {'no door':>10} {'door':>10} {'ratio':>6}")
    for delay in (0.0, 0.005):
        with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            free.close()
            server = [sys.executable, "-c", SERVER, f"{folder}/lab.sock", str(delay)]
            door = [sys.executable, os.path.abspath(__file__), "--door", folder, str(port)]  # noqa: PTH100
            with _process(server, Path(folder, "lab.sock")), _process(door, Path(folder, "door.ready")):
                for what, message, rounds in (
                    ("echo of 1 kB", "x" * 1000, chosen.rounds),
                    ("output of 4 MB", f"size:{4_000_000}", max(chosen.rounds // 10, 5)),
                ):
                    found = asyncio.run(measure(folder, port, message, rounds, chosen.repeats))
                    label = f"{what}, server answers after {delay * 1000:.0f} ms"
                    ratio = found[DOOR] / found[NO_DOOR]
                    print(f"{label:<38} {found[NO_DOOR] * 1000:>7.2f} ms {found[DOOR] * 1000:>7.2f} ms {ratio:>6.2f}")


if __name__ == "__main__":
    main()
