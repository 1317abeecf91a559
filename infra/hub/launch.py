"""`datalab up`: the whole lab as processes of one machine, each with what it needs and no more.

The release service, the ingest worker and the hub are started here, and again where one ends. The hub starts the proxy,
the portal and the expiry service itself.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from datalab.errors import InternalError, SettingsError, StateError
from datalab.settings import Settings
from infra.hub.address import check_address
from infra.hub.ports import Ports, free_ports
from infra.hub.roles import PORTAL

RESTARTS, WINDOW = 5, 120.0
"""A process that ended more often than this within so many seconds is not started again."""
PATIENCE = 90
"""Seconds that a lab may take to come up."""
TIED = ("setpriv", "--pdeathsig", "TERM", "--")
"""Before a command: the kernel ends it with the process that started it, however that ended (prctl(2))."""
OUTPUT_PROGRAMS = ("closed", "open")
"""What an operator can say of them."""
GRACE = 20
"""Seconds that a process has to end by itself."""


def up(settings: Settings) -> int:
    """Run a lab until it is told to stop (Ctrl-C, SIGTERM). A process that ends is started again.

    Returns:
        The exit status: 0 when told to stop, 1 if a process ended too often.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
        InternalError: if the lab does not come up.
    """
    told = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, lambda *_: told.set())
    mine = settings.run / "lab.pid"
    try:
        with running(settings) as lab:
            mine.write_text(str(os.getpid()))
            while not told.wait(1):
                if not lab.keep():
                    return 1
    finally:
        if mine.is_file() and mine.read_text() == str(os.getpid()):
            mine.unlink()  # last: whoever waits for the end finds nothing running
    return 0


@dataclass(slots=True)
class Part:
    """One process of a running lab."""

    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    restarts: list[float] = field(default_factory=list)
    """Moments of the last restarts."""


@dataclass(slots=True)
class RunningLab:
    """A lab's processes."""

    settings: Settings
    parts: list[Part]

    def keep(self) -> bool:
        """Start again what ended; False where something ended too often. Sandboxes survive a restart of the hub."""
        now = time.monotonic()
        for part in self.parts:
            if part.process.poll() is None:
                continue
            part.restarts = [moment for moment in part.restarts if now - moment < WINDOW] + [now]
            if len(part.restarts) > RESTARTS:
                return False
            part.process = _start(self.settings, part.command, part.environment)
        return True


@contextmanager
def running(settings: Settings) -> Iterator[RunningLab]:
    """Run a lab's processes for the length of a block; it is up when the block begins, and its sandboxes end with it.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine, or the address or what is said of
            programs of outputs cannot be.
        StateError: if a lab answers at this one's address already.
        InternalError: if the lab does not come up.
    """
    check_programs(settings)
    check_address(settings)
    if settings.output_programs not in OUTPUT_PROGRAMS:
        raise SettingsError(
            "The setting output_programs is neither closed nor open.",
            remedy="Choose one in lab.toml or DATALAB_OUTPUT_PROGRAMS.",
        )
    if serves(settings):
        raise StateError(
            f"A lab runs at {settings.address} already.",
            why="It is this one, or another with the same port.",
            remedy="End it with `datalab down --lab FOLDER`, or set another `port` and `address` in lab.toml.",
        )
    _end_others(settings)  # of a lab that was killed: they know only its ports
    ports = free_ports()
    _make_secrets(settings)
    lab = RunningLab(settings, [])
    try:
        for command, environment in _commands(settings, ports):
            lab.parts.append(Part(command, environment, _start(settings, command, environment)))
        _wait_until_up(settings, lab)
        yield lab
    finally:
        _end([part.process for part in lab.parts])
        _end_others(settings)


def check_programs(settings: Settings) -> None:
    """Check that the programs that the lab runs are there; raises SettingsError."""
    for program, remedy in (
        (settings.proxy, "Run `make demo` once, or set `proxy` in lab.toml to where configurable-http-proxy is."),
        ("bwrap", "Install the system package bubblewrap."),
        ("setpriv", "Install the system package util-linux."),
    ):
        if shutil.which(program) is None:
            raise SettingsError(f"The program {program} is not on this machine.", remedy=remedy)


def _commands(settings: Settings, ports: Ports) -> Iterator[tuple[list[str], dict[str, str]]]:
    home = {"DATALAB_HOME": str(settings.home)}
    yield [sys.executable, "-m", "datalab.broker.server"], home
    yield [sys.executable, "-m", "datalab.cli.main", "ingest", "work", "--lab", str(settings.home)], home
    hub = [sys.executable, "-m", "infra.hub.application", "-f", str(Path(__file__).parent / "jupyterhub_config.py")]
    crypt = (settings.hub / "crypt_key").read_text().strip()
    proxy = (settings.hub / "proxy_token").read_text().strip()
    yield (
        hub,
        {
            **home,
            "LAB_PORTS": ports.to_text(),
            "JUPYTERHUB_CRYPT_KEY": crypt,
            "CONFIGPROXY_AUTH_TOKEN": proxy,
        },
    )


def _start(settings: Settings, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG", "TZ", "PYTHONPATH") if name in os.environ}
    logs = settings.run / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    name = command[command.index("-m") + 1] if command[2] != "datalab.cli.main" else "ingest"
    name = {"infra.hub.application": "jupyterhub"}.get(name, name)
    with (logs / f"{name.removesuffix('.server')}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs
            [*TIED, *command],
            env={**kept, **environment},
            cwd=settings.hub,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _make_secrets(settings: Settings) -> None:
    """Make what the hub needs to keep from one start to the next."""
    for name in ("crypt_key", "proxy_token"):
        path = settings.hub / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))


def _wait_until_up(settings: Settings, lab: RunningLab) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if any(part.process.poll() is not None for part in lab.parts):
            break
        if serves(settings):
            return
        time.sleep(0.3)
    raise InternalError(f"The lab did not come up; its logs are in {settings.run / 'logs'}.")


def serves(settings: Settings) -> bool:
    """Say whether hub and portal answer through the proxy, as a browser would find them."""
    host = urlsplit(settings.address).netloc
    for name, path in ((host, "/hub/health"), (f"{PORTAL}--service.{host}", f"/services/{PORTAL}/health")):
        connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": name})
            if connection.getresponse().status != http.client.OK:
                return False
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
    return settings.release_socket.exists()


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        if process.poll() is None:
            process.terminate()
    for process in reversed(processes):
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_others(settings: Settings) -> None:
    """End what the hub started and, so that it survives a restart of the hub, left running: proxy and sandboxes."""
    for file in (settings.run / "proxy.pid", *(settings.run / "sandboxes").glob("*.pid")):
        try:
            pid = int(file.read_text())
            said = Path(f"/proc/{pid}/cmdline").read_text()
            if (
                "configurable-http-proxy" in said or "infra.enclave.supervisor" in said
            ):  # the number may be another's now
                os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            continue
        finally:
            file.unlink(missing_ok=True)
