"""Start what stands behind the walls: in its control group, and first in line where the machine is short of memory."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.enclave.limits.cgroups import Group
from infra.enclave.walls import Walls

ENDED_FIRST = 500
"""Added to how likely the kernel ends a process for want of memory (`proc_pid_oom_score_adj(5)`).

What root says is the least that a process can go back to.
"""


def launch(
    walls: Walls, *, program: str, group: Group, environment: Mapping[str, str], inherited: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a sandbox and close what its walls held open.

    Args:
        walls: how to start it.
        group: its control group, made already.
        environment: all of the sandbox's.
        program: where bubblewrap lies.
        inherited: numbers of further open files that the command gets.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - the command is the operator's
            [program, *walls.arguments[1:]],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,  # never the host's own log: what a sandbox prints may be data
            pass_fds=[*inherited, *walls.files],
            preexec_fn=before(group),  # noqa: PLW1509 - no thread of ours holds a lock
            cwd="/",
        )
    finally:
        walls.close()


def before(group: Group) -> Callable[[], None]:
    """Return what the new process does before it becomes the sandbox, so that nothing of it runs outside its limits."""

    def enter() -> None:
        with contextlib.suppress(OSError):  # a machine that keeps it from us
            Path("/proc/self/oom_score_adj").write_text(str(ENDED_FIRST))
        group.enter()

    return enter
