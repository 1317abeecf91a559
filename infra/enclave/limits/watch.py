"""What the kernel does not hold by itself: the size of a workspace, and memory where there is no control group.

A workspace is measured by walking it, at least once a second and oftener when little is left. That is not exact: what
is written between two looks is over before it is seen. An operator who wants it exact mounts the workspaces with
project quotas.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.enclave.limits.cgroups import Bites, Group
from infra.enclave.limits.measure import found_below
from infra.enclave.limits.unmapped import buffered, in_folders
from infra.enclave.notices import Notices
from infra.enclave.specification import Limits

MIB = 1 << 20
FASTEST_WRITER = 1 << 30
"""Bytes a second that we expect of a fast disk."""
SLACK = 256 * MIB
"""How far past its quota a workspace may grow before the sandbox ends; half the quota, where that is less."""
AS_THE_USER = 'size=$1; shift; for process; do /usr/bin/prlimit --pid "$process" --fsize="$size:"; done'
"""A program of its own, for a user may set limits of its own processes alone; the colon leaves the hard limit."""
LONGEST, SHORTEST = 1.0, 0.05
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a workspace takes of the disk."""

    size: int
    """Bytes, with files that were deleted and are still open."""
    files: int
    """Files and folders."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one process maps, in bytes."""

    all: int
    of_folders: int
    """The part that lies in folders of memory, or is shared with its children."""


@dataclass(slots=True)
class Watch:
    """One look after another at what a sandbox uses."""

    group: Group
    limits: Limits
    folders: tuple[Path, ...]
    """What it may write to on the host."""
    notices: Notices
    note: Callable[..., None]
    """Writes an audit event."""
    find_processes: Callable[[], tuple[int, ...]]
    user: int | None
    """The sandbox's user, where it is another than ours."""
    may_raise: bool
    """Whether a hard limit that was lowered can be raised again (CAP_SYS_RESOURCE)."""
    seen: Bites = field(default_factory=Bites)
    stopped: bool = False
    """Whether files can grow no more."""
    most_allowed: int = 0
    """Bytes past which the sandbox ends."""
    most_files: int = 0

    def begin(self) -> None:
        """Look for the first time: what is over its quota already may be tidied up, and not grow."""
        slack = min(SLACK, self.limits.workspace_bytes // 2)
        used = self.used(())
        self.most_allowed = max(self.limits.workspace_bytes, used.size) + slack
        self.most_files = max(self.limits.workspace_files, used.files) + self.limits.workspace_files // 2

    def look(self) -> tuple[bool, float]:
        """Return whether the sandbox may go on, and the seconds until the next look."""
        self._tell_of_bites()
        processes = self.find_processes()
        if "memory" not in self.group.holds:
            self._hold_memory(processes)
        used = self.used(processes)
        if used.size > self.most_allowed or used.files > self.most_files:
            self.note("sandbox-ended", why="workspace", bytes=used.size, files=used.files)
            self.notices.tell(
                "ended", self._full("The sandbox was ended, for its workspace kept growing past its quota.")
            )
            return False, 0.0
        self._hold_workspace(used, processes)
        left = max(self.limits.workspace_bytes - used.size, 0)
        return True, min(LONGEST, max(SHORTEST, left / FASTEST_WRITER / 2))

    def used(self, processes: tuple[int, ...]) -> Use:
        """Measure what lies in the sandbox's folders; past the files that end the sandbox, no further."""
        seen: set[tuple[int, int]] = set()
        devices = {one.stat().st_dev for one in self.folders}
        total = files = 0
        for folder in self.folders:
            for found in found_below(folder):
                total += _size(found, seen)
                files += 1
                if 0 < self.most_files < files:
                    break
        for process in processes:
            with contextlib.suppress(OSError), os.scandir(f"/proc/{process}/fd") as opened:
                for one in opened:
                    with contextlib.suppress(OSError):
                        found = one.stat()
                        if stat.S_ISREG(found.st_mode) and found.st_nlink == 0 and found.st_dev in devices:
                            total += _size(found, seen)
        return Use(total, files)

    def _hold_workspace(self, used: Use, processes: tuple[int, ...]) -> None:
        full = used.size >= self.limits.workspace_bytes or used.files >= self.limits.workspace_files
        if full and not self.stopped:
            self.note("workspace-full", bytes=used.size, files=used.files)
            self.notices.tell("workspace", self._full("Files cannot grow any more, for the workspace is full."))
        if full or self.stopped:
            size = 0 if full else self.limits.file_size
            let_files_grow_to(size, processes, user=None if self.may_raise else self.user)
        self.stopped = full

    def _hold_memory(self, processes: tuple[int, ...]) -> None:
        """End the largest process where all of them together are over the limit, as the kernel would."""
        waiting = buffered(processes)
        mapped = {process: memory_of(process) for process in processes}
        sizes = {process: mapped[process].all + waiting[process] for process in processes}
        in_files = max(in_folders(processes) - sum(one.of_folders for one in mapped.values()), 0)
        if sizes and sum(sizes.values()) + in_files > self.limits.memory:
            largest = max(sizes, key=lambda one: sizes[one])
            with contextlib.suppress(OSError):
                os.kill(largest, signal.SIGKILL)
            self._tell_of_memory()

    def _tell_of_bites(self) -> None:
        now, before = self.group.bites(), self.seen
        self.seen = now
        if now.memory > before.memory:
            self._tell_of_memory()
        if now.processes > before.processes:
            self.note("limit-bit", limit="processes")
            self.notices.tell(
                "processes",
                f"A program could not be started: this lab has {self.limits.processes} processes and threads, all in "
                "use. Close notebooks that you do not need (Kernel, Shut Down All Kernels), or start fewer workers.",
            )

    def _tell_of_memory(self) -> None:
        self.note("limit-bit", limit="memory")
        self.notices.tell(
            "memory",
            f"A program was ended because this lab used all of its {self.limits.memory // MIB:,} MiB of memory. Its "
            "kernel starts again, without its variables. Read fewer columns, let Spark aggregate before "
            "toPandas(), shut down kernels that you do not need, or ask the operator for a larger lab. Files in /tmp "
            "count as memory.",
        )

    def _full(self, what: str) -> str:
        return (
            f"{what} It may hold {self.limits.workspace_bytes // MIB:,} MiB in {self.limits.workspace_files:,} files "
            "and folders. Delete those that you do not need (`!rm -r FOLDER` in a notebook); saving works again within "
            "a few seconds. Large intermediate tables belong in /tmp, which is emptied when the lab ends."
        )


def let_files_grow_to(size: int, processes: tuple[int, ...], *, user: int | None) -> None:
    """Set the largest file of running processes.

    Args:
        size: bytes.
        processes: their numbers on the host.
        user: as whom; None: as ourselves. A user's own word sets the soft limit alone, which a hostile program raises
            again.
    """
    if user is None:
        for process in processes:
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(process, resource.RLIMIT_FSIZE, (size, size))
        return
    command = ["/bin/sh", "-c", AS_THE_USER, "limit", str(size), *map(str, processes)]
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user != os.geteuid() else {}
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", env={}, **as_user)  # noqa: S603 - ours


def may_raise_limits() -> bool:
    """Tell whether this process may raise limits of others (CAP_SYS_RESOURCE of capabilities(7))."""
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next((line.split()[1] for line in lines if line.startswith("CapEff:")), "0")
    return bool(int(held, 16) >> 24 & 1)


def memory_of(process: int) -> Mapped:
    """Measure the memory of one process, what it shares with others counted in part; nothing for one that has ended."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss")}
        return Mapped(all=sizes.get("Pss", 0), of_folders=sizes.get("Pss_Shmem", 0))
    return Mapped(all=0, of_folders=0)


def processes_below(supervisor: int) -> tuple[int, ...]:
    """Numbers of all processes that descend from one, where no control group lists them."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(after_name[1]), []).append(int(folder.name))
    found: list[int] = []
    rest = [supervisor]
    while rest:
        below = children.get(rest.pop(), [])
        found += below
        rest += below
    return tuple(found)


def _size(found: os.stat_result, seen: set[tuple[int, int]]) -> int:
    if (found.st_dev, found.st_ino) in seen:
        return 0
    if found.st_nlink != 1:
        seen.add((found.st_dev, found.st_ino))
    return found.st_blocks * 512
