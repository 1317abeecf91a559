"""A door's process as its pod runs it, in a network of `pod_network`, and what a lab and a browser say to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pod_network import AT_HUB, AT_LAB, DOOR, DOOR_AT_HUB, DOOR_AT_LAB, HUB, LAB, LAB_PORT, PodNetwork
from unprivileged import NOBODY, unprivileged

REPOSITORY = Path(__file__).parents[2]
SERVER = Path(__file__).parent / "sandbox_server.py"
PREFIX = "/user/ann/safer/"
DOOR_PORT, GATE_PORT = 8000, 8443
Answer = tuple[int, dict[str, str], bytes]


def owned(folder: Path) -> Path:
    """Make a folder that a pod's user owns."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, NOBODY, NOBODY)
    return folder


def secret_file(folder: Path, name: str, secret: str) -> Path:
    """Write a secret as a pod's volume shows it."""
    file = owned(folder) / name
    file.write_text(secret + "\n")
    os.chown(file, NOBODY, NOBODY)
    file.chmod(0o400)
    return file


def environment(folder: Path, **changes: str) -> dict[str, str]:
    """Return what a door's pod is told: ann's, of the project safer."""
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.environ["PATH"],
        "DATALAB_PERSON": "ann",
        "DATALAB_PROJECT": "safer",
        "DATALAB_PREFIX": PREFIX,
        "DATALAB_LAB": f"{AT_LAB}:{LAB_PORT}",
        "DATALAB_HUB": f"{AT_HUB}:8081",
        "DATALAB_RELEASE": f"{AT_HUB}:8090",
        "DATALAB_SHELL_ORIGIN": "http://portal.example",
        "DATALAB_SECRETS": str(folder / "secrets"),
        "DATALAB_STATE": str(folder / "state"),
        **changes,
    }


@dataclass
class DoorProcess:
    """A door that runs."""

    network: PodNetwork
    told: Mapping[str, str]
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """Where browsers come."""
        return int(self.told.get("DATALAB_DOOR_PORT", DOOR_PORT))

    def browse(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask as a browser does, from the hub's side; a path without a slash is below the lab's prefix."""
        target = path if path.startswith("/") else PREFIX + path
        return ask(self.network, HUB, (DOOR_AT_HUB, self.port), method, target, headers=headers or {})

    def events(self) -> list[dict[str, Any]]:
        """Return the lines of the door's log."""
        return [json.loads(one) for one in Path(self.told["DATALAB_STATE"], "doors.jsonl").read_text().splitlines()]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its status."""
        self.process.send_signal(how)
        return self.process.wait(60)


@contextlib.contextmanager
def door_process(network: PodNetwork, told: Mapping[str, str]) -> Iterator[DoorProcess]:
    """Run a door until the block ends."""
    command = network.command(DOOR, *unprivileged([sys.executable, "-m", "infra.cluster.door"]))
    process = subprocess.Popen(command, env=dict(told), cwd="/", text=True)
    one = DoorProcess(network, told, process)
    gate = int(told.get("DATALAB_GATE_PORT", GATE_PORT))
    try:
        wait_for(network, HUB, (DOOR_AT_HUB, gate), process)
        yield one
    finally:
        if process.poll() is None:
            one.end(signal.SIGKILL)


@contextlib.contextmanager
def small_lab(network: PodNetwork, name: str, folder: Path) -> Iterator[None]:
    """Run the tests' own server in the place of a lab's, at the lab's port."""
    with network.inside(name):
        listener = socket.create_server(("0.0.0.0", LAB_PORT))  # noqa: S104 - in a closed namespace
    with listener:
        told = {"PATH": os.environ["PATH"], "HOME": str(owned(folder)), "DATALAB_LISTEN_FD": str(listener.fileno())}
        command = network.command(name, *unprivileged([sys.executable, "-I", str(SERVER)]))
        process = subprocess.Popen(command, env=told, cwd="/", pass_fds=[listener.fileno()])
    try:
        wait_for(network, name, ("127.0.0.1", LAB_PORT), process)
        yield
    finally:
        process.kill()
        process.wait()


def ask(
    network: PodNetwork,
    source: str,
    target: tuple[str, int],
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | list[tuple[str, str]] = (),  # type: ignore[assignment]
) -> Answer:
    """Send one request from a namespace."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    with network.inside(source):
        connection = http.client.HTTPConnection(*target, timeout=30)
        connection.connect()
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in pairs:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def in_lab(network: PodNetwork, code: str, told: Mapping[str, str], name: str = LAB) -> str:
    """Run Python as a lab's user does, in its namespace, and return what it printed."""
    command = network.command(name, *unprivileged([sys.executable, "-c", code]))
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=base | dict(told), cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def reaches(network: PodNetwork, source: str, target: tuple[str, int]) -> bool:
    """Tell whether a lab's user gets a connection from a namespace."""
    code = f"import socket; socket.create_connection({target!r}, 3).close()"
    command = network.command(source, *unprivileged([sys.executable, "-I", "-c", code]))
    return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0


def gate_environment(secret: Path, gate: str = f"{DOOR_AT_LAB}:{GATE_PORT}") -> dict[str, str]:
    """Return what a lab's pod is told of its gate."""
    return {"DATALAB_GATE": gate, "DATALAB_GATE_SECRET": str(secret)}


def wait_for(network: PodNetwork, source: str, target: tuple[str, int], process: subprocess.Popen[Any]) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, f"It ended with {process.returncode}."
        with contextlib.suppress(OSError), network.inside(source), socket.create_connection(target, 5):
            return
        time.sleep(0.05)
    raise AssertionError("Nobody listens.")
