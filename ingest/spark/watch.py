"""Watching treated parts appear: Spark tells nobody how far a task is, but each part that is kept can be seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from datalab.jobs import Progress
from ingest.sealed.parts import SealedParts

EVERY: Final = 2.0
"""Seconds between looks."""
TEXTS: Final = "texts"


@contextmanager
def watching(
    parts: SealedParts, *, of: int, report: Callable[[Progress], None], every: float = EVERY
) -> Iterator[None]:
    """Report how many texts are done, at once, then again and again, and once more at the end.

    Args:
        parts: looked at.
        of: how many texts there are.
        report: called in a thread of its own.
        every: seconds between looks.
    """
    began, before = time.monotonic(), _texts(parts)
    stop = threading.Event()

    def look() -> None:
        report(Progress(done=_texts(parts), of=of, what=TEXTS, before=before, seconds=time.monotonic() - began))

    def watch() -> None:
        while not stop.wait(every):
            look()

    look()
    thread = threading.Thread(target=watch, name="treated parts", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        look()


def _texts(parts: SealedParts) -> int:
    return sum(part.texts for part in parts.done().values())
