"""Memory, processes and cores of a whole sandbox, held by the kernel's control groups of version 2, or else 1.

Version 2 (`Documentation/admin-guide/cgroup-v2.rst`) takes a folder that was delegated to us; a group that has
processes can give its children no controllers, so the sandbox's group stands beside the supervisor's own, or below
a folder that the operator names. Version 1 (`cgroup-v1/memory.rst`) has one tree for each controller.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.enclave.specification import Limits

PERIOD = 100_000
"""Microseconds in which a core's share is counted."""
NEW = 2
NEEDED = ("memory", "pids", "cpu")


@dataclass(frozen=True, slots=True)
class Bites:
    """How often each limit bit since the group was made."""

    memory: int = 0
    """Processes that the kernel ended for want of memory."""
    processes: int = 0
    """Refused forks."""


@dataclass(frozen=True, slots=True)
class Group:
    """The control group of one sandbox: one folder in version 2, one for each controller in version 1."""

    folders: Mapping[str, Path]
    """Controller: its folder."""
    version: int

    @property
    def holds(self) -> tuple[str, ...]:
        """What it limits; a machine may lack a controller."""
        return tuple(one for one in NEEDED if one in self.folders)

    def create(self, limits: Limits) -> None:
        """Make the folders and write the limits down, before anything is in them."""
        for folder in set(self.folders.values()):
            folder.mkdir(exist_ok=True)
        for controller, folder in self.folders.items():
            for name, value in self._values(controller, limits).items():
                if (folder / name).exists() or name.removeprefix("memory.memsw") == name:
                    (folder / name).write_text(value)

    def _values(self, controller: str, limits: Limits) -> Mapping[str, str]:
        quota, memory = str(int(limits.cpu * PERIOD)), str(limits.memory)
        match self.version, controller:
            case 2, "memory":
                return {"memory.max": memory, "memory.swap.max": "0"}
            case 2, "cpu":
                return {"cpu.max": f"{quota} {PERIOD}"}
            case _, "memory":
                return {"memory.limit_in_bytes": memory, "memory.memsw.limit_in_bytes": memory}
            case _, "cpu":
                return {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": quota}
            case _, "pids":
                return {"pids.max": str(limits.processes)}
        return {}

    def enter(self) -> None:
        """Move the calling process in; called between fork and exec, so that nothing runs outside."""
        for folder in set(self.folders.values()):
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def processes(self) -> tuple[int, ...]:
        """Numbers of the processes in it, as the host counts them."""
        folder = next(iter(self.folders.values()), None)
        if folder is None or not (folder / "cgroup.procs").exists():
            return ()
        return tuple(map(int, (folder / "cgroup.procs").read_text().split()))

    def bites(self) -> Bites:
        """Return how often each limit bit."""
        memory = self._count("memory", "memory.events" if self.version == NEW else "memory.oom_control", "oom_kill")
        return Bites(memory=memory, processes=self._count("pids", "pids.events", "max"))

    def _count(self, controller: str, file: str, key: str) -> int:
        folder = self.folders.get(controller)
        if folder is None or not (folder / file).exists():
            return 0
        lines = (line.split() for line in (folder / file).read_text().splitlines())
        return next((int(value) for name, value in lines if name == key), 0)

    def remove(self, *, patience: float = 5.0) -> None:
        """End what is still in it, and remove the folders."""
        until = time.monotonic() + patience
        while self.folders:
            for process in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            for folder in set(self.folders.values()):
                with contextlib.suppress(FileNotFoundError, OSError):
                    folder.rmdir()
            if not any(one.exists() for one in self.folders.values()) or time.monotonic() > until:
                return
            time.sleep(0.05)


def find_group(key: str, *, root: Path = Path("/sys/fs/cgroup"), own: str | None = None) -> Group:
    """Return the group that a sandbox of this key can have here; one that holds nothing where none is writable.

    Args:
        key: name of the sandbox's run folder.
        root: where the trees are mounted.
        own: text of `/proc/self/cgroup`, by default ours.
    """
    lines = (Path("/proc/self/cgroup").read_text() if own is None else own).splitlines()
    trees = {names: path.lstrip("/") for _, names, path in (line.split(":", 2) for line in lines)}
    if "" in trees:
        for parent in _parents_of_version_2(root, trees[""]):
            if held := _delegated(parent):
                return Group(dict.fromkeys(held, parent / f"datalab-{key}"), version=2)
    folders = {}
    for names, path in trees.items():
        for controller in set(names.split(",")) & set(NEEDED):
            parent = root / controller / path
            if os.access(parent, os.W_OK):
                folders[controller] = parent / f"datalab-{key}"
    return Group(folders, version=1)


def _parents_of_version_2(root: Path, own: str) -> Iterator[Path]:
    for mount in (root, root / "unified"):
        if (mount / "cgroup.controllers").exists():
            folder = mount / own
            if folder != mount:
                yield folder.parent
            yield folder


def _delegated(parent: Path) -> tuple[str, ...]:
    """Return the controllers that children of a folder can have; asks for them where they are not given yet."""
    if not os.access(parent, os.W_OK) or not os.access(parent / "cgroup.subtree_control", os.W_OK):
        return ()
    available = set((parent / "cgroup.controllers").read_text().split())
    switch = parent / "cgroup.subtree_control"
    for controller in NEEDED:
        if controller in available and controller not in switch.read_text().split():
            with contextlib.suppress(OSError):  # the folder has processes of its own, or is not ours to give
                switch.write_text(f"+{controller}")
    given = switch.read_text().split()
    return tuple(one for one in NEEDED if one in given and one in available)
