"""What every side of the comparison measures in the same way; standard library only, for no two share packages."""

from __future__ import annotations

import json
import math
import os
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

Values = Mapping[str, float | None]
"""An answer: a figure by its groups, joined by `|`."""
_EVERY = 0.05  # seconds between two looks at the memory


def family() -> dict[int, list[str]]:
    """Return what Linux says of this process and of those below it: fields of `/proc/PID/stat` from the third."""
    stats: dict[int, list[str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
    found = {os.getpid()}
    while grown := {pid for pid, stat in stats.items() if int(stat[1]) in found} - found:
        found |= grown
    return {pid: stats[pid] for pid in found if pid in stats}


def cpu_seconds() -> float:
    """Return CPU seconds used so far by this process and every process below it, those that have ended among them."""
    return sum(sum(map(int, stat[11:15])) for stat in family().values()) / os.sysconf("SC_CLK_TCK")


def memory_megabytes() -> float:
    """Return resident memory of this process and of every process below it."""
    return sum(int(stat[21]) for stat in family().values()) * os.sysconf("SC_PAGE_SIZE") / 1e6


class PeakMemory:
    """Watches the memory of the process tree while a block runs."""

    def __init__(self) -> None:
        self.megabytes = memory_megabytes()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self.megabytes = max(self.megabytes, memory_megabytes())


def measured(ask: Callable[[int], Values], truth: Values, runs: int) -> dict[str, Any]:
    """Ask once to warm up and then `runs` times, a fresh question each, and return the figures.

    Args:
        ask: gives the answer to the question numbered so; the number makes it another question.
        truth: what the raw rows say.
        runs: how many answers are timed.

    Returns:
        Medians of wall seconds and CPU seconds; peak memory in megabytes, of the process tree, with the interpreter
        and what earlier questions left, and how far it rose above what there was before; the mean and the middle
        |answer - truth| over the answer's cells of the last run, where a figure that was not stated counts as 0; how
        many cells it gave, and how many of them without a figure.
    """
    before = memory_megabytes()
    ask(0)
    walls, cpus, answer = [], [], {}
    with PeakMemory() as peak:
        for run in range(1, runs + 1):
            wall, cpu = time.perf_counter(), cpu_seconds()
            answer = ask(run)
            walls.append(time.perf_counter() - wall)
            cpus.append(cpu_seconds() - cpu)
    errors = [abs((value or 0.0) - (truth.get(cell) or 0.0)) for cell, value in answer.items()]
    return {
        "wall": statistics.median(walls),
        "cpu": statistics.median(cpus),
        "memory": peak.megabytes,
        "grown": peak.megabytes - before,
        "error": statistics.fmean(errors) if errors else None,
        "middle": statistics.median(errors) if errors else None,
        "cells": len(answer),
        "unstated": sum(value is None for value in answer.values()),
    }


def divided(above: Values, below: Values, lowest: float = -math.inf, highest: float = math.inf) -> dict[str, float]:
    """Return noisy figures by noisy ones, for a side that cannot be asked for a share or a rate.

    What is below is taken to be 1 at least, and the quotient is cut to what is possible.
    """
    quotients = {cell: (value or 0.0) / max(below.get(cell) or 1.0, 1.0) for cell, value in above.items()}
    return {cell: min(max(quotient, lowest), highest) for cell, quotient in quotients.items()}


def largest(answer: Values, most: int) -> Values:
    """Return so many cells, those whose noisy figures are largest."""
    return dict(sorted(answer.items(), key=lambda cell: -(cell[1] or 0.0))[:most])


def show(system: str, question: str, figures: Mapping[str, Any]) -> None:
    """Print one result as a line of JSON, at once: a later question may fail."""
    print(json.dumps({"system": system, "question": question, **figures}), flush=True)


def run_all(
    system: str,
    questions: Mapping[str, Callable[[int], Values]],
    cannot: Mapping[str, str],
    task: Mapping[str, Any],
) -> None:
    """Measure every question of the task, and say of the others why they cannot be asked."""
    truths = json.loads(Path(task["truth"]).read_text())
    for name in task["questions"]:
        if name not in questions:
            show(system, name, {"cannot": cannot[name]})
            continue
        try:
            show(system, name, measured(questions[name], truths[name], task["runs"]))
        except Exception as error:  # noqa: BLE001 - made-up rows: a peer's failure is a result, and so is its text
            show(system, name, {"cannot": f"failed: {type(error).__name__}: {str(error)[:300]}"})
