"""One thread for the products of numpy: several of OpenBLAS take twice the processor's time here, and save none.

The matrices of a batch are narrow, so that threads wait for each other, and they wait by running. An environment
variable would do (`OPENBLAS_NUM_THREADS`), but only where somebody sets it before numpy is loaded: at a worker of
Spark, in a notebook and at the command line alike. The library that numpy brings is asked itself.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np  # noqa: F401 - its library is in the process by then

MAPS: Final = Path("/proc/self/maps")
"""Files that are in the memory of this process (proc(5)); other systems have none, and keep their threads."""
_NAMES: Final = tuple(
    (f"{front}openblas_get_num_threads{end}", f"{front}openblas_set_num_threads{end}")
    for front in ("scipy_", "")
    for end in ("64_", "")
)
"""As numpy's own build, and OpenBLAS as systems carry it, call the two functions."""

_Threads = tuple[Callable[[], int], Callable[[int], None]]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let every OpenBLAS in the process use one thread, and as many as before afterwards."""
    before = [(asked_to, ask()) for ask, asked_to in _libraries()]
    for asked_to, _ in before:
        asked_to(1)
    try:
        yield
    finally:
        for asked_to, threads in before:
            asked_to(threads)


def threads() -> tuple[int, ...]:
    """Return how many threads each OpenBLAS in the process uses; empty where there is none."""
    return tuple(ask() for ask, _ in _libraries())


@cache
def _libraries() -> tuple[_Threads, ...]:
    """Return how each OpenBLAS in the process is asked for its threads, and told."""
    lines = MAPS.read_text("utf-8").splitlines() if MAPS.is_file() else []
    paths = {line.split(maxsplit=5)[-1] for line in lines if "openblas" in line.rpartition("/")[2]}
    return tuple(found for path in sorted(paths) if (found := _functions(path)) is not None)


def _functions(path: str) -> _Threads | None:
    library = ctypes.CDLL(path)
    for ask, tell in _NAMES:
        if hasattr(library, ask) and hasattr(library, tell):
            return getattr(library, ask), getattr(library, tell)
    return None
