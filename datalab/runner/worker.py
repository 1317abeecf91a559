"""Names of workers, and whether one is known to be dead.

A name holds the machine's boot, the process namespace, the process and when it started: a process number alone is
reused. Only a process that this one can look up in `/proc` can be found dead; of any other it is not known, and its
job waits until the lease runs out.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
STATE_FIELD, START_FIELD = 0, 19
"""Places of the state and the start time in `/proc/<pid>/stat`, counted after the command (proc(5): fields 3, 22)."""
GONE = frozenset("ZX")
"""States of a process that ended and was not yet collected by its parent."""


def worker_name(label: str) -> str:
    """Return this process's name as a worker, such as `ingest/<boot>/<namespace>/<pid>/<start>`."""
    pid = os.getpid()
    stat = _stat(pid)
    return "/".join((label, *_place(), str(pid), stat[START_FIELD] if stat else "unknown"))


def is_dead(worker: str) -> bool:
    """Say whether a worker is a process of this very machine that has ended; False where that cannot be known."""
    parts = worker.rsplit("/", maxsplit=4)
    if len(parts) != 5 or tuple(parts[1:3]) != _place() or "unknown" in parts or not parts[3].isdecimal():  # noqa: PLR2004 - the parts of a name
        return False
    stat = _stat(int(parts[3]))
    return stat is None or stat[STATE_FIELD] in GONE or stat[START_FIELD] != parts[4]


def _place() -> tuple[str, str]:
    try:
        boot = (PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
        namespace = str((PROC / "self" / "ns" / "pid").readlink())
    except OSError:  # no Linux /proc: nothing can be known
        return ("unknown", "unknown")
    return (boot, namespace)


def _stat(pid: int) -> list[str] | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()  # the command in brackets may hold spaces and brackets itself
