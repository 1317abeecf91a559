"""What a door costs: the lab door beside no door, and beside the least that a relay of bytes costs on this machine.

    PYTHONPATH=.:tests/support python benchmarks/enclave_door.py [--rounds 100] [--repeats 8]

Three servers are asked over a websocket: one of JupyterLab's own kind (Tornado) that answers an echo at once, the same
after 5 ms, and a JupyterLab server whose kernel runs a cell. The floor is `socat` in the door's place: it passes bytes,
and looks at none. A researcher's browser reaches a lab by the hub's proxy in either case, so both are measured behind
it too. JupyterLab's port leaves small packets waiting for an answer to those before (Nagle's rule, RFC 1122 4.2.3.4),
which a socket does not; so its cell is measured with that rule switched off too. One client asks by all ways in turns,
so that a busy machine disturbs all alike; shown are the median, and the quickest tenth, which others disturb least.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import aiohttp
from aiohttp import web
from open_house import PROXY
from visitor import Channel

from infra.enclave.audit import DoorLog
from infra.enclave.door.lab import LabDoor
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.ways import SocketWay
from infra.enclave.notices import Notices
from infra.enclave.specification import Meter, Specification

PREFIX = "/user/alice/p/"
ECHO = """
import asyncio, sys, tornado.httpserver, tornado.netutil, tornado.web, tornado.websocket, tornado.ioloop
class Echo(tornado.websocket.WebSocketHandler):
    async def on_message(self, message):
        if float(sys.argv[3]): await asyncio.sleep(float(sys.argv[3]))
        await self.write_message(b'x' * int(message[5:]) if message[:5] == 'size:' else message)
async def main():
    server = tornado.httpserver.HTTPServer(tornado.web.Application([('/.*', Echo)]))
    server.listen(int(sys.argv[2]), '127.0.0.1')
    server.add_socket(tornado.netutil.bind_unix_socket(sys.argv[1]))
    await asyncio.Event().wait()
asyncio.run(main())
"""
JUPYTER = f"""
import logging, sys, tornado.netutil
from tornado.iostream import IOStream
from jupyter_server.serverapp import ServerApp
app = ServerApp.instance()
app.initialize(argv=['--ip=127.0.0.1', '--port=' + sys.argv[2], '--ServerApp.port_retries=0', '--no-browser',
  '--allow-root', '--IdentityProvider.token=', '--ServerApp.disable_check_xsrf=True', '--log-level=ERROR',
  '--ServerApp.base_url={PREFIX}', '--ServerApp.root_dir=' + sys.argv[3]])
if sys.argv[4] == 'at once':
    keep = IOStream.set_nodelay
    IOStream.set_nodelay = lambda stream, value: keep(stream, True)
app.http_server.add_socket(tornado.netutil.bind_unix_socket(sys.argv[1]))
logging.disable()
app.start()
"""
NEEDS = (
    "`socat` is the floor that the door is measured beside; on Debian, `apt-get install socat` brings it. The hub's "
    "proxy is brought by `make .make/proxy/ready`. `make benchmark-enclave` brings both, and runs this."
)
NO_DOOR, FLOOR, DOOR, PROXIED, PROXIED_DOOR = "no door", "socat", "door", "proxy", "proxy, door"
Say = Callable[[aiohttp.ClientWebSocketResponse], Awaitable[object]]


@contextlib.contextmanager
def _process(command: list[str], ready: Callable[[], bool]) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16)})
    try:
        while not ready():
            if process.poll() is not None:
                raise RuntimeError(command[0])
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> Callable[[], bool]:
    def look() -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    return look


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


@contextlib.contextmanager
def ways_to(folder: Path, server: list[str]) -> Iterator[dict[str, int]]:
    """Run a server and every way to it; yields their ports, 0 for the server's own socket."""
    ports = {name: _free_port() for name in (NO_DOOR, FLOOR, DOOR, PROXIED, PROXIED_DOOR)}
    own, ports[NO_DOOR] = ports[NO_DOOR], 0
    inner = folder / "lab.sock"
    with contextlib.ExitStack() as stack:
        command = [sys.executable, "-c", server[0], str(inner), str(own), *server[1:]]
        stack.enter_context(_process(command, inner.exists))
        floor = f"TCP-LISTEN:{ports[FLOOR]},bind=127.0.0.1,fork,reuseaddr,nodelay"
        stack.enter_context(
            _process(["socat", "-b", str(1 << 18), floor, f"UNIX-CONNECT:{inner}"], _answers(ports[FLOOR]))
        )
        door = [sys.executable, __file__, "--door", str(folder), str(ports[DOOR])]
        stack.enter_context(_process(door, (folder / "door.ready").exists))
        for way, target in ((PROXIED, own), (PROXIED_DOOR, ports[DOOR])):
            proxy = [str(PROXY), "--ip=127.0.0.1", f"--port={ports[way]}", "--api-ip=127.0.0.1", "--log-level=error"]
            proxy += [f"--api-port={_free_port()}", f"--default-target=http://127.0.0.1:{target}"]
            stack.enter_context(_process(proxy, _answers(ports[way])))
        yield ports


@contextlib.asynccontextmanager
async def channel(folder: Path, port: int, kernel: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a channel by one of the ways."""
    connector = None if port else aiohttp.UnixConnector(str(folder / "lab.sock"))
    address = f"http://127.0.0.1:{port or 80}{PREFIX}api/kernels/{kernel}/channels"
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.ws_connect(address, max_msg_size=0) as opened,
    ):
        yield opened


async def measure(
    folder: Path, ports: dict[str, int], kernel: str, say: Say, *, rounds: int, repeats: int
) -> dict[str, list[float]]:
    """Return the seconds of every round, by way."""
    seconds: dict[str, list[float]] = {way: [] for way in ports}
    for _ in range(repeats):
        for way, port in ports.items():
            async with channel(folder, port, kernel) as opened:
                for _ in range(3):
                    await say(opened)
                for _ in range(rounds):
                    began = time.perf_counter()
                    await say(opened)
                    seconds[way].append(time.perf_counter() - began)
    return seconds


def echo(message: str) -> Say:
    """Return what sends a message and waits for its answer."""

    async def say(opened: aiohttp.ClientWebSocketResponse) -> None:
        await opened.send_str(message)
        await opened.receive()

    return say


async def cell(opened: aiohttp.ClientWebSocketResponse) -> None:
    """Run a cell and wait for all that it says."""
    await Channel(opened).run("print(1)")


async def start_kernel(folder: Path) -> str:
    """Start a kernel and return its id."""
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(folder / "lab.sock"))) as session,
        session.post(f"http://127.0.0.1{PREFIX}api/kernels", json={"name": "python3"}) as made,
    ):
        return str(json.loads(await made.text())["id"])


def show(what: str, seconds: dict[str, list[float]]) -> None:
    """Print two lines of the table: medians, and what nine rounds in ten take longer than."""
    for part, of in (("median", statistics.median), ("quickest tenth", _tenth)):
        none, floor, door, proxied, proxied_door = (
            of(seconds[way]) * 1000 for way in (NO_DOOR, FLOOR, DOOR, PROXIED, PROXIED_DOOR)
        )
        print(
            f"| {what}, {part} | {none:.2f} | {floor:.2f} | {door:.2f} | {door / none:.2f} | {floor / none:.2f} "
            f"| {door / floor:.2f} | {proxied:.2f} | {proxied_door:.2f} | {proxied_door / proxied:.2f} |",
            flush=True,
        )


def _tenth(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 10]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=100)
    options.add_argument("--repeats", type=int, default=8)
    options.add_argument("--door", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.door:
        asyncio.run(serve_door(chosen.door[0], int(chosen.door[1])))
    if missing := [
        name for name, there in (("socat", shutil.which("socat")), (str(PROXY), PROXY.exists())) if not there
    ]:
        options.exit(3, f"Nothing was measured: {' and '.join(missing)} is not there. {NEEDS}\n")
    rounds, repeats = chosen.rounds, chosen.repeats
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; milliseconds, {rounds * repeats} rounds")
    print("| | no door | socat | door | door / none | socat / none | door / socat | proxy | proxy, door | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for delay in ("0", "0.005"):
        with tempfile.TemporaryDirectory() as name, ways_to(Path(name), [ECHO, delay]) as ports:
            for what, message, times in (
                ("echo of 1 kB", "x" * 1000, rounds),
                ("output of 4 MB", f"size:{4_000_000}", max(rounds // 10, 5)),
            ):
                asked = measure(Path(name), ports, "0a1b", echo(message), rounds=times, repeats=repeats)
                show(f"{what}, {'at once' if delay == '0' else 'after 5 ms'}", asyncio.run(asked))
    for sent in ("as installed", "at once"):
        with tempfile.TemporaryDirectory() as name, ways_to(Path(name), [JUPYTER, name, sent]) as ports:
            kernel = asyncio.run(start_kernel(Path(name)))
            asked = measure(Path(name), ports, kernel, cell, rounds=max(rounds // 3, 5), repeats=repeats)
            show(f"a cell of a kernel, the port sends {sent}", asyncio.run(asked))


if __name__ == "__main__":
    main()
