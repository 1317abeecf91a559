"""Start real sandboxes for tests, by a supervisor that is root or one that is not, and end them."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from unprivileged import NOBODY, unprivileged, why_not_rootless

from infra.enclave.specification import Limits, Meter, Specification

REPOSITORY = Path(__file__).parents[2]
MIB = 1 << 20
MODES = ("root", "rootless")
UID = 70_123 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
"""Of sandboxes in root mode: one for each worker, for the kernel counts a user's processes over the whole machine."""
SMALL = Limits(
    memory=512 * MIB,
    processes=128,
    cpu=1.0,
    files=1024,
    file_size=64 * MIB,
    workspace_bytes=64 * MIB,
    temporary_bytes=64 * MIB,
    shared_memory=16 * MIB,
)
SERVER = Path(__file__).parent / "sandbox_server.py"


def why_not(mode: str) -> str:
    """Return why a mode cannot be tested here, or nothing."""
    if mode == "root":
        return "" if os.geteuid() == 0 else "The tests do not run as root."
    return why_not_rootless()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclasses.dataclass
class House:
    """Folders that a sandbox of one mode can use."""

    mode: str
    folder: Path

    @property
    def uid(self) -> int:
        """Whose files the workspace holds."""
        return UID if self.mode == "root" else (NOBODY if os.geteuid() == 0 else os.geteuid())

    def place(self, name: str, *, mode: int = 0o700) -> Path:
        """Make a folder that the supervisor of this mode owns."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if self.mode == "rootless" and os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        return path

    def workspace(self, name: str = "workspace") -> Path:
        """Make a folder that the sandbox owns."""
        path = self.place(name)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.uid)
        return path

    def specification(self, *command: str, **changes: Any) -> Specification:
        """Describe a small sandbox."""
        secret = self.place("keys") / "door.secret"
        if not secret.exists():
            secret.write_text("a secret of the door's\n")
            secret.chmod(0o600)
            if self.mode == "rootless" and os.geteuid() == 0:
                os.chown(secret, NOBODY, NOBODY)
        values: dict[str, Any] = {
            "user": "alice",
            "project": "school-absence",
            "prefix": "/user/alice/school-absence/",
            "port": free_port(),
            "uid": UID,
            "gid": UID,
            "hub": "http://127.0.0.1:9",
            "release_socket": str(self.folder / "release.sock"),
            "release_secret_file": str(secret),
            "run_dir": str(self.place("run") / uuid.uuid4().hex[:8]),
            "audit_log": str(self.place("log") / "doors.jsonl"),
            "read_write": ((str(self.workspace()), "/home/researcher"),),
            "environment": {"HOME": "/home/researcher", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            "limits": SMALL,
            "meter": Meter(),
            "command": command,
        }
        return Specification(**values | changes)

    def serving(self, **changes: Any) -> Specification:
        """Describe a sandbox whose command is the tests' own server, in the place of JupyterLab."""
        pythons = [(one, one) for one in {sys.prefix, sys.base_prefix} if not one.startswith("/usr")]
        mounts = (*pythons, (str(SERVER), "/opt/server.py"), *changes.pop("read_only", ()))
        return self.specification(sys.executable, "-I", "/opt/server.py", read_only=mounts, **changes)


@contextlib.contextmanager
def house(mode: str) -> Iterator[House]:
    """Make folders for a mode, and remove them."""
    folder = Path(tempfile.mkdtemp(prefix="dl-"))  # short: a socket's path has 107 bytes
    folder.chmod(0o755)
    if mode == "rootless" and os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield House(mode, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclasses.dataclass
class Running:
    """A sandbox with its supervisor."""

    specification: Specification
    process: subprocess.Popen[str]

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask the lab door; a path without a slash is below the lab's prefix."""
        connection = http.client.HTTPConnection("127.0.0.1", self.specification.port, timeout=30)
        target = path if path.startswith("/") else self.specification.prefix + path
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def json(self, path: str, **values: Any) -> Any:
        """Ask and read JSON."""
        return json.loads(self.request("GET", path, **values)[2])

    def wait_until_serving(self, seconds: float = 60) -> None:
        """Wait until the server inside answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, f"The supervisor ended with {self.process.returncode}."
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.request("GET", "api")[0] < 500:
                    return
            time.sleep(0.05)
        raise AssertionError("The sandbox does not serve.")

    def events(self) -> list[dict[str, Any]]:
        """Return the audit lines so far."""
        file = Path(self.specification.audit_log)
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def notices(self) -> str:
        """Return what the researcher was told."""
        files = sorted(Path(self.specification.run_dir, "notices").glob("*.txt"))
        return "\n".join(file.read_text() for file in files)


def start(
    given: House, specification: Specification, *, prefix: list[str] | None = None, log: TextIO | None = None
) -> Running:
    """Start a supervisor with a specification.

    Args:
        given: whose folders.
        specification: the sandbox's.
        prefix: a command that the supervisor's own is given to.
        log: where the supervisor writes; with the test's own words where none is given.
    """
    command = [sys.executable, "-m", "infra.enclave.supervisor"]
    if given.mode == "rootless":
        command = unprivileged(command)
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"], "HOME": str(given.folder)}
    process = subprocess.Popen(
        [*(prefix or []), *command],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        text=True,
        env=environment,
        cwd="/",
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(specification.to_json())
    process.stdin.close()
    return Running(specification, process)


@contextlib.contextmanager
def running(
    given: House, specification: Specification, *, serving: bool = True, log: TextIO | None = None
) -> Iterator[Running]:
    """Run a sandbox, and end it by its supervisor."""
    one = start(given, specification, log=log)
    try:
        if serving:
            one.wait_until_serving()
        yield one
    finally:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.process.wait(timeout=20)
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
