"""What the processes of a run hold in memory, and the CPU they took: read in /proc while they work.

Memory is told two ways: resident (with the pages that workers share: each is forked from one parent) and, of a Python
worker, its own share of them (PSS), which is what adds up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20
LEAST_TICKS = 100
"""Of a worker that counts: Spark's daemon that forks them does next to nothing."""


@dataclass(slots=True)
class ProcessTree:
    """Everything below a process, as it was seen over time."""

    root: int
    cpu: dict[int, int] = field(default_factory=dict)
    """Ticks of each worker, as last seen."""

    def look(self) -> dict[str, float]:
        """Return MiB of the largest worker and of Java, how many workers work, and the CPU seconds of all so far."""
        largest = share = java = 0.0
        working = 0
        for pid in self._below(self.root):
            with suppress(OSError, ValueError, IndexError):
                command = (PROC / str(pid) / "cmdline").read_bytes()
                stat = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
                resident = int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE / MIB
                if b"pyspark.daemon" in command or b"pyspark/daemon" in command:
                    self.cpu[pid] = ticks = int(stat[11]) + int(stat[12])
                    if ticks > LEAST_TICKS:
                        working += 1
                        largest, share = max(largest, resident), max(share, self._share(pid))
                elif b"java" in command.split(b"\0")[0]:
                    java = max(java, resident)
        return {
            "worker_mib": round(largest),
            "worker_pss_mib": round(share),
            "workers": working,
            "java_mib": round(java),
            "worker_cpu": round(sum(self.cpu.values()) / TICKS, 1),
        }

    def _below(self, pid: int) -> Iterator[int]:
        with suppress(OSError):
            for task in (PROC / str(pid) / "task").iterdir():
                for child in (task / "children").read_text().split():
                    yield int(child)
                    yield from self._below(int(child))

    @staticmethod
    def _share(pid: int) -> float:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
