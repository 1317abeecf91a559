"""Speed of redaction beside stock `AnalyzerEngine.analyze`, interleaved, in CPU time: a shared machine's clock lies.

The ratio of a repeat is between neighbours in time; the median of the repeats and their range are told. A second run
of stock in each repeat is the control: what it differs from 1 is noise.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from marked import MarkedText
from systems import System, ours, ours_alone, ours_alone_known, ours_known, stock

REPEATS = 3
TIMED: dict[str, System] = {
    "stock again (control)": stock,
    "datalab, text alone, stock model": ours_alone,
    "datalab, stock model, with the record": ours_alone_known,
    "datalab, text alone": ours,
    "datalab, with the record": ours_known,
}


@dataclass(frozen=True, slots=True)
class Speed:
    """How many times as fast as stock a system is."""

    system: str
    ratio: float
    low: float
    high: float
    characters: float
    """A second of CPU."""


def speeds(texts: Sequence[MarkedText]) -> list[Speed]:
    """Time each system on the same texts, each once before that to warm up."""
    for system in TIMED.values():
        system(texts[:20])
    ratios: dict[str, list[float]] = {name: [] for name in TIMED}
    took: dict[str, list[float]] = {name: [] for name in TIMED}
    for _ in range(REPEATS):
        base = _seconds(stock, texts)
        for name, system in TIMED.items():
            seconds = _seconds(system, texts)
            ratios[name].append(base / seconds)
            took[name].append(seconds)
    length = sum(len(text.text) for text in texts)
    return [
        Speed(name, median(found), min(found), max(found), length / median(took[name]))
        for name, found in ratios.items()
    ]


def _seconds(system: System, texts: Sequence[MarkedText]) -> float:
    began = time.process_time()
    system(texts)
    return time.process_time() - began
