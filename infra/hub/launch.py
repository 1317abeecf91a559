"""`datalab up`: the whole lab as processes of one machine, each with what it needs and no more.

The release service, the ingest worker and the hub are started here and watched: where one ends, the others are ended too,
so that a lab is either up or down. The hub starts the proxy, the portal and the expiry service itself.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from datalab.errors import InternalError, SettingsError
from datalab.settings import Settings
from infra.hub.ports import Ports, free_ports

PATIENCE = 90
"""Seconds that a lab may take to come up."""
GRACE = 20
"""Seconds that a process has to end by itself."""


def up(settings: Settings) -> int:
    """Run a lab until it is told to stop (Ctrl-C, SIGTERM), or one of its processes ends.

    Returns:
        The exit status.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
    """
    with running(settings) as processes:
        while True:
            for process in processes:
                if (status := process.poll()) is not None:
                    return status or 1
            time.sleep(1)


@contextmanager
def running(settings: Settings) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Run a lab's processes for the length of a block; it is up when the block begins.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
        InternalError: if the lab does not come up.
    """
    check_programs(settings)
    ports = free_ports()
    _make_secrets(settings)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command, environment in _commands(settings, ports):
            started.append(_start(settings, command, environment))
        _wait_until_up(settings, started)
        yield started
    finally:
        _end(started)
        _end_proxy(settings)


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
    hub = [sys.executable, "-m", "jupyterhub", "-f", str(Path(__file__).parent / "jupyterhub_config.py")]
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
    with (logs / f"{name.removesuffix('.server')}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs
            command,
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


def _wait_until_up(settings: Settings, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    address = f"http://127.0.0.1:{settings.port}/hub/health"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            break
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own proxy
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise InternalError(f"The lab did not come up; its logs are in {settings.run / 'logs'}.")


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


def _end_proxy(settings: Settings) -> None:
    """End the proxy that the hub started and, so that sandboxes survive a restart of the hub, left running."""
    path = settings.run / "proxy.pid"
    try:
        pid = int(path.read_text())
        if "configurable-http-proxy" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        return
    path.unlink(missing_ok=True)
