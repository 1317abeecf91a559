"""Try a batch of attempts in one sandbox, or with a wall less, inside a closed world of the test's own."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandboxes import SMALL, House, house
from unprivileged import unprivileged

from escapes import machine
from escapes.attempt import Attempt, Outcome
from escapes.doors import SOCKETS
from escapes.files import HELD, SECRET
from escapes.removal import remove
from infra.enclave.limits.cgroups import Group
from infra.enclave.limits.launch import before
from infra.enclave.specification import Limits
from infra.enclave.walls import build_walls

HERE = Path(__file__).parent
KEY = 0x0DA7A1AB
"""Of the shared memory that the host holds."""
APART = ("unshare", *(() if os.geteuid() == 0 else ("--user", "--map-current-user", "--keep-caps")), "--net")
"""Starts a process in a network of its own: an ordinary user may do so in a user namespace alone."""
PLANTED = {"PATH": "/usr/bin:/bin", "PLANTED": "PLANTED"}


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What runs attempts inside: a program that reads a file of them, with what it needs."""

    python: str = "/usr/bin/python3"
    runner: Path = HERE / "runner.py"
    read_only: tuple[tuple[str, str], ...] = ()
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/home/researcher"}
    )
    limits: Limits = SMALL
    settings: dict[str, str] = field(default_factory=dict)
    """For the runner."""
    ports: dict[str, str] = field(default_factory=dict)
    """More of them, that are ports: each to the attempt whose own port it is."""


PLAIN = Kit()
"""A process of Python for each."""


@dataclass
class Trial:
    """A house with secrets, a closed network, a process and shared memory of the host."""

    house: House
    world: subprocess.Popen[str]
    """Process that holds the closed network."""
    facts: dict[str, Any]

    def run(self, attempts: Sequence[Attempt], without: tuple[str, ...] = (), kit: Kit = PLAIN) -> dict[str, Outcome]:
        """Try each attempt once, with some walls taken away, and return what became of it by its name."""
        facts = self.facts | ({"tools": str(self.house.folder / "tools")} if "outside" in without else {})
        facts["ports"] = ports = self._ports(attempts)
        place = self.house.place("attempts", mode=0o755)
        shutil.copy(kit.runner, place / "runner.py")
        file = place / "attempts.json"
        settings = kit.settings | {setting: str(ports[name]) for setting, name in kit.ports.items() if name in ports}
        given = {"facts": facts, "attempts": [asdict(one) for one in attempts], "settings": settings}
        file.write_text(json.dumps(given))
        file.chmod(0o644)
        command, descriptors, close = self._outside(file) if "outside" in without else self._inside(without, kit)
        self._reached()
        try:
            done = subprocess.run(
                [*_into(self.world.pid), "--", *command],
                pass_fds=descriptors,
                env=kit.environment,
                preexec_fn=None if "outside" in without or "privilege" in without else before(Group({}, version=1)),
                capture_output=True,
                text=True,
                check=False,
                timeout=60 + 16 * len(attempts),
            )
        finally:
            close()
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert len(lines) == len(attempts), f"{done.returncode}: {done.stderr[-2000:]}"
        reached = self._reached()
        outcomes = {line["name"]: Outcome(line["name"], line["through"], line["detail"]) for line in lines}
        seen = {name: port in reached for name, port in ports.items()}
        seen |= {one.name: (self.house.folder / one.makes).exists() for one in attempts if one.makes}
        return outcomes | {name: Outcome(name, through, outcomes[name].detail) for name, through in seen.items()}

    def _ports(self, attempts: Sequence[Attempt]) -> dict[str, int]:
        """Give each attempt that a listener judges a port of its own."""
        free = {"connects": iter(self.facts["own"]), "listens": iter(self.facts["watched"])}
        return {one.name: next(free[one.by_listener]) for one in attempts if one.by_listener}

    def _reached(self) -> set[int]:
        """Ask the closed network which ports were reached since it was last asked."""
        assert self.world.stdin is not None
        assert self.world.stdout is not None
        self.world.stdin.write("tell\n")
        self.world.stdin.flush()
        return set(json.loads(self.world.stdout.readline()))

    def _inside(self, without: tuple[str, ...], kit: Kit) -> tuple[list[str], tuple[int, ...], Any]:
        folder = self.house.folder
        specification = self.house.specification(
            kit.python,
            "-I",
            "/opt/attempts/runner.py",
            "/opt/attempts/attempts.json",
            limits=kit.limits,
            read_only=(
                *kit.read_only,
                (str(folder / "attempts"), "/opt/attempts"),
                (str(folder / "tools"), "/opt/tools"),
                (str(folder / "view"), "/data"),
                (str(folder / "policy"), "/etc/jupyter"),
            ),
            read_write=((str(folder / "workspace"), "/home/researcher"),),
        )
        walls = build_walls(
            specification,
            gate=folder / "run" / "gate.sock",
            notices=folder / "run" / "notices",
            root=self.house.mode == "root",
        )
        command = [str(shutil.which("bwrap")), *remove(walls.arguments, without)[1:]]
        if self.house.mode == "rootless":
            command = unprivileged(command)
        return command, walls.files, walls.close

    def _outside(self, file: Path) -> tuple[list[str], tuple[int, ...], Any]:
        user = ["setpriv", f"--reuid={self.house.uid}", f"--regid={self.house.uid}", "--clear-groups"]
        user = user if os.geteuid() == 0 else []
        return [*user, "/usr/bin/python3", "-I", str(HERE / "runner.py"), str(file)], (), lambda: None


def _into(world: int) -> list[str]:
    """Return the command that enters the closed network; an ordinary user enters it as itself, with no capability."""
    of_the_user = [] if os.geteuid() == 0 else [f"--user=/proc/{world}/ns/user", "--preserve-credentials"]
    return ["nsenter", *of_the_user, f"--net=/proc/{world}/ns/net"]


@contextlib.contextmanager
def trial(mode: str) -> Iterator[Trial]:
    """Build a house and a world for a mode, and remove them."""
    with house(mode) as given, contextlib.ExitStack() as stack:
        _furnish(given)
        gate = stack.enter_context(contextlib.closing(socket.socket(socket.AF_UNIX)))
        gate.bind(str(given.folder / "run" / "gate.sock"))
        for path in SOCKETS.values():
            stack.enter_context(_listening(given, path))
        world = stack.enter_context(_process([*APART, sys.executable, "-I", str(HERE / "world.py")]))
        assert world.stdout is not None
        heard = json.loads(world.stdout.readline())
        user = (
            ["setpriv", f"--reuid={given.uid}", f"--regid={given.uid}", "--clear-groups"] if os.geteuid() == 0 else []
        )
        planted = stack.enter_context(
            _process(
                [*user, "/usr/bin/python3", "-I", "-c", "import sys; sys.stdin.read()", "planted-argument"],
                environment=PLANTED,
            )
        )
        stack.enter_context(_shared_memory())
        facts = {
            **heard,
            "house": str(given.folder),
            "secret": SECRET,
            "host_process": planted.pid,
            "shared_memory": KEY,
            "calls": machine.NUMBERS,
            "judged": machine.JUDGED_NUMBERS,
            "calls_other": machine.OTHER,
            "tools": "/opt/tools",
        }
        yield Trial(given, world, facts)


def _furnish(given: House) -> None:
    """Put what must not be reached, and what may be read, into the house."""
    folder = given.folder
    for path in HELD.values():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
        file.chmod(0o600)
    for path in (
        "catalogue.json",
        "contracts/offences.yaml",
        "offences/part-0.parquet",
        "offences/spare",
        "offences/other",
    ):
        file = folder / "view" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    given.place("policy", mode=0o755).joinpath("policy.json").write_text("{}")
    given.place("run")
    given.place("run/notices", mode=0o755)
    given.workspace()
    tools = given.place("tools", mode=0o755)
    shutil.copy("/usr/bin/id", tools / "id")
    if given.mode == "rootless" and os.geteuid() == 0:
        for path in folder.rglob("*"):
            os.chown(path, given.uid, given.uid)
    if os.geteuid() == 0:
        os.chown(tools / "id", 0, 0)
        (tools / "id").chmod(0o4755)


@contextlib.contextmanager
def _listening(given: House, path: str) -> Iterator[None]:
    """Listen on a socket as the supervisor of another sandbox does; the second sandbox's gate is its user's own."""
    file = given.folder / path
    for above in reversed(file.relative_to(given.folder).parents[:-1]):
        given.place(str(above), mode=0o755)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as one:
        one.bind(str(file))
        file.chmod(0o600)
        if os.geteuid() == 0 and (given.mode == "rootless" or "second" in path):
            os.chown(file, given.uid, given.uid)
        one.listen(16)
        yield


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


@contextlib.contextmanager
def _shared_memory() -> Iterator[None]:
    """Hold a piece of System V memory that anybody on the host may read."""
    library = ctypes.CDLL(None, use_errno=True)
    number = library.shmget(KEY, 8, 0o1666)
    assert number >= 0
    try:
        yield
    finally:
        library.shmctl(number, 0, None)  # IPC_RMID
