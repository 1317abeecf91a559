"""Pods without a cluster: network namespaces of the test's own, joined by virtual cables, closed to everything else.

    hub   198.51.100.1 --- 198.51.100.2  door  203.0.113.1 --- 203.0.113.2  lab
                                               203.0.113.5 --- 203.0.113.6  other lab

The addresses are of documentation (RFC 5737). The door's namespace passes packets on, as a node does, so that what
keeps a lab from the hub is its wall alone: rules of routing that let out what goes to the gate's port, and the answers
of its own server, and nothing else. They stand in the place of a network plug-in that obeys NetworkPolicy.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HUB, DOOR, LAB, OTHER = "hub", "door", "lab", "other"
AT_HUB, DOOR_AT_HUB = "198.51.100.1", "198.51.100.2"
DOOR_AT_LAB, AT_LAB = "203.0.113.1", "203.0.113.2"
DOOR_AT_OTHER, AT_OTHER = "203.0.113.5", "203.0.113.6"
GATE_PORT, LAB_PORT = 8443, 8888
CLONE_NEWNET = 0x40000000
"""As in sched.h; for setns(2)."""
WALL = f"""
ip rule add pref 100 ipproto tcp dport {GATE_PORT} lookup main
ip rule add pref 101 ipproto tcp sport {LAB_PORT} lookup main
ip rule add pref 102 unreachable
"""
LIFT = "ip rule del pref 102"


def why_not() -> str:
    """Return why no such network can be made here, or nothing."""
    if os.geteuid() != 0:
        return "Network namespaces are made by root."
    missing = [one for one in ("ip", "unshare", "nsenter", "setpriv") if shutil.which(one) is None]
    if missing:
        return f"Absent: {', '.join(missing)}."
    asked = (
        "ip link add a0 type veth peer name b0 && ip rule add ipproto tcp dport 1 lookup main && "
        "echo 1 > /proc/sys/net/ipv4/ip_forward"
    )
    tried = subprocess.run(["unshare", "--net", "sh", "-c", asked], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"No virtual cables or rules of routing here: {tried.stderr.strip()[:200]}"


@dataclass
class PodNetwork:
    """Namespaces by name, each held by a process of ours."""

    holders: dict[str, subprocess.Popen[bytes]]

    def path(self, name: str) -> str:
        """Return the file of a namespace."""
        return f"/proc/{self.holders[name].pid}/ns/net"

    def command(self, name: str, *command: str) -> list[str]:
        """Return a command that runs another in a namespace."""
        return ["nsenter", f"--net={self.path(name)}", "--", *command]

    def shell(self, name: str, text: str) -> None:
        """Run commands in a namespace."""
        subprocess.run(self.command(name, "sh", "-ec", text), check=True)

    @contextlib.contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Be in a namespace, with this thread and those that it starts; sockets stay where they were made."""
        library = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open() as home, Path(self.path(name)).open() as there:
            _enter(library, there.fileno())
            try:
                yield
            finally:
                _enter(library, home.fileno())

    @contextlib.contextmanager
    def without_wall(self, name: str) -> Iterator[None]:
        """Take a lab's wall away for a while: what the control of a refusal needs."""
        self.shell(name, LIFT)
        try:
            yield
        finally:
            self.shell(name, "ip rule add pref 102 unreachable")


@contextlib.contextmanager
def pod_network() -> Iterator[PodNetwork]:
    """Make the namespaces; they are gone with their holders, whatever becomes of this process."""
    own = Path("/proc/self/ns/net").readlink()
    network = PodNetwork({})
    try:
        for name in (HUB, DOOR, LAB, OTHER):
            network.holders[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--net", "--", "sleep", "3600"]
            )
        for one in network.holders.values():
            until = time.monotonic() + 30
            while Path(f"/proc/{one.pid}/ns/net").readlink() == own or _name(one.pid) != "sleep":
                assert time.monotonic() < until
                time.sleep(0.01)
        _join(network)
        yield network
    finally:
        for one in network.holders.values():
            one.kill()
            one.wait()


def _join(network: PodNetwork) -> None:
    door = network.holders[DOOR].pid
    ends = {HUB: (AT_HUB, DOOR_AT_HUB), LAB: (AT_LAB, DOOR_AT_LAB), OTHER: (AT_OTHER, DOOR_AT_OTHER)}
    for name, (here, there) in ends.items():
        network.shell(
            name,
            f"ip link set lo up; ip link add out type veth peer name {name} netns {door}; "
            f"ip addr add {here}/30 dev out; ip link set out up",
        )
        network.shell(DOOR, f"ip addr add {there}/30 dev {name}; ip link set {name} up")
        network.shell(name, f"ip route add default via {there}")
    network.shell(DOOR, "ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward")
    for name in (LAB, OTHER):
        network.shell(name, WALL)


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _enter(library: ctypes.CDLL, descriptor: int) -> None:
    if library.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
