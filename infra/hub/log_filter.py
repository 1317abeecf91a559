"""What the hub may write to its log: no address behind its question mark, no words of an error, lines of a length.

An address can hold an invitation's token, and a refused one is logged by Tornado as it came. What an error says can be
what a lab's server sent.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from datalab.fault_log import frames

LONGEST = 400
"""Characters of a line."""
A_MINUTE = 1200
"""Lines within a minute; what passes is left out."""
BEHIND = re.compile(r"\?[^\s)>'\"]+")


class Brief(logging.Filter):
    """Shortens each record before it is written; named by JupyterHub's `logging_config`."""

    def __init__(self, name: str = "", *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name)
        self._clock = clock
        self._began, self._lines = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is written, with its words cut."""
        now = self._clock()
        if now - self._began >= 60:  # noqa: PLR2004 - a minute
            self._began, self._lines = now, 0
        self._lines += 1
        if self._lines > A_MINUTE:
            return False
        text = BEHIND.sub("?[left out]", record.getMessage()).splitlines() or [""]
        record.msg, record.args = text[0][:LONGEST], None
        if record.exc_info and record.exc_info[0]:
            record.msg += f" {record.exc_info[0].__name__}{frames(record.exc_info[2])}"
            record.exc_info = record.exc_text = None
        return True
