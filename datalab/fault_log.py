"""What a process writes about its own faults: where in the code and of which kind, and no word of whoever caused them.

A library's message often quotes what it was sent, and a flood of bad requests makes a flood of messages. Whoever sends
them would write to the host's log, and fill its disk.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from datalab.errors import DatalabError

A_MINUTE = 20
"""Faults that are written within a minute; those past it are counted."""
DEEPEST = 8
"""Frames of a fault, the last ones."""


class FaultLog(logging.Handler):
    """Writes one line for a fault, and the frames of our code and of libraries that led to it."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self._stream = stream
        self._clock = clock
        self._began = clock()
        self._written = self._left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write where a message was logged, and which kind of error it tells of; never the message."""
        kind, led = "", ""
        if record.exc_info and record.exc_info[0]:
            kind, led = f" {record.exc_info[0].__name__}", frames(record.exc_info[2])
        self._write(f"{record.levelname}{kind} at {_short(record.pathname)}:{record.lineno}{led}")

    def tell(self, error: BaseException | None, where: TracebackType | None) -> None:
        """Write an error that nobody caught; the words of our own errors, which hold nothing of anybody's."""
        words = f": {error}" if isinstance(error, DatalabError) else ""
        self._write(f"ERROR {type(error).__name__} not caught{words}{frames(where)}")

    def _write(self, text: str) -> None:
        now = self._clock()
        if now - self._began >= 60:  # noqa: PLR2004 - a minute
            left_out, self._began, self._written, self._left_out = self._left_out, now, 0, 0
            if left_out:
                self._stream.write(f"{left_out} further faults were left out.\n")
        if self._written >= A_MINUTE:
            self._left_out += 1
            return
        self._written += 1
        self._stream.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")
        self._stream.flush()


def log_faults_only(stream: TextIO | None = None) -> FaultLog:
    """Have everything that this process logs, warns of or does not catch go through a fault log.

    Args:
        stream: where to write; standard error where none is given.

    Returns:
        The log.
    """
    log = FaultLog(stream or sys.stderr)
    root = logging.getLogger()
    root.handlers, root.level = [log], logging.WARNING
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # a message that cannot be formatted would be printed with its values
    sys.excepthook = lambda _, error, where: log.tell(error, where)
    threading.excepthook = lambda told: log.tell(told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: log.tell(told.exc_value, told.exc_traceback)
    return log


def frames(where: TracebackType | None) -> str:
    """Return the last places that a traceback names, a line each, and nothing that was there."""
    found = traceback.extract_tb(where)[-DEEPEST:]
    return "".join(f"\n    {_short(one.filename)}:{one.lineno} {one.name}" for one in found)


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-3:])
